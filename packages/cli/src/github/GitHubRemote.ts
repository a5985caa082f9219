/** Which repository on GitHub a clone belongs to, as its remotes say. */
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import { Git } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import { Screen } from "../terminal/Screen.ts";

/** What the address of a remote names. */
export interface Place {
  /** In lower case, with the port that https goes to if it is not the usual one. */
  readonly host: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** A remote of the clone. */
export interface Remote extends Place {
  /** As `origin`. */
  readonly name: string;
}

/** The remotes that are looked at, in this order. */
const names = ["origin", "upstream"] as const;

/** The remotes of the clone around a folder (default: the current one) whose addresses name a repository on a host; none without git. */
export const find = Effect.fn("GitHubRemote.find")(function* (place?: string) {
  const { environment, folder: here } = yield* Screen;
  const folder = place ?? here;
  const git = yield* Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"]));
  const found: Array<Remote> = [];
  for (const name of names) {
    const address = (args: ReadonlyArray<string>) =>
      Effect.orElseSucceed(git.text(folder, args), () => "");
    const asked = parse(yield* address(["remote", "get-url", name]));
    if (asked !== undefined) found.push({ name, ...asked });
    // Where git is told to go elsewhere instead, as to a mirror or to another name of the host for
    // ssh, the clone also belongs to what is stated.
    const stated = parse(yield* address(["config", "--get", `remote.${name}.url`]));
    if (stated !== undefined && stated.host !== asked?.host) found.push({ name, ...stated });
  }
  return found;
});

/**
 * Reads the address of a remote: `https://host/owner/name.git`, `ssh://git@host/owner/name.git`
 * or `git@host:owner/name.git`. Passwords in it are passed over. Undefined for everything else.
 */
export const parse = (address: string): Place | undefined => {
  const short = /^(?:[A-Za-z0-9_.-]+@)?([A-Za-z0-9.-]+):(?!\/\/)\/?([^\s:?#]+)$/.exec(address);
  if (short !== null) return placeOf(short[1]!, short[2]!);
  const url = URL.parse(address);
  if (url === null || url.search !== "" || url.hash !== "") return undefined;
  switch (url.protocol) {
    case "https:":
    case "http:":
      return placeOf(url.host, url.pathname.slice(1));
    case "ssh:":
    case "git+ssh:":
    case "git:":
      return placeOf(url.hostname, url.pathname.slice(1));
    default:
      return undefined;
  }
};

const placeOf = (host: string, path: string): Place | undefined => {
  const repository = path.replace(/\/$/, "").replace(/\.git$/, "");
  if (!GitHubHost.isRepository(repository)) return undefined;
  return { host: known(host.toLowerCase()), repository };
};

/** The other names of github.com: for ssh where only the port of https is open, and the old one. */
const known = (host: string): string =>
  host === "ssh.github.com" || host === "www.github.com" ? GitHubHost.official : host;
