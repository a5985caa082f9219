/** Runs tasks of a run again that did not succeed: what the command `retry` does. */
import { Operator, ResultManager, type RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Confirmation from "../terminal/Confirmation.ts";
import * as Inbox from "./Inbox.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as ResumeRun from "../run/ResumeRun.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import { count, limits, looks } from "../view/Words.ts";

export interface Options extends ResumeRun.Options {
  readonly tasks: ReadonlyArray<string>;
  /** All that failed, were cancelled or left out; not those that were skipped because of others. */
  readonly failed: boolean;
  readonly run: Option.Option<string>;
  /** Does not ask. */
  readonly yes: boolean;
}

/** Shows which tasks would run again, and runs them if that is wanted. */
export const retry = Effect.fn("RetryTasks.retry")(function* (options: Options) {
  const { command, error, out } = yield* Screen;
  const sink = options.json ? error : out;
  if (options.failed === options.tasks.length > 0) {
    return yield* new Confirmation.WrongCall({
      message: `name the tasks, or say --failed for all that did not succeed. Try: ${command} retry --help`,
    });
  }
  const wanted = yield* RunWanted.open(Option.getOrUndefined(options.run));
  const told = yield* RunRecord.tell(wanted.journal, wanted.run);
  const named = options.failed ? Operator.failed(told.state) : options.tasks;
  const tasks = yield* Effect.fromResult(Operator.reopening(told.state, named));
  if (tasks.length === 0) {
    return yield* sink.print(`Nothing failed in the run ${Text.line(wanted.run)}.`);
  }
  yield* sink.print(lines(told.state, tasks, sink.paint).join("\n"));
  if (!(yield* isWanted(options))) return;
  const change: Operator.Change = { _tag: "Reopen", tasks: named };
  const alone = ResumeRun.work(wanted, told, options, [change]);
  const wishes = [...ResumeRun.limited(options), change].map(
    (one) => ({ _tag: "Change", change: one }) as const,
  );
  yield* Inbox.orAsk(wanted, wishes, alone);
}, Effect.scoped);

const isWanted = ({ failed, json, run, tasks, yes }: Options) => {
  const named = Option.match(run, { onNone: () => [], onSome: (id) => ["--run", id] });
  return Confirmation.isGiven({
    question: "Run them again?",
    nothing: "nothing was started",
    what: "run them again",
    words: ["retry", ...(failed ? ["--failed"] : tasks), ...named, "--yes"],
    isPossible: !json,
    isGiven: yes,
  });
};

const shown = 40;

const lines = (
  state: RunState.RunState,
  tasks: ReadonlyArray<string>,
  paint: Paint,
): ReadonlyArray<string> => {
  const title = `${count(tasks.length, "task")} of the run ${Text.line(state.run ?? "")} would run again:`;
  const rest = tasks.length - shown;
  return [
    title,
    ...tasks.slice(0, shown).map((id) => line(state, state.get(id)!, paint)),
    ...(rest > 0 ? [`  … and ${rest} more`] : []),
  ];
};

const line = (state: RunState.RunState, task: RunState.TaskState, paint: Paint): string => {
  const { symbol, style } = looks[task.phase];
  const error = ResultManager.error(state, task);
  const why = error === undefined ? "" : `: ${Text.line(error, limits.line)}`;
  return `  ${paint(style, symbol)} ${Text.line(task.task.id, 100)} ${task.phase.toLowerCase()}${why}`;
};
