/** `failed` rests after its agent could not get to work. */
export type SlotStatus = "idle" | "busy" | "failed";

/** One place in the pool. */
export class Slot {
  readonly id: string;
  readonly agent: string;
  status: SlotStatus = "idle";
  task: string | undefined = undefined;
  /** Busy for good: nobody knows whether its agent still works. */
  forfeited = false;
  /** The run that left it with its agent at work, and may come back. */
  leftBy: string | undefined = undefined;
  attempts = 0;
  failures = 0;
  failuresInRow = 0;
  busySince = 0;
  busyMillis = 0;

  /** There only for an agent run that worked already, beyond the size of the pool. */
  readonly isExtra: boolean;

  constructor(agent: string, number: number, isExtra = false) {
    this.agent = agent;
    this.isExtra = isExtra;
    this.id = `${agent}-${number}`;
  }

  /** What it has done so far; `now` and `age`, how long the pool is there, are milliseconds. */
  statistics(now: number, age: number) {
    const busy = this.busyMillis + (this.status === "busy" ? now - this.busySince : 0);
    return {
      slot: this.id,
      agent: this.agent,
      status: this.status,
      task: this.task,
      attempts: this.attempts,
      failures: this.failures,
      busySeconds: busy / 1000,
      utilisation: age > 0 ? busy / age : 0,
    };
  }
}
