/**
 * The repository elsewhere that a clone belongs to: what its branches point at, fetching them, and
 * publishing work on a branch of its own.
 *
 * A branch there only ever grows: what somebody else pushed to it stays part of it. A push names
 * what it expects to find, so that nobody is overtaken, and one whose answer was lost may be
 * repeated. It is asked with the credentials that git itself finds, and where these are not enough
 * with a token, which stands in no argument and in no file.
 */
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import * as Base from "./Base.ts";
import { Git, type GitAnswer, GitError } from "./Git.ts";
import * as Branch from "./internal/Branch.ts";
import * as RemoteTrouble from "./internal/RemoteTrouble.ts";
import * as TrackingRefs from "./internal/TrackingRefs.ts";

/** Which clone, and where its work goes. */
export interface RemoteOptions {
  /** The root of the clone. */
  readonly repository: string;
  /** What git calls the other repository, as `origin`. */
  readonly name: string;
  /** Where branches are fetched from. */
  readonly url: string;
  /** Where they are pushed to (default: the same). */
  readonly pushUrl?: string | undefined;
  /** Git with each of the ways to sign in, the first one first. */
  readonly gits: readonly [Git["Service"], ...ReadonlyArray<Git["Service"]>];
}

/** The other repository did not do what was asked. */
export const RemoteError = RemoteTrouble.RemoteError;
export type RemoteError = RemoteTrouble.RemoteError;

type Tips = ReadonlyMap<string, string>;

/** The other repository, as far as runs need it. */
export interface Remote {
  readonly repository: string;
  readonly name: string;
  /** Which of some branches are there, and what they point at; a star stands for one part of a name, as in `team/*`. */
  readonly find: (branches: ReadonlyArray<string>) => Effect.Effect<Tips, RemoteError | GitError>;
  /** Fetches those of some branches that are there; answers with what they point at. */
  readonly fetch: (branches: ReadonlyArray<string>) => Effect.Effect<Tips, RemoteError | GitError>;
  /** Makes a branch contain a commit. Fails, and changes nothing, if it holds anything that the commit does not. */
  readonly publish: (branch: string, commit: string) => Effect.Effect<void, RemoteError | GitError>;
  /** Fails unless whoever asks may push there; nothing is pushed. */
  readonly mayPush: Effect.Effect<void, RemoteError | GitError>;
}

/** The other repository of a clone. Nothing is asked yet. */
export const make = Effect.fnUntraced(function* (options: RemoteOptions): Effect.fn.Return<Remote> {
  const { gits, name, pushUrl, repository, url } = options;
  const [git] = gits;
  // Two fetches would lock each other out of a branch.
  const turn = yield* Semaphore.make(1);
  const ask = asking(options);

  const tips = Effect.fnUntraced(function* (branches: ReadonlyArray<string>) {
    const refs = branches.map((branch) => `refs/heads/${branch}`);
    const answer = yield* ask(["ls-remote", "--refs", "--", url, ...refs]);
    if (answer.exitCode !== 0) return yield* RemoteTrouble.of(name, answer);
    const found = answer.stdout.split("\n").map((line) => line.split("\t"));
    const known = found.filter(([, ref = ""]) => refs.some((one) => fits(ref, one)));
    return new Map(known.map(([sha = "", ref = ""]) => [ref.slice("refs/heads/".length), sha]));
  });

  const fetched = Effect.fnUntraced(function* (branches: ReadonlyArray<string>) {
    const found: Tips = yield* tips(branches);
    if (found.size === 0) return found;
    const refs = Array.from(found.keys(), (one) => [one, TrackingRefs.of(name, one)] as const);
    const specs = refs.map(([one, ref]) => `+refs/heads/${one}:${ref}`);
    const asked = ask([...fetchArgs, "--", url, ...specs]);
    let answer = yield* asked;
    const tracking = refs.map(([, ref]) => ref);
    if (answer.exitCode !== 0 && (yield* TrackingRefs.makeRoom(git, repository, tracking))) {
      answer = yield* asked;
    }
    if (answer.exitCode !== 0) return yield* RemoteTrouble.of(name, answer);
    return found;
  });

  const publish = Effect.fnUntraced(function* (branch: string, commit: string) {
    const before = (yield* fetched([branch])).get(branch);
    if (before !== undefined) {
      if (yield* isWithin(git, repository, commit, before)) return;
      if (!(yield* isWithin(git, repository, before, commit))) return yield* moved(branch, name);
    }
    const lease = `--force-with-lease=refs/heads/${branch}:${before ?? ""}`;
    const spec = `${commit}:refs/heads/${branch}`;
    const answer = yield* ask([...pushArgs, lease, "--", pushUrl ?? url, spec]);
    if (answer.exitCode === 0) return;
    // An answer may be lost on its way, and somebody else may have been faster.
    const after = (yield* tips([branch])).get(branch);
    if (after === commit) return;
    if (after !== before) return yield* moved(branch, name);
    return yield* RemoteTrouble.of(name, answer);
  });

  const mayPush = Effect.gen(function* () {
    const spec = "HEAD:refs/heads/orchestrator-probe";
    const answer = yield* ask([...pushArgs, "--dry-run", "--", pushUrl ?? url, spec]);
    if (answer.exitCode !== 0) return yield* RemoteTrouble.of(name, answer);
  });

  return {
    repository,
    name,
    mayPush,
    find: tips,
    fetch: (branches) => turn.withPermit(fetched(branches)),
    publish: (branch, commit) => turn.withPermit(publish(branch, commit)),
  } satisfies Remote;
});

