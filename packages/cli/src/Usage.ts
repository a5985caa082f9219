/** How help, the version and wrong invocations are shown. */
import * as CliConfig from "effect/cli/CliConfig";
import type * as CliError from "effect/cli/CliError";
import * as CliOutput from "effect/cli/CliOutput";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Screen } from "./Screen.ts";
import * as Text from "./Text.ts";

const present = Effect.fnUntraced(function* (
  { command, error, out }: Screen["Service"],
  event: CliOutput.Presenter.Event,
) {
  const formatter = CliOutput.defaultFormatter({ colors: out.paint("bold", "x") !== "x" });
  switch (event._tag) {
    case "Version":
      return yield* out.print(event.version);
    case "Help":
      return yield* out.print(formatter.formatHelpDoc(event.helpDoc));
    case "InvalidInvocation":
      return yield* error.print(wrong([command, ...event.commandPath.slice(1)], event.errors));
  }
});

const wrong = (
  path: ReadonlyArray<string>,
  errors: ReadonlyArray<CliError.NonShowHelpErrors>,
): string =>
  [
    ...errors.map((error) => `error: ${Text.block(error.message)}`),
    `Try: ${path.join(" ")} --help`,
  ].join("\n");

/** Help goes to standard output; a wrong invocation is told on standard error, with where help is. */
export const layer: Layer.Layer<never, never, Screen> = Layer.mergeAll(
  Layer.effect(
    CliOutput.Presenter,
    Effect.map(Screen, (screen) => ({ present: (event) => present(screen, event) })),
  ),
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] }),
);
