import type * as Fiber from "effect/Fiber";
import type { Agent, AgentRunRef, Change } from "../Agent.ts";
import type { Slot } from "../AgentPool.ts";
import type { CancelCause } from "../RunEvent.ts";
import type { Task } from "../Task.ts";

/** A task between the launch of an attempt and its outcome or its next attempt. */
export class Life {
  readonly node: number;
  readonly task: Task;
  readonly attempt: number;
  readonly slot: Slot;
  readonly agent: Agent;
  stage: "agent" | "cancelling" | "backing-off" | "landing" = "agent";
  /** Nothing that still arrives concerns anybody. */
  isOver = false;
  ref: AgentRunRef | undefined = undefined;
  /** The last moment at which its launch may have been sent, in milliseconds of monotonic time. */
  lastSent = 0;
  /** Whether the agent broke at its launch: asking it again would break it again. */
  isBroken = false;
  /** An earlier sending of its launch was not answered: it may have arrived, whatever later ones are told. */
  isUnclear = false;
  /** How often its launch was repeated with the same key. */
  repeats = 0;
  /** The search for an agent run whose launch was not answered. */
  search: Fiber.Fiber<unknown, unknown> | undefined = undefined;
  /** What the agent delivered, while it lands. */
  change: Change | undefined = undefined;
  /** What goes on: the launch and the watching, or the landing. */
  fiber: Fiber.Fiber<unknown, unknown> | undefined = undefined;
  /** Its wait for the next attempt, or the grace of its landing. */
  timer: Fiber.Fiber<unknown, unknown> | undefined = undefined;
  /** Why it is being stopped, and what people are told. */
  cancelling: { readonly cause: CancelCause; readonly message: string } | undefined = undefined;

  constructor(node: number, task: Task, attempt: number, slot: Slot, agent: Agent) {
    this.node = node;
    this.task = task;
    this.attempt = attempt;
    this.slot = slot;
    this.agent = agent;
  }

  /** Whether an agent is being launched or works, and nobody asked it to stop. */
  get isAtWork(): boolean {
    return !this.isOver && this.stage === "agent" && this.fiber !== undefined;
  }

  /** Whether its launch, or what came of it, goes on in this process. */
  get isLaunching(): boolean {
    return this.fiber !== undefined && this.fiber.pollUnsafe() === undefined;
  }

  clearTimer(): void {
    this.timer?.interruptUnsafe();
    this.timer = undefined;
  }
}
