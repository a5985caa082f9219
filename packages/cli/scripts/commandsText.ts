/** The part of docs/guides/commands.md that is made from the help of the commands. */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as CliOutput from "effect/cli/CliOutput";
import * as CliConfig from "effect/cli/CliConfig";
import * as Command from "effect/cli/Command";
import * as GlobalFlag from "effect/cli/GlobalFlag";
import type * as HelpDoc from "effect/cli/HelpDoc";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import { orchestrator } from "../src/Program.ts";

const [begin, end] = ["<!-- commands: begin -->", "<!-- commands: end -->"];

/** A command with the words that call it. */
export interface Found {
  readonly path: ReadonlyArray<string>;
  readonly command: Command.Command.Any;
}

const below = ({ command, path }: Found): ReadonlyArray<Found> =>
  command.subcommands
    .flatMap(({ commands }) => commands)
    .map((one) => ({ path: [...path, one.name], command: one }));

/** The command that words mean, as far as they name one, and the words after it. */
export const find = (words: ReadonlyArray<string>): Found & { rest: ReadonlyArray<string> } => {
  let found: Found = { path: [], command: orchestrator };
  for (const word of words) {
    const next = below(found).find(({ command }) => command.name === word);
    if (next === undefined) break;
    found = next;
  }
  return { ...found, rest: words.slice(found.path.length) };
};

/** The same command, but it does nothing. */
export const idle = (command: Command.Command.Any) =>
  // What it would be given does not matter, as it is not looked at.
  Command.withHandler(command as Command.Command<string, never>, () => Effect.void);

const all = (found: Found): ReadonlyArray<Found> => {
  const inner = below(found);
  return inner.length === 0 ? [found] : inner.flatMap(all);
};

const helpOf = Effect.fnUntraced(function* ({ command }: Found) {
  let shown: HelpDoc.HelpDoc | undefined;
  const present = (event: CliOutput.Presenter.Event) =>
    Effect.sync(() => void (shown = event._tag === "Help" ? event.helpDoc : shown));
  const layer = Layer.mergeAll(
    Layer.succeed(CliOutput.Presenter, { present }),
    CliConfig.layer({ builtIns: [GlobalFlag.Help] }),
    NodeServices.layer,
  );
  yield* Effect.ignore(
    Effect.provide(Command.runWith(idle(command), { version: "" })(["--help"]), layer),
  );
  return yield* Effect.fromNullishOr(shown);
});

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const text = Option.getOrElse(() => "");

const flag = ({ aliases, description, name, type }: HelpDoc.FlagDoc): string => {
  const value = type === "boolean" ? "" : ` ${type}`;
  const names = [`--${name}${value}`, ...aliases].map(code).join(", ");
  return `| ${cell(names)} | ${cell(text(description))} |`;
};

const argument = ({ description, name, required, variadic }: HelpDoc.ArgDoc): string => {
  const named = `${name.toUpperCase()}${variadic ? "…" : ""}`;
  return `| ${code(required ? named : `[${named}]`)} | ${cell(text(description))} |`;
};

const example = ({ command, description }: HelpDoc.ExampleDoc): string =>
  description === undefined ? command : `${command} # ${description}`;

const section = ({ path }: Found, help: HelpDoc.HelpDoc): string => {
  const rows = [...(help.args ?? []).map(argument), ...help.flags.map(flag)];
  const examples = (help.examples ?? []).map(example);
  return [
    `### ${["orchestrator", ...path].join(" ")}`,
    `${help.description}.`,
    ...(examples.length === 0 ? [] : [["```sh", ...examples, "```"].join("\n")]),
    ...(rows.length === 0
      ? []
      : [["<!-- prettier-ignore -->", "| flag | means |", "| --- | --- |", ...rows].join("\n")]),
  ].join("\n\n");
};

/** The guide with all commands as they are now between its marks. */
export const withCommands = Effect.fnUntraced(function* (guide: string) {
  const [before, rest = ""] = guide.split(begin);
  const sections = yield* Effect.forEach(all({ path: [], command: orchestrator }), (found) =>
    Effect.map(helpOf(found), (help) => section(found, help)),
  );
  return `${before}${begin}\n\n${sections.join("\n\n")}\n\n${end}${rest.split(end)[1] ?? ""}`;
});
