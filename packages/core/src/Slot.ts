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
  attempts = 0;
  failures = 0;
  failuresInRow = 0;
  busySince = 0;
  busyMillis = 0;

  constructor(agent: string, number: number) {
    this.agent = agent;
    this.id = `${agent}-${number}`;
  }

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
