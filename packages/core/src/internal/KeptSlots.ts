import type { AgentPool } from "../AgentPool.ts";
import type { Slot } from "../Slot.ts";
import type { RunLog } from "./RunLog.ts";

/** The slots of held tasks on which an agent may still work: nobody else gets them. */
export class KeptSlots {
  readonly #pool: AgentPool["Service"];
  readonly #log: RunLog;
  readonly #slots = new Map<number, Slot>();

  constructor(pool: AgentPool["Service"], log: RunLog) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Whether a task keeps a slot. */
  has(node: number): boolean {
    return this.#slots.has(node);
  }

  /** Keeps the slot in which the agent of a task was. */
  keep(node: number, slot: Slot): void {
    this.#pool.forfeit(slot);
    this.#slots.set(node, slot);
  }

  /** Keeps a slot for a task that was held before this process took the run over. */
  occupy(node: number): void {
    const { agent } = this.#log.state.lastAttempt(node)!;
    if (this.#pool.agents.has(agent)) this.keep(node, this.#occupied(node, agent));
  }

  /** The slot in which the agent of a task works on: the one that it kept, or another. */
  takeUp(node: number, agent: string): Slot {
    const kept = this.#slots.get(node);
    this.#slots.delete(node);
    if (kept === undefined) return this.#occupied(node, agent);
    kept.forfeited = false;
    return kept;
  }

  /** Nothing works on a task any more: others may have its slot. */
  giveBack(node: number): void {
    const slot = this.#slots.get(node);
    if (slot !== undefined) this.#pool.release(slot);
    this.#slots.delete(node);
  }

  /** The process leaves the run; whoever takes it up again finds them occupied. */
  leave(): void {
    for (const slot of this.#slots.values()) this.#pool.leave(slot, this.#log.run);
  }

  #occupied(node: number, agent: string): Slot {
    return this.#pool.occupy(agent, this.#log.state.table.task(node).id, this.#log.run);
  }
}
