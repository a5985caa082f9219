import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import * as EffectRandom from "effect/Random";
import * as Scheduler from "effect/Scheduler";
import { Random } from "./Random.ts";
import type { World } from "./World.ts";

type State = "running" | "frozen" | "dead";

/**
 * One life of the program: its fibers, which the world moves one step at a
 * time. When it dies nothing of it ever runs again, not even a finalizer.
 */
export class Process {
  readonly id: number;
  readonly world: World;
  state: State = "running";
  /** Why it ended, for the trace. */
  readonly #onDeath: (process: Process) => void;
  readonly #random: Random;
  /** What its monotonic clock showed when the world began: nobody else's business. */
  readonly #origin: number;
  #ready: Array<() => void> = [];
  /** Whether it was told that a write has failed. */
  knowsOfFailedWrite = false;
  frozenSince = 0;
  /** It ended by itself. */
  hasExited = false;

  constructor(world: World, id: number, onDeath: (process: Process) => void) {
    this.world = world;
    this.id = id;
    this.#onDeath = onDeath;
    this.#random = Random.of(world.random.int(0, 2 ** 31), "process", id);
    this.#origin = this.#random.int(0, 10_000_000);
    world.add(this);
  }

  get isDead(): boolean {
    return this.state === "dead";
  }

  get isRunnable(): boolean {
    return this.state === "running" && this.#ready.length > 0;
  }

  /** Lets the process handle something that came from outside. */
  post(task: () => void): void {
    if (!this.isDead) this.#ready.push(task);
  }

  /** Runs one of the things that are ready, any of them. */
  step(): void {
    const index = this.#random.int(0, this.#ready.length - 1);
    const [task] = this.#ready.splice(index, 1);
    this.world.now += this.#random.between(0, 0.05);
    task!();
  }

  /** Runs the program of the process. */
  main<A, E>(program: Effect.Effect<A, E>, ended: (exit: Exit.Exit<A, E>) => void): void {
    this.post(() => {
      const fiber = Effect.runForkWith(this.#services)(program);
      fiber.addObserver((exit) => {
        if (!this.isDead) ended(exit);
      });
    });
  }

  crash(what: string): void {
    if (this.isDead) return;
    this.world.note(`process ${this.id} dies at ${what}`);
    this.#end();
  }

  /** It ended by itself. */
  exit(): void {
    if (this.isDead) return;
    this.world.note(`process ${this.id} exits`);
    this.hasExited = true;
    this.#end();
  }

  #end(): void {
    this.state = "dead";
    this.#ready = [];
    this.world.remove(this);
    this.#onDeath(this);
  }

  freeze(): void {
    if (this.state !== "running") return;
    this.state = "frozen";
    this.frozenSince = this.world.now;
    this.world.note(`process ${this.id} freezes`);
  }

  thaw(): void {
    if (this.state !== "frozen") return;
    this.state = "running";
    this.world.note(`process ${this.id} goes on`);
  }

  readonly clock: Clock.Clock = this.#makeClock();

  #makeClock(): Clock.Clock {
    const millis = () => Math.floor(this.world.wall);
    const nanos = () => BigInt(Math.round((this.world.now + this.#origin) * 1e6));
    const wallNanos = () => BigInt(Math.round(this.world.wall * 1e6));
    return {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: wallNanos,
      currentTimeNanos: Effect.sync(wallNanos),
      monotonicTimeNanosUnsafe: nanos,
      monotonicTimeNanos: Effect.sync(nanos),
      sleep: (duration) => this.#sleep(Duration.toMillis(duration)),
    };
  }

  #sleep(millis: number): Effect.Effect<void> {
    if (millis === Infinity) return Effect.never;
    return Effect.callback((resume) => {
      const wake = () => this.post(() => resume(Effect.void));
      const cancel = this.world.after(Math.max(millis, 0), wake);
      return Effect.sync(cancel);
    });
  }

  get #services(): Context.Context<never> {
    const scheduler: Scheduler.Scheduler = {
      executionMode: "async",
      shouldYield: (fiber) => fiber.currentOpCount >= 2048,
      makeDispatcher: () => ({
        scheduleTask: (task) => this.post(task),
        flush: () => undefined,
      }),
    };
    const random = {
      nextIntUnsafe: () => this.#random.int(0, 2 ** 31),
      nextDoubleUnsafe: () => this.#random.next(),
    };
    return Context.empty().pipe(
      Context.add(Scheduler.Scheduler, scheduler),
      Context.add(Clock.Clock, this.clock),
      Context.add(EffectRandom.Random, random),
    ) as Context.Context<never>;
  }
}
