/** How help, the version and wrong invocations are shown. */
import { Suggest } from "@orchestrator/core";
import * as CliConfig from "effect/cli/CliConfig";
import type * as CliError from "effect/cli/CliError";
import * as CliOutput from "effect/cli/CliOutput";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as ErrorCode from "./ErrorCode.ts";
import * as ErrorText from "./ErrorText.ts";
import { Screen } from "./terminal/Screen.ts";
import * as Shell from "./terminal/Shell.ts";

const present = Effect.fnUntraced(function* (
  { command, error, out }: Screen["Service"],
  isJson: boolean,
  event: CliOutput.Presenter.Event,
) {
  const formatter = CliOutput.defaultFormatter({ colors: out.paint("bold", "x") !== "x" });
  switch (event._tag) {
    case "Version":
      return yield* out.print(event.version);
    case "Help":
      return yield* out.print(formatter.formatHelpDoc(event.helpDoc));
    case "InvalidInvocation": {
      const one = told([command, ...event.commandPath.slice(1)], event.errors);
      if (isJson) return yield* error.print(ErrorText.json(one));
      return yield* error.print(`${ErrorText.text(one, error.paint)}\nTry: ${one.fix}`);
    }
  }
});

/** All that is wrong with a call, as one error, with what to try. */
const told = (
  path: ReadonlyArray<string>,
  errors: ReadonlyArray<CliError.NonShowHelpErrors>,
): ErrorCode.Told => {
  const [first] = errors;
  // The flags of a command that is not there mean nothing.
  const all = first?._tag === "UnknownSubcommand" ? [first] : errors;
  return {
    ...ErrorCode.of(first),
    message: all.map(worded).join("\n"),
    fix: [...path, first === undefined ? "--help" : (instead(first) ?? "--help")].join(" "),
  };
};

/** What is wrong, with what may have been meant by a value or by one of the flags that every command has. */
const worded = (error: CliError.NonShowHelpErrors): string => {
  if (error._tag === "UnrecognizedOption" && error.suggestions.length === 0) {
    return `${error.message}${hint(Suggest.closest(error.option, ["--help", "--version"]))}`;
  }
  if (error._tag !== "InvalidValue") return error.message;
  // Pairs of keys and numbers have no text of their own.
  const message = error.message.replace(': "[object Object]"', "");
  const allowed = Array.from(error.expected.matchAll(/"([^"]+)"/g), ([, word]) => word!);
  return `${message}${hint(Suggest.closest(error.value, allowed))}`;
};

const hint = (meant: string | undefined): string =>
  meant === undefined ? "" : `\n\n  Did you mean this?\n    ${meant}`;

/** What was meant, if only one thing can be; a flag is better looked up. */
const instead = (error: CliError.NonShowHelpErrors): string | undefined => {
  if (error._tag !== "UnknownSubcommand") return undefined;
  return error.suggestions.length === 1 ? error.suggestions[0] : meaning(error);
};

/** Words that people know from other programs. */
const synonyms: Readonly<Record<string, string>> = {
  setup: "init",
  configure: "init",
  start: "run",
  check: "plan",
  validate: "plan",
  show: "status",
  list: "runs",
  ls: "runs",
  stop: "cancel",
  kill: "cancel",
  explain: "why",
  clean: "gc",
  prune: "gc",
  completion: "completions",
};

/** What a word stands for that is no command and like none: what other programs call so, or a plan. */
const meaning = ({ subcommand, suggestions }: CliError.UnknownSubcommand): string | undefined => {
  const known = Object.hasOwn(synonyms, subcommand) ? synonyms[subcommand] : undefined;
  if (known !== undefined) return known;
  const isPlan = suggestions.length === 0 && /\.(?:ya?ml|json)$/i.test(subcommand);
  return isPlan ? Shell.line("run", subcommand) : undefined;
};

/** Help goes to standard output; a wrong invocation is told on standard error, with where help is. */
export const layer = (process: Pick<NodeJS.Process, "argv">): Layer.Layer<never, never, Screen> => {
  const isJson = ErrorText.isJson(process.argv.slice(2));
  return Layer.mergeAll(
    Layer.effect(
      CliOutput.Presenter,
      Effect.map(Screen, (screen) => ({ present: (event) => present(screen, isJson, event) })),
    ),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
  );
};
