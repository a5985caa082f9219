import { createHash } from "node:crypto";
import type { Disk } from "./Disk.ts";
import type { Account } from "./model.ts";

/** What a commit did to a file. */
export interface FileChange {
  readonly path: string;
  readonly status: "added" | "modified" | "removed" | "renamed";
  readonly previous?: string;
  /** Of its new content. */
  readonly blob: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: ReadonlyArray<string>;
  readonly message: string;
  /** `null`: somebody that the service does not know. */
  readonly author: Account | null;
  readonly at: number;
  /** Against its first parent. */
  readonly changes: ReadonlyArray<FileChange>;
  /** Grows with each commit that the repository gets. */
  readonly order: number;
}

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  /** `null` takes the file away. */
  readonly sha: string | null;
  /** What the file was called before. */
  readonly previous?: string;
}

/** A tree is what another one was, and what is different in it. */
interface Tree {
  readonly base: string | null;
  readonly entries: ReadonlyArray<TreeEntry>;
}

/** What two commits have that the other has not, newest first. */
export interface Divergence {
  readonly ahead: ReadonlyArray<Commit>;
  readonly behind: ReadonlyArray<Commit>;
  readonly mergeBase: Commit | null;
}

/** The tree without files, as git names it. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Objects of git have their hash for a name; the same content has the same one. */
export const hashOf = (...parts: ReadonlyArray<unknown>): string =>
  createHash("sha1").update(JSON.stringify(parts)).digest("hex");

/** A repository's commits, trees, contents and refs. */
export class Git {
  readonly commits = new Map<string, Commit>();
  readonly blobs = new Map<string, string>();
  /** By full name, `refs/heads/main`. */
  readonly refs: Map<string, string>;
  /** The repository that git itself can fetch from and push to; `null`: there is none. */
  readonly disk: Disk | null;
  readonly #trees = new Map<string, Tree>([[emptyTree, { base: null, entries: [] }]]);
  readonly #ancestors = new Map<string, ReadonlySet<string>>();
  readonly #divergences = new Map<string, Divergence>();

  constructor(disk: Disk | null = null) {
    this.disk = disk;
    this.refs = disk?.refs ?? new Map<string, string>();
  }

  tip(branch: string): Commit | null {
    return this.commits.get(this.refs.get(`refs/heads/${branch}`) ?? "") ?? null;
  }

  blob(content: string): string {
    const sha = this.disk?.blob(content) ?? hashOf("blob", content);
    this.blobs.set(sha, content);
    return sha;
  }

  tree(base: string | null, entries: ReadonlyArray<TreeEntry>): string {
    if (entries.length === 0) return base ?? emptyTree;
    const sha = hashOf("tree", base, entries);
    this.#trees.set(sha, { base, entries });
    return sha;
  }

  hasTree(sha: string): boolean {
    return this.#trees.has(sha);
  }

  /** The files of a tree. */
  files(sha: string): ReadonlyMap<string, TreeEntry> {
    const layers: Array<Tree> = [];
    for (let tree = this.#trees.get(sha); tree !== undefined;)
      tree = (layers.push(tree), tree.base === null ? undefined : this.#trees.get(tree.base));
    const files = new Map<string, TreeEntry>();
    for (const entry of layers.reverse().flatMap(({ entries }) => entries))
      if (entry.sha === null) files.delete(entry.path);
      else files.set(entry.path, entry);
    return files;
  }

  /** Keeps a commit; `sha` where the world has chosen one, and git has no say in it. */
  commit(given: Omit<Commit, "sha" | "changes" | "order">, chosen = commitSha(given)): Commit {
    const sha = this.disk?.commit(given, this.files(given.tree).values()) ?? chosen;
    return this.keep(given, sha);
  }

  /** Keeps a commit that was made elsewhere. */
  keep(given: Omit<Commit, "sha" | "changes" | "order">, sha: string): Commit {
    const known = this.commits.get(sha);
    if (known !== undefined) return known;
    const [parent] = given.parents;
    const before = parent === undefined ? emptyTree : this.commits.get(parent)!.tree;
    const changes = this.#changes(before, given.tree);
    const commit: Commit = { ...given, sha, changes, order: this.commits.size };
    this.commits.set(sha, commit);
    return commit;
  }

  isAncestor(ancestor: string, of: string): boolean {
    return this.#reach(of).has(ancestor);
  }

  /** What `head` has that `base` has not, and the other way round. */
  compare(base: string, head: string): Divergence {
    const key = `${base} ${head}`;
    const known = this.#divergences.get(key);
    if (known !== undefined) return known;
    const [ofBase, ofHead] = [this.#reach(base), this.#reach(head)];
    const found: Divergence = {
      ahead: this.#newest([...ofHead].filter((sha) => !ofBase.has(sha))),
      behind: this.#newest([...ofBase].filter((sha) => !ofHead.has(sha))),
      mergeBase: this.#last([...ofBase].filter((sha) => ofHead.has(sha))),
    };
    if (this.#divergences.size > 200) this.#divergences.clear();
    this.#divergences.set(key, found);
    return found;
  }

  /** Commits that one can be reached from, itself among them. */
  #reach(sha: string): ReadonlySet<string> {
    const known = this.#ancestors.get(sha);
    if (known !== undefined) return known;
    const reached = new Set<string>([sha]);
    for (const each of reached)
      for (const parent of this.commits.get(each)?.parents ?? []) reached.add(parent);
    if (this.#ancestors.size > 200) this.#ancestors.clear();
    this.#ancestors.set(sha, reached);
    return reached;
  }

  /** A commit comes after those that it was made from. */
  #last(shas: ReadonlyArray<string>): Commit | null {
    return shas.reduce<Commit | null>((last, sha) => {
      const commit = this.commits.get(sha)!;
      return last === null || commit.order > last.order ? commit : last;
    }, null);
  }

  #newest(shas: ReadonlyArray<string>): ReadonlyArray<Commit> {
    return shas.map((sha) => this.commits.get(sha)!).sort((a, b) => b.order - a.order);
  }

  #changes(before: string, after: string): ReadonlyArray<FileChange> {
    if (before === after) return [];
    const { base, entries = [] } = this.#trees.get(after) ?? {};
    const old = this.files(before);
    const isStep = base === before;
    const now = isStep ? entries : [...this.files(after).values()];
    const gone = isStep ? [] : [...old.values()].filter(({ path }) => !this.files(after).has(path));
    const moved = new Set(now.map(({ previous }) => previous));
    const changed = now.filter(
      ({ path, sha }) => sha !== (old.get(path)?.sha ?? null) && !(sha === null && moved.has(path)),
    );
    return [
      ...changed.map(changeFrom(old)),
      ...gone.map(({ path, sha }) => ({ path, status: "removed" as const, blob: sha! })),
    ];
  }
}

const changeFrom =
  (old: ReadonlyMap<string, TreeEntry>) =>
  ({ path, sha, previous }: TreeEntry): FileChange => {
    if (previous !== undefined && sha !== null)
      return { path, status: "renamed", previous, blob: sha };
    const had = old.get(path)?.sha ?? null;
    if (sha === null) return { path, status: "removed", blob: had ?? emptyTree };
    return { path, status: had === null ? "added" : "modified", blob: sha };
  };

const commitSha = ({
  tree,
  parents,
  message,
  author,
  at,
}: Omit<Commit, "sha" | "changes" | "order">) =>
  hashOf("commit", tree, parents, message, author?.login ?? null, Math.floor(at / 1000));
