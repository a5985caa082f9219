import { refuse } from "../refusals.ts";
import { branchOf, deleteRef, moveRef } from "../world/branches.ts";
import type { Commit, TreeEntry } from "../world/Git.ts";
import type { Repo } from "../world/model.ts";
import { fullName } from "../world/World.ts";
import { gitCommitAnswer } from "./commitAnswer.ts";
import type { Place } from "./place.ts";
import { doingOf, done, type Endpoint, given, listed, ok, type RepoRequest } from "./Request.ts";

const refAnswer = ({ api }: Place, repo: Repo, ref: string) => {
  const sha = repo.git.refs.get(ref)!;
  const base = `${api}/repos/${fullName(repo)}/git`;
  return {
    ref,
    node_id: `REF_${Buffer.from(`${repo.id}:${ref}`).toString("base64url")}`,
    url: `${base}/${ref}`,
    object: { sha, type: "commit", url: `${base}/commits/${sha}` },
  };
};

const named = ({ reading }: RepoRequest): string => `refs/${String(reading.values["ref"])}`;

const get: Endpoint = (request) => {
  const { repo, place } = request;
  const ref = named(request);
  return repo.git.refs.has(ref) ? ok(refAnswer(place, repo, ref)) : refuse(404);
};

const matching: Endpoint = (request) => {
  const { repo, place } = request;
  const prefix = named(request);
  const found = [...repo.git.refs.keys()].filter((ref) => ref.startsWith(prefix)).sort();
  return listed(request, `git/matching-${prefix}`, found, (ref) => refAnswer(place, repo, ref));
};

/** `a` and `a/b` cannot both be there: one would be a file and a folder. */
const clashes = (repo: Repo, ref: string): boolean =>
  [...repo.git.refs.keys()].some(
    (each) => each.startsWith(`${ref}/`) || ref.startsWith(`${each}/`),
  );

