import type { Process } from "./Process.ts";
import type { World } from "./World.ts";

/** The right to write a run: it ends with its process, or with a server's patience. */
export class Hold {
  readonly #world: World;
  /** A server lets go of the lock of a process that it has not heard of for this long, in milliseconds. */
  readonly #patience: number;
  #holder: Process | undefined = undefined;

  constructor(world: World, patience: number) {
    this.#world = world;
    this.#patience = patience;
  }

  take(process: Process): boolean {
    if (this.holder !== undefined && this.holder !== process) return false;
    this.#holder = process;
    return true;
  }

  leave(process: Process): void {
    if (this.#holder === process) this.#holder = undefined;
  }

  get holder(): Process | undefined {
    const holder = this.#holder;
    if (holder === undefined || holder.isDead) return undefined;
    const isLost =
      holder.state === "frozen" && this.#world.now - holder.frozenSince > this.#patience;
    return isLost ? undefined : holder;
  }
}
