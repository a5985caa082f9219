/** Runs issues on services of its own: what `demo --github` does. */
import { Git } from "@orchestrator/local";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as RunPlan from "../run/RunPlan.ts";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import type { Options } from "./Demo.ts";
import * as DemoRepository from "./DemoRepository.ts";
import type { Services } from "./FakeServices.ts";
import * as FastClock from "./FastClock.ts";
import * as GitHubDemoText from "./GitHubDemoText.ts";
import * as RunDefaults from "./RunDefaults.ts";

/** How many times as fast time passes: agents take some seconds instead of minutes, and so does waiting for checks. */
const usualFactor = 16;

/** Works on the issues of a repository that only the demo has, as `orchestrator run` would; fails unless all of it succeeds. */
export const run = Effect.fn("GitHubDemo.run")(function* (
  { folder: wanted, ...options }: Options,
  factor: number = usualFactor,
) {
  const screen = yield* Screen;
  const sink = options.json ? screen.error : screen.out;
  const folder = yield* DemoRepository.folderFor(wanted);
  const services = yield* started(factor);
  yield* clone(folder, services);
  yield* sink.print(GitHubDemoText.opening({ folder, factor, api: services.github.api }));
  const environment = environmentOf(screen, services);
  const inside = { ...screen, folder, environment, variables: () => ({}) };
  // The issues are nobody's: there is nothing to ask.
  const meant = { plan: Option.none(), config: [GitHubDemoText.fileName], yes: true };
  yield* RunPlan.run({ ...RunDefaults.options, ...options, ...meant }).pipe(
    Effect.provideService(Screen, inside),
    Effect.provideService(Clock.Clock, FastClock.make(factor)),
  );
  const { outcome } = yield* fakes;
  const done = { folder, command: screen.command, outcome: outcome(services) };
  yield* sink.print(GitHubDemoText.closing(done, sink.paint));
}, Effect.scoped);

/** They are loaded only now. */
const fakes = Effect.promise(() => import("./FakeServices.ts"));

const started = (factor: number) =>
  Effect.acquireRelease(
    Effect.flatMap(fakes, ({ start }) => Effect.promise(() => start(factor))),
    (services) => Effect.promise(() => services.close()),
  );

const variables = { github: "GITHUB_TOKEN", codegen: "CODEGEN_API_TOKEN" } as const;

/** What people set for their own services has no meaning here, and must not reach these. */
const environmentOf =
  (screen: Screen["Service"], { codegen, github }: Services): Screen["Service"]["environment"] =>
  (names) => {
    const own = { [variables.github]: github.token, [variables.codegen]: codegen.token };
    const shared = screen.environment(
      names.filter((name) => !/^(GITHUB|GH|CODEGEN|ORCHESTRATOR)_/.test(name)),
    );
    return {
      ...shared,
      ...Object.fromEntries(Object.entries(own).filter(([name]) => names.includes(name))),
    };
  };

/** A clone of the repository as far as a run needs one, and the configuration that leads to the services. */
const clone = Effect.fnUntraced(function* (folder: string, { codegen, github }: Services) {
  const path = yield* Path.Path;
  const fs = yield* FileSystem.FileSystem;
  const { environment } = yield* Screen;
  const git = yield* Git.make(environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"]));
  yield* git.text(folder, ["init", "--quiet", "-b", "main"]);
  yield* git.text(folder, ["remote", "add", "origin", `${github.url}/acme/shop.git`]);
  const file = path.join(folder, GitHubDemoText.fileName);
  const text = GitHubDemoText.configuration({
    github: github.api,
    codegen: codegen.url,
    orgId: codegen.orgId,
  });
  yield* Effect.mapError(fs.writeFileString(file, text), SafeFile.failed(file));
});
