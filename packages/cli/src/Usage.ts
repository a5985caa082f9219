/** How help, the version and wrong invocations are shown. */
import { Suggest } from "@orchestrator/core";
import * as CliConfig from "effect/cli/CliConfig";
import * as CliError from "effect/cli/CliError";
import * as CliOutput from "effect/cli/CliOutput";
import type * as Command from "effect/cli/Command";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as ErrorCode from "./ErrorCode.ts";
import * as ErrorText from "./ErrorText.ts";
import { Screen } from "./terminal/Screen.ts";
import * as Shell from "./terminal/Shell.ts";

const present = Effect.fnUntraced(function* (
  { command, error, out }: Screen["Service"],
  { isJson, whole }: { readonly isJson: boolean; readonly whole: Whole },
  event: CliOutput.Presenter.Event,
) {
  const formatter = CliOutput.defaultFormatter({ colors: out.paint("bold", "x") !== "x" });
  switch (event._tag) {
    case "Version":
      return yield* out.print(event.version);
    case "Help":
      return yield* out.print(spaced(formatter.formatHelpDoc(event.helpDoc)));
    case "InvalidInvocation": {
      const errors = event.errors.map((one) => resembled(one, whole()));
      const one = told([command, ...event.commandPath.slice(1)], errors);
      if (isJson) return yield* error.print(ErrorText.json(one));
      return yield* error.print(`${ErrorText.text(one, error.paint)}\nTry: ${one.fix}`);
    }
  }
});

/** With an empty line before the examples, which the formatter leaves out behind subcommands. */
const spaced = (help: string): string => help.replace(/(?<!\n)\n(?=\S*EXAMPLES\S*\n)/, "\n\n");

/** The whole command, which knows its own usage. */
type Whole = () => Command.Command.Any;

/** The commands of a command. */
const within = ({ subcommands }: Command.Command.Any): ReadonlyArray<Command.Command.Any> =>
  subcommands.flatMap(({ commands }) => commands);

/** The names of the commands that may follow some words, the first of which is the whole command. */
const namesAfter = (
  words: ReadonlyArray<string>,
  whole: Command.Command.Any,
): ReadonlyArray<string> =>
  words
    .slice(1)
    .reduce((all, word) => all.filter(({ name }) => name === word).flatMap(within), within(whole))
    .map(({ name }) => name);

/**
 * With what a command that is not there may stand for. The parser takes capitals for typos,
 * and finds a word of two letters near to any other one.
 */
const resembled = (
  error: CliError.NonShowHelpErrors,
  whole: Command.Command.Any,
): CliError.NonShowHelpErrors => {
  if (error._tag !== "UnknownSubcommand") return error;
  const { parent = [], subcommand } = error;
  const names = namesAfter(parent, whole);
  const word = subcommand.toLowerCase();
  const known = [word, Object.hasOwn(synonyms, word) ? synonyms[word]! : word];
  const exact = names.filter((name) => known.includes(name));
  const near = error.suggestions.filter(
    (name) => Suggest.distance(word, name, word.length - 1) !== undefined,
  );
  return new CliError.UnknownSubcommand({
    subcommand,
    parent,
    suggestions: exact.length > 0 ? exact : near,
  });
};

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
  const message = plainly.reduce((text, [from, to]) => text.replace(from, to), error.message);
  const allowed = Array.from(error.expected.matchAll(/"([^"]+)"/g), ([, word]) => word!);
  return `${message}${hint(Suggest.closest(error.value, allowed))}`;
};

/** What the parser says of values, in the words of the help. Pairs of keys and numbers have no text of their own. */
const plainly = [
  [': "[object Object]"', ""],
  ["Expected a string representing a finite number", "Expected: a number"],
  ["Expected an integer", "Expected: a whole number"],
  [/Expected: Invalid key=value format.*$/s, "Expected: KEY=VALUE"],
] as const;

const hint = (meant: string | undefined): string =>
  meant === undefined ? "" : `\n\n  Did you mean this?\n    ${meant}`;

/** What was meant, if only one thing can be; a flag is better looked up. */
const instead = (error: CliError.NonShowHelpErrors): string | undefined => {
  if (error._tag !== "UnknownSubcommand") return undefined;
  return error.suggestions.length === 1 ? error.suggestions[0] : ofPlan(error);
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

/** A plan, where a command is missing before it. */
const ofPlan = ({ subcommand, suggestions }: CliError.UnknownSubcommand): string | undefined => {
  const isPlan = suggestions.length === 0 && /\.(?:ya?ml|json)$/i.test(subcommand);
  return isPlan ? Shell.line("run", subcommand) : undefined;
};

/** Help goes to standard output; a wrong invocation is told on standard error, with where help is. */
export const layer = (
  process: Pick<NodeJS.Process, "argv">,
  whole: Whole,
): Layer.Layer<never, never, Screen> => {
  const isJson = ErrorText.isJson(process.argv.slice(2));
  return Layer.mergeAll(
    Layer.effect(
      CliOutput.Presenter,
      Effect.map(Screen, (screen) => ({
        present: (event) => present(screen, { isJson, whole }, event),
      })),
    ),
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
  );
};
