/** Runs the demo: what the command `demo` does. */
import { Git } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as RunPlan from "../run/RunPlan.ts";
import { Screen } from "../terminal/Screen.ts";
import * as DemoRepository from "./DemoRepository.ts";
import * as DemoText from "./DemoText.ts";
import * as ProgramTests from "./ProgramTests.ts";
import * as RunDefaults from "./RunDefaults.ts";

export interface Options extends Pick<RunPlan.Options, "concurrency" | "json" | "plain"> {
  /** A folder that is new or empty; absent: a new one among the temporary folders. */
  readonly folder: Option.Option<string>;
}

/** Builds the program as `orchestrator run` would, then tests it; fails unless all of it succeeds. */
export const run = Effect.fn("Demo.run")(function* ({ folder: wanted, ...options }: Options) {
  const path = yield* Path.Path;
  const { command, environment, error, out } = yield* Screen;
  const sink = options.json ? error : out;
  const git = yield* Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"]));
  const folder = yield* DemoRepository.make(wanted, git);
  yield* sink.print(DemoText.opening(folder));
  yield* RunPlan.run({
    ...RunDefaults.options,
    ...options,
    plan: Option.some(path.join(folder, "plan.yaml")),
    isAlone: true,
    // Nobody else works in this checkout, and people want to see the result in it.
    updateCheckout: true,
    verbose: false,
    debug: false,
    logLevel: Option.none(),
  });
  const passed = yield* ProgramTests.run(folder, environment(["PATH", "HOME"]));
  const history = yield* git.text(folder, ["log", "--graph", "--oneline", "main"]);
  yield* sink.print(DemoText.closing({ folder, passed, history, command }, sink.paint));
});
