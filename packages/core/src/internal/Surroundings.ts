import type * as Duration from "effect/Duration";
import type * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import type { AgentReport, LaunchRequest } from "../Agent.ts";
import type { AgentPool } from "../AgentPool.ts";
import type { CodeHost } from "../CodeHost.ts";
import type { Reporter } from "../Reporter.ts";
import type { RetryPolicy } from "../RetryPolicy.ts";
import type { EndReason } from "../RunEvent.ts";
import type { Gate, Outcome } from "../Task.ts";
import type { Deadlines } from "./attempt.ts";
import type { RunLog } from "./RunLog.ts";

/** What a run works with. */
export interface Parts {
  readonly log: RunLog;
  readonly pool: AgentPool["Service"];
  readonly codeHost: CodeHost["Service"] | undefined;
  readonly reporter: Reporter["Service"] | undefined;
  readonly retry: RetryPolicy;
  /** The longest one attempt may take, for tasks that state none. */
  readonly timeout: Duration.Duration;
  readonly deadlines: Deadlines;
  readonly fork: <A, E>(
    effect: Effect.Effect<A, E>,
    options?: { readonly uninterruptible: boolean },
  ) => Fiber.Fiber<A, E>;
}

/** What the lives of tasks need from the run around them. */
export interface Surroundings extends Parts {
  /** Lets the run's own turn handle something; the only way back into it. */
  readonly post: (handle: () => void) => void;
  /** Whether agents may be asked for anything new. */
  readonly mayLaunch: () => boolean;
  readonly request: (node: number, attempt: number) => LaunchRequest;
  readonly report: (node: number, attempt: number) => AgentReport;
  /** Others may take what a task occupied; its claims only when no landing follows. */
  readonly freed: (node: number, what: "resources" | "everything") => void;
  readonly reached: (node: number, gate: Gate) => void;
  /** A kind of agent takes no launches until a time, in milliseconds since the epoch. */
  readonly exhausted: (agent: string, message: string, until: number) => void;
  /** A task whose launch was not taken queues again. */
  readonly requeue: (node: number) => void;
  /** A failed task waited long enough and may have another attempt. */
  readonly again: (node: number) => void;
  readonly ended: (node: number, outcome: Outcome, reason?: EndReason) => void;
}
