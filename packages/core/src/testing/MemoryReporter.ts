/** A reporter in memory that follows a script, for tests of whatever reports. */
import * as Effect from "effect/Effect";
import type { EffectKey } from "../Agent.ts";
import { type Report, ReportError, type Reporter, type ReportRef } from "../Reporter.ts";
import type { Phase } from "../RunEvent.ts";
import type { TaskId } from "../Task.ts";

/** What becomes of one creation that does not answer with a report. */
export interface Refusal {
  readonly reason: ReportError["reason"];
  /** Whether the report exists all the same: its answer is lost (default false). */
  readonly created?: boolean;
}

/** What becomes of reports. */
export interface Options {
  /** What becomes of the first creations of a task's report; those after them succeed. */
  readonly refuse?: Readonly<Record<TaskId, ReadonlyArray<Refusal>>>;
  /** The tasks that have a place to be reported (default all). */
  readonly covers?: (task: TaskId) => boolean;
}

/** One report, as people see it. */
export interface Written {
  readonly ref: ReportRef;
  readonly key: EffectKey;
  readonly task: TaskId;
  /** Where the task was, each time that the report said something else. */
  readonly phases: Array<Phase>;
}

/** A reporter with what can be read off it in a test. */
export interface MemoryReporter {
  readonly reporter: Reporter["Service"];
  readonly reports: ReadonlyArray<Written>;
  /** How many creations were asked for. */
  readonly creations: number;
}

/** Makes a reporter that keeps what it is told. */
export const make = (options: Options = {}): MemoryReporter => {
  const reports: Array<Written> = [];
  const asked = new Map<TaskId, number>();
  let creations = 0;
  const write = ({ key, state }: Report): ReportRef => {
    const ref = { id: `report-${reports.length + 1}` };
    reports.push({ ref, key, task: state.task.id, phases: [state.phase] });
    return ref;
  };
  return {
    reports,
    get creations() {
      return creations;
    },
    reporter: {
      covers: ({ task }) => options.covers?.(task.id) ?? true,
      create: (report) =>
        Effect.suspend(() => {
          const { id } = report.state.task;
          const before = asked.get(id) ?? 0;
          asked.set(id, before + 1);
          creations++;
          const refusal = options.refuse?.[id]?.[before];
          if (refusal === undefined) return Effect.succeed(write(report));
          if (refusal.created === true) write(report);
          const message = `${refusal.reason}, as the test wants`;
          return Effect.fail(new ReportError({ reason: refusal.reason, message }));
        }),
      find: ({ key }) =>
        Effect.sync(() => reports.filter((report) => report.key === key).map(({ ref }) => ref)),
      update: (ref, { state }) =>
        Effect.suspend(() => {
          const found = reports.find((report) => report.ref.id === ref.id);
          if (found?.phases.at(-1) !== state.phase) found?.phases.push(state.phase);
          return found === undefined ? Effect.fail(gone(ref)) : Effect.void;
        }),
    },
  };
};

const gone = ({ id }: ReportRef): ReportError =>
  new ReportError({ reason: "Rejected", message: `there is no report ${id}` });
