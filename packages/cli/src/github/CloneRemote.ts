/** The clone that agents of this machine work in, and the repository on GitHub that their work goes to. */
import * as Git from "@orchestrator/local/Git";
import * as Effect from "effect/Effect";
import * as GitHubRemote from "./GitHubRemote.ts";
import { Screen } from "../terminal/Screen.ts";

export interface CloneRemote extends GitHubRemote.Remote {
  /** The root of the clone. */
  readonly root: string;
  /** Where branches are fetched from, as the configuration of the clone says it. */
  readonly url: string;
  /** Where they are pushed to. */
  readonly pushUrl: string;
}

/** What git needs to find its settings, and whoever signs in for it. */
const variables = `
  PATH HOME XDG_CONFIG_HOME TMPDIR XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
  SSH_AUTH_SOCK GIT_SSH GIT_SSH_COMMAND SSL_CERT_FILE SSL_CERT_DIR GIT_SSL_CAINFO
  HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy
`
  .trim()
  .split(/\s+/);

/** Nobody is there to be asked for a password. */
const unasked = { SSH_ASKPASS: "false", SSH_ASKPASS_REQUIRE: "force" };

/** Git as the person signs in who started this, with more variables if there are some. */
export const git = Effect.fnUntraced(function* (more: Readonly<Record<string, string>> = {}) {
  const { environment } = yield* Screen;
  const own = environment(variables);
  return yield* Git.make(own, { ...own, ...unasked, ...more });
});

/**
 * The clone around a folder, if a remote of it is on a host: the one of a repository that is
 * wanted, as `upstream` in the clone of a fork, else the first. Undefined if none is there, or if
 * what is pushed there would go elsewhere.
 */
export const find = Effect.fn("CloneRemote.find")(function* (
  folder: string,
  host: string,
  wanted: ReadonlyArray<string> = [],
) {
  const remotes = (yield* GitHubRemote.find(folder)).filter((one) => one.host === host);
  const isWanted = ({ repository }: GitHubRemote.Place) =>
    wanted.some((one) => isNamed(one, repository));
  const remote = remotes.find(isWanted) ?? remotes[0];
  if (remote === undefined) return undefined;
  const { run, text } = yield* git();
  const root = yield* Effect.option(text(folder, ["rev-parse", "--show-toplevel"]));
  const stated = (key: string) =>
    Effect.map(run(folder, ["config", "--get-all", `remote.${remote.name}.${key}`]), (answer) =>
      answer.stdout.split("\n").filter((line) => line !== ""),
    );
  const [url, ...others] = yield* Effect.orElseSucceed(stated("url"), () => []);
  const pushed = yield* Effect.orElseSucceed(stated("pushurl"), () => []);
  const goesElsewhere = [...others, ...pushed].some((one) => !isSame(one, remote));
  if (root._tag === "None" || url === undefined || goesElsewhere) return undefined;
  return { ...remote, root: root.value, url, pushUrl: pushed[0] ?? url } satisfies CloneRemote;
});

const isSame = (address: string, { host, repository }: GitHubRemote.Place): boolean => {
  const place = GitHubRemote.parse(address);
  return place?.host === host && isNamed(place.repository, repository);
};

/** Whether two names are those of one repository. */
export const isNamed = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
