/**
 * Runs that belong together, by the names of the system that this one follows: `createSession`,
 * `executeWorkflow`, `registerEventHandler`, `emitEvent`.
 *
 * It is a thin layer over `orchestrate` and keeps nothing of its own: a session is the owner, the
 * mode and the metadata that each of its runs records when it starts.
 */
import type * as Schema from "effect/Schema";
import type * as Events from "./Events.ts";
import type { JournalEntry } from "./Journal.ts";
import { orchestrate, type Run, type Settings } from "./orchestrate.ts";
import type { RunResult } from "./ResultManager.ts";
import type { Mode, OfKind, RunEvent, RunSession } from "./RunEvent.ts";
import type { Task } from "./Task.ts";

/** What all runs of a session have in common. */
export interface SessionOptions
  extends Omit<Settings, "tasks" | "run" | "plan" | "session">, RunSession {}

/** A plan with a name. */
export interface Workflow {
  readonly name: string;
  readonly tasks: ReadonlyArray<Task>;
}

/** `idle`: no run is at work; `active`: some are; `closed`: no more are taken. */
export type Status = "idle" | "active" | "closed";

/** An owner's runs, one after another or side by side, in this process. */
export interface Session {
  readonly owner: string | undefined;
  readonly mode: Mode;
  readonly metadata: Schema.JsonObject;
  /** `active` while a run of it works; `closed` once it takes no more. */
  readonly status: () => Status;
  /** The runs so far, in their order. */
  readonly runs: () => ReadonlyArray<Run>;
  /**
   * Runs a plan until it has ended and the handlers have heard of that; rejects with `PlanInvalid`
   * if it cannot run, not if a task fails.
   */
  readonly executeWorkflow: (workflow: Workflow) => Promise<RunResult>;
  /**
   * Calls a handler at every event of a kind from here on, in their order, in the runs at work and
   * in those to come. One that throws is told of as a warning of the run.
   */
  readonly registerEventHandler: <K extends Events.Kind>(
    kind: K,
    handler: (event: OfKind<K>, run: string) => unknown,
  ) => void;
  /** Records an event of somebody's own in every run at work; rejects if there is none. */
  readonly emitEvent: (name: string, data?: Schema.Json) => Promise<void>;
  /** Takes no more runs, and cancels those at work; resolves when they have ended. */
  readonly close: (message?: string) => Promise<void>;
}

/** A session was asked for what it cannot do any more, or not yet. */
export class SessionError extends Error {
  override readonly name = "SessionError";
}

/** A session with a function as the agent of its runs, everything in memory. */
export const createSession = (options: SessionOptions): Session => {
  const { metadata = {}, name, owner, ...settings } = options;
  const session = {
    ...(name === undefined ? {} : { name }),
    ...(owner === undefined ? {} : { owner }),
    metadata,
  };
  const runs: Array<Run> = [];
  const atWork = new Set<Run>();
  const handlers: Array<(entry: JournalEntry) => unknown> = [];
  let isClosed = false;
  return {
    owner,
    mode: settings.mode ?? "parallel",
    metadata,
    status: () => (isClosed ? "closed" : atWork.size > 0 ? "active" : "idle"),
    runs: () => runs,
    executeWorkflow: async ({ name: plan, tasks }) => {
      if (isClosed) throw new SessionError(`The session is closed: it does not run ${plan}.`);
      const run = orchestrate({ ...settings, plan, session, tasks });
      runs.push(run);
      atWork.add(run);
      // A run that cannot begin, or whose journal cannot be read, says so itself.
      const heard = run.on({}, (entry) => tellAll(handlers, entry)).catch(() => undefined);
      return run.result
        .finally(() => atWork.delete(run))
        .then(async (result) => {
          await heard;
          return result;
        });
    },
    registerEventHandler: (kind, handler) => {
      handlers.push(({ event, run }) => {
        if (isOfKind(event, kind)) return handler(event, run);
        return undefined;
      });
    },
    emitEvent: async (event, data) => {
      if (atWork.size === 0) {
        throw new SessionError(`No run is at work, so nobody would hear of ${event}.`);
      }
      await Promise.all(Array.from(atWork, (run) => run.emit(event, data)));
    },
    close: async (message = "the session is closed") => {
      isClosed = true;
      const ending = Array.from(atWork, async (run) => {
        await run.cancel(message);
        await run.result;
      });
      await Promise.allSettled(ending);
    },
  };
};

const isOfKind = <K extends Events.Kind>(event: RunEvent, kind: K): event is OfKind<K> =>
  event._tag === kind;

/** Every handler hears of an event, whatever goes wrong in those before it. */
const tellAll = async (
  handlers: ReadonlyArray<(entry: JournalEntry) => unknown>,
  entry: JournalEntry,
): Promise<void> => {
  const failures: Array<unknown> = [];
  for (const handler of handlers) {
    try {
      await handler(entry);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};
