/** What waits for a person in a run, for people and for programs: what the command `held` does. */
import { Operator, type RunEvent, type RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import * as ExitCode from "../ExitCode.ts";
import { RunNotSucceeded } from "../run/Foreground.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as HeldText from "../view/HeldText.ts";

/** A decision that is possible, and the command that makes it. */
export interface Choice {
  readonly decision: RunEvent.Decision;
  readonly command: string;
}

/** A task that waits for a person. Times are ISO 8601 in UTC. */
export interface Held {
  readonly task: string;
  readonly title: string | null;
  readonly question: string;
  readonly since: string | null;
  readonly attempt: number | null;
  readonly agent: string | null;
  readonly agent_run: string | null;
  readonly url: string | null;
  /** How many tasks wait for the decision too. */
  readonly waiting: number;
  readonly decisions: ReadonlyArray<Choice>;
}

export interface Options {
  readonly run: string | undefined;
  readonly json: boolean;
}

/** Prints every held task; ends with 3 if there are any. */
export const show = Effect.fn("HeldTasks.show")(function* ({ json, run }: Options) {
  const { command, out } = yield* Screen;
  const wanted = yield* RunWanted.open(run);
  const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
  const all = list(state, wanted.name, command);
  if (json) yield* out.print(Text.json(JSON.stringify(all, undefined, 2)));
  else yield* out.print(HeldText.lines(wanted.run, all, out.paint).join("\n"));
  if (all.length > 1 && !json) {
    const words = Shell.line("decide", "--all", "relaunch", "--run", wanted.name);
    yield* out.print(
      `\nOne decision for all of them (relaunch, skip or wait): ${command} ${words}`,
    );
  }
  if (all.length === 0) return;
  return yield* new RunNotSucceeded({ outcome: "held", exitCode: ExitCode.codes.held });
}, Effect.scoped);

/** What waits for a person; `name` is what people call the run by. */
export const list = (
  state: RunState.RunState,
  name: string,
  command: string,
): ReadonlyArray<Held> => {
  const waiting = waitingFor(state);
  return Operator.held(state).map(({ question, task }) => {
    const last = task.attempts.at(-1);
    const { id, title } = task.task;
    return {
      task: id,
      title: title ?? null,
      question,
      since: task.endedAt === undefined ? null : new Date(task.endedAt).toISOString(),
      attempt: last?.number ?? null,
      agent: last?.agent ?? null,
      agent_run: last?.ref?.id ?? null,
      url: last?.ref?.url ?? null,
      waiting: waiting.get(id) ?? 0,
      decisions: choices(state, task, name, command),
    };
  });
};

const waitingFor = (state: RunState.RunState): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const { outcome, reason } of state.tasks()) {
    if (outcome !== "Held" || reason?._tag !== "DependencyFailed") continue;
    found.set(reason.root, (found.get(reason.root) ?? 0) + 1);
  }
  return found;
};

/** The decisions that core would take. */
const choices = (
  state: RunState.RunState,
  { attempts, task }: RunState.TaskState,
  name: string,
  command: string,
): ReadonlyArray<Choice> => {
  const agent = attempts.at(-1)?.agent ?? "";
  return HeldText.decisions.flatMap((decision) => {
    const change: Operator.Change = { _tag: "Decide", task: task.id, decision };
    const words = ["decide", task.id, decision, "--run", name];
    const taken = (one: Operator.Change) => Result.isSuccess(Operator.events(state, one, 0));
    if (taken(change)) return { decision, command: `${command} ${Shell.line(...words)}` };
    if (decision !== "adopt" || !taken({ ...change, ref: { agent, id: "?" } })) return [];
    return { decision, command: `${command} ${Shell.line(...words)} --agent-run ID` };
  });
};
