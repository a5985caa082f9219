/** The token that requests to GitHub are signed with, where the configuration and the variables have none. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as ChildProcess from "effect/process/ChildProcess";
import * as ChildProcessSpawner from "effect/process/ChildProcessSpawner";
import * as Stream from "effect/Stream";
import { Screen } from "../terminal/Screen.ts";

/** What `gh` needs to find what it keeps; a token among the variables was taken before. */
const variables = [
  "PATH",
  "HOME",
  "XDG_CONFIG_HOME",
  "XDG_RUNTIME_DIR",
  "DBUS_SESSION_BUS_ADDRESS",
  "GH_CONFIG_DIR",
];

/** Longer than any token is, and an end to whatever else calls itself `gh`. */
const longest = 4_096;

/** The token that GitHub's own command `gh` keeps for a host; none without it. It is never printed. */
export const ofGh = Effect.fn("GitHubToken.ofGh")(
  function* (host: string) {
    const { environment, folder } = yield* Screen;
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner;
    const gh = yield* spawner.spawn(
      ChildProcess.make("gh", ["auth", "token", "--hostname", host], {
        cwd: folder,
        env: { ...environment(variables), GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" },
        stdin: "ignore",
        stderr: "ignore",
        forceKillAfter: "1 second",
      }),
    );
    const [text, exitCode] = yield* Effect.all(
      [Stream.mkString(Stream.decodeText(gh.stdout)), gh.exitCode],
      { concurrency: 2 },
    );
    const token = text.trim();
    const isToken = Number(exitCode) === 0 && token.length <= longest && /^[!-~]+$/.test(token);
    return isToken ? Option.some(Redacted.make(token, { label: "github token" })) : Option.none();
  },
  Effect.scoped,
  Effect.timeout("5 seconds"),
  Effect.orElseSucceed(() => Option.none<Redacted.Redacted>()),
);
