/** Decides about all held tasks of a run at once: what `decide --all` does. */
import { Operator } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Amendment from "./Amendment.ts";
import * as Confirmation from "../terminal/Confirmation.ts";
import * as Inbox from "./Inbox.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { count, limits, looks } from "../view/Words.ts";

/** What can be decided about any number of tasks. */
export const decisions = ["relaunch", "skip", "wait"] as const;

export interface Options {
  readonly decision: (typeof decisions)[number];
  readonly run: Option.Option<string>;
  /** Does not ask. */
  readonly yes: boolean;
}

type Held = ReturnType<typeof Operator.held>[number];

/** Shows the held tasks, and records one decision about all that take it. */
export const decide = Effect.fn("DecideAll.decide")(function* (options: Options) {
  const { out } = yield* Screen;
  const { decision } = options;
  const wanted = yield* RunWanted.open(Option.getOrUndefined(options.run));
  const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
  const changes = new Map<Held, Operator.Change>();
  const refused: Array<string> = [];
  for (const held of Operator.held(state)) {
    const change: Operator.Change = { _tag: "Decide", task: held.task.task.id, decision };
    const answer = Operator.events(state, change, 0);
    if (Result.isSuccess(answer)) changes.set(held, change);
    else refused.push(answer.failure.message);
  }
  for (const message of refused.slice(0, shown)) yield* out.print(Text.line(message));
  if (changes.size === 0) {
    return yield* new Operator.ChangeRefused({ message: nothing(wanted.run, decision, refused) });
  }
  yield* out.print(lines([...changes.keys()], wanted.run, decision, out.paint).join("\n"));
  const tasks = [...changes.keys()].map(({ task }) => task.task.id);
  if (!(yield* isWanted(options))) return { run: wanted.run, decision, tasks: [] };
  const all = [...changes.values()];
  yield* Inbox.orAsk(
    wanted,
    all.map((change) => ({ _tag: "Change", change })),
    Amendment.record(wanted, state, all, `${count(all.length, "task")} decided`),
  );
  return { run: wanted.run, decision, tasks };
}, Effect.scoped);

const nothing = (run: string, decision: string, refused: ReadonlyArray<string>): string =>
  refused.length === 0
    ? `Nothing waits for a decision in the run ${Text.line(run)}.`
    : `No held task of the run ${Text.line(run)} can be decided to ${decision}.`;

const isWanted = ({ decision, run, yes }: Options) => {
  const named = Option.match(run, { onNone: () => [], onSome: (id) => ["--run", id] });
  return Confirmation.isGiven({
    question: `Decide to ${decision} for all of them?`,
    nothing: "nothing was decided",
    what: "decide it",
    words: ["decide", "--all", decision, ...named, "--yes"],
    isPossible: true,
    isGiven: yes,
  });
};

const shown = 40;

const lines = (
  held: ReadonlyArray<Held>,
  run: string,
  decision: string,
  paint: Paint,
): ReadonlyArray<string> => {
  const rest = held.length - shown;
  const { symbol, style } = looks.Held;
  return [
    `${count(held.length, "task")} of the run ${Text.line(run)} to ${decision}:`,
    ...held.slice(0, shown).map(({ question, task }) => {
      const id = Text.line(task.task.id, 100);
      return `  ${paint(style, symbol)} ${id}: ${Text.line(question, limits.line)}`;
    }),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
};