const refuseCreation = ({ repo }: RepoRequest, ref: string, sha: string) => {
  if (!/^refs\/[^/]+\/.*[^/.]$/.test(ref) || /\.\.|[\s~^:?*[\\]/.test(ref))
    return refuse(422, `${ref} is not a valid ref name.`);
  if (branchOf(ref) === null && repo.refusesCustomRefs && !ref.startsWith("refs/tags/"))
    return refuse(422, "Reference update failed");
  if (repo.git.refs.has(ref)) return refuse(422, "Reference already exists");
  if (!repo.git.commits.has(sha)) return refuse(422, "Object does not exist");
  return clashes(repo, ref) ? refuse(422, "Reference update failed") : null;
};

const create: Endpoint = (request) => {
  const { repo, maker, place } = request;
  const ref = given<string>(request, "ref")!;
  const sha = given<string>(request, "sha")!;
  const refusal = refuseCreation(request, ref, sha);
  if (refusal !== null) return refusal;
  moveRef(maker, repo, ref, sha, doingOf(request));
  return done(201, refAnswer(place, repo, ref), "ref", repo.git.refs.size, ref);
};

const isProtected = (repo: Repo, ref: string): boolean => repo.protections.has(branchOf(ref) ?? "");

const update: Endpoint = (request) => {
  const { repo, maker, place } = request;
  const ref = named(request);
  const sha = given<string>(request, "sha")!;
  const former = repo.git.refs.get(ref);
  if (former === undefined) return refuse(422, "Reference does not exist");
  if (!repo.git.commits.has(sha)) return refuse(422, "Object does not exist");
  const isForward = repo.git.isAncestor(former, sha);
  if (!isForward && given<boolean>(request, "force") !== true)
    return refuse(422, "Update is not a fast forward");
  if (isProtected(repo, ref) && former !== sha)
    return refuse(422, `Protected branch update failed for ${ref}.`);
  if (former !== sha) moveRef(maker, repo, ref, sha, doingOf(request));
  return done(200, refAnswer(place, repo, ref), "ref.move", repo.git.refs.size, ref);
};

const remove: Endpoint = (request) => {
  const { repo, maker } = request;
  const ref = named(request);
  if (!repo.git.refs.has(ref)) return refuse(422, "Reference does not exist");
  if (branchOf(ref) === repo.defaultBranch) return refuse(422, "Cannot delete the default branch");
  if (isProtected(repo, ref)) return refuse(422, `Cannot delete protected branch ${ref}.`);
  deleteRef(maker, repo, ref, doingOf(request));
  return done(204, undefined, "ref.delete", repo.git.refs.size, ref);
};

interface Dated {
  readonly name: string;
  readonly date?: string;
}

const createCommit: Endpoint = (request) => {
  const { repo, place, maker } = request;
  const tree = given<string>(request, "tree")!;
  const parents = given<ReadonlyArray<string>>(request, "parents") ?? [];
  if (!repo.git.hasTree(tree)) return refuse(422, "Tree SHA does not exist");
  if (parents.some((sha) => !repo.git.commits.has(sha)))
    return refuse(422, "Parent SHA does not exist or is not a commit object");
  const { actor } = maker.doing(doingOf(request));
  const dated = given<Dated>(request, "committer") ?? given<Dated>(request, "author");
  const at = dated?.date === undefined ? maker.world.clock.now() : Date.parse(dated.date);
  const message = given<string>(request, "message")!;
  const commit = repo.git.commit({ tree, parents, message, author: actor, at });
  return done(201, gitCommitAnswer(place, repo, commit), "commit", commit.order, commit.sha);
};

const commit: Endpoint = ({ repo, place, reading }) => {
  const found: Commit | undefined = repo.git.commits.get(String(reading.values["commit_sha"]));
  return found === undefined ? refuse(404) : ok(gitCommitAnswer(place, repo, found));
};

const treeAnswer = ({ api }: Place, repo: Repo, sha: string) => {
  const base = `${api}/repos/${fullName(repo)}/git`;
  const tree = [...repo.git.files(sha).values()].map(({ previous: _previous, ...entry }) => ({
    ...entry,
    size: (repo.git.blobs.get(entry.sha!) ?? "").length,
    url: `${base}/blobs/${entry.sha}`,
  }));
  return { sha, url: `${base}/trees/${sha}`, tree, truncated: false };
};

const createTree: Endpoint = (request) => {
  const { repo, place } = request;
  const base = given<string>(request, "base_tree") ?? null;
  const wanted = given<ReadonlyArray<TreeEntry & { readonly content?: string }>>(request, "tree")!;
  if (base !== null && !repo.git.hasTree(base)) return refuse(422, "base_tree is not a valid tree");
  const isWhole = wanted.every(({ path, mode, sha, content }) =>
    [path, mode, sha ?? content].every((each) => each !== undefined),
  );
  if (wanted.length === 0 || !isWhole) return refuse(422, "Invalid tree info");
  const entries = wanted.map(({ path, mode, type = "blob", sha, content }) => ({
    path,
    mode,
    type,
    sha: content === undefined ? sha : repo.git.blob(content),
  }));
  const isThere = entries.every(({ sha }) => sha === null || repo.git.blobs.has(sha));
  if (!isThere) return refuse(422, "tree.sha is not a valid blob");
  const tree = repo.git.tree(base, entries);
  return done(201, treeAnswer(place, repo, tree), "tree", 0, tree);
};

const tree: Endpoint = ({ repo, place, reading }) => {
  const asked = String(reading.values["tree_sha"]);
  const sha = repo.git.tip(asked)?.tree ?? repo.git.commits.get(asked)?.tree ?? asked;
  return repo.git.hasTree(sha) ? ok(treeAnswer(place, repo, sha)) : refuse(404);
};

const createBlob: Endpoint = (request) => {
  const { repo, place } = request;
  const content = given<string>(request, "content")!;
  const isEncoded = given<string>(request, "encoding") === "base64";
  const sha = repo.git.blob(isEncoded ? Buffer.from(content, "base64").toString() : content);
  const url = `${place.api}/repos/${fullName(repo)}/git/blobs/${sha}`;
  return done(201, { sha, url }, "blob", 0, sha);
};

const blob: Endpoint = ({ repo, place, reading }) => {
  const sha = String(reading.values["file_sha"]);
  const content = repo.git.blobs.get(sha);
  if (content === undefined) return refuse(404);
  return ok({
    sha,
    node_id: `B_${sha}`,
    size: content.length,
    url: `${place.api}/repos/${fullName(repo)}/git/blobs/${sha}`,
    content: Buffer.from(content).toString("base64"),
    encoding: "base64",
  });
};

const objects: Readonly<Record<string, Endpoint>> = {
  "refs.get": get,
  "refs.matching": matching,
  "refs.create": create,
  "refs.update": update,
  "refs.delete": remove,
  "git.createCommit": createCommit,
  "git.commit": commit,
  "git.createTree": createTree,
  "git.tree": tree,
  "git.createBlob": createBlob,
  "git.blob": blob,
};

/** Nothing can be done where nothing was ever pushed. */
const onContent =
  (act: Endpoint): Endpoint =>
  (request) =>
    request.repo.git.commits.size === 0 ? refuse(409, "Git Repository is empty.") : act(request);

/** The endpoints of git's own objects. */
export const gitEndpoints: Readonly<Record<string, Endpoint>> = Object.fromEntries(
  Object.entries(objects).map(([endpoint, act]) => [endpoint, onContent(act)]),
);