const fetchArgs = [
  "fetch",
  "--quiet",
  "--no-tags",
  "--no-write-fetch-head",
  "--no-recurse-submodules",
];

const pushArgs = ["push", "--quiet", "--no-verify", "--recurse-submodules=no"];

/** Whether a ref is one that is asked for; git itself lets a star stand for several parts of a name. */
const fits = (ref: string, asked: string): boolean => {
  const [parts, wanted] = [ref.split("/"), asked.split("/")];
  return (
    parts.length === wanted.length && wanted.every((part, i) => part === "*" || part === parts[i])
  );
};

/** Asks in one way after the other until one is let in; that one is asked first from then on. */
const asking = ({ gits, repository }: RemoteOptions) => {
  let ways: ReadonlyArray<Git["Service"]> = gits;
  return Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
    let last: GitAnswer | undefined;
    for (const git of ways) {
      last = yield* git.run(repository, args);
      if (last.exitCode === 0) ways = [git, ...ways.filter((other) => other !== git)];
      if (!RemoteTrouble.isShutOut(last)) return last;
    }
    return last!;
  });
};

const isWithin = (git: Git["Service"], repository: string, inner: string, outer: string) =>
  Effect.map(
    git.run(repository, ["merge-base", "--is-ancestor", inner, outer]),
    ({ exitCode }) => exitCode === 0,
  );

const moved = (branch: string, name: string) =>
  new RemoteError({
    reason: "Moved",
    message: `The branch ${branch} of ${name} has commits that this work does not contain: somebody pushed to it meanwhile, or the agent rewrote its history. Nothing was overwritten.`,
  });

/** The branch of the other repository as the base of a run: attempts begin there, and nothing here moves it. */
export const baseOf = Effect.fnUntraced(function* ({ name, repository }: Remote, branch: string) {
  const git = yield* Git;
  const tip = Effect.gen(function* () {
    const found = yield* Branch.resolve(repository, TrackingRefs.of(name, branch));
    if (found !== undefined) return found;
    return yield* new GitError({
      reason: "MissingBranch",
      message: `The branch ${branch} was not fetched from ${name}. Fetch it: git fetch ${name} ${branch}`,
    });
  });
  return Base.Base.of({
    repository,
    branch,
    requested: branch,
    checkout: undefined,
    takeOver: undefined,
    tip: Effect.provideService(tip, Git, git),
    moved: () => Effect.void,
    writes: yield* Semaphore.make(1),
  });
});

/**
 * Variables by which git signs in with a token, for addresses of one host only. They take the place
 * of headers that the configuration of the clone has, as a job of GitHub Actions leaves one there.
 */
export const tokenVariables = (url: URL, token: string): Readonly<Record<string, string>> => {
  const key = `http.${url.origin}/.extraheader`;
  return {
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: "",
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `Authorization: Basic ${basicOf(token)}`,
  };
};

/** A token as it stands in a header. */
export const basicOf = (token: string): string => btoa(`x-access-token:${token}`);
