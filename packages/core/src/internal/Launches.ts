import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import type { Agent, AgentRunEnd, AgentRunRef, EffectKey, LaunchError } from "../Agent.ts";
import type { RunState } from "../RunState.ts";
import * as Attempt from "./attempt.ts";
import * as Effects from "./effects.ts";
import { effectKey } from "./effectKey.ts";
import type { Life } from "./Life.ts";
import type { Surroundings } from "./Surroundings.ts";

/** What becomes of a launch. */
interface Results {
  /** The launch was refused, or the watching ended. */
  readonly exited: (life: Life, exit: Exit.Exit<AgentRunEnd, LaunchError>) => void;
  /** It was launched again, or its agent run found again: its time goes on. */
  readonly resumed: (life: Life) => void;
  /** The launch certainly reached nobody. */
  readonly absent: (life: Life, message: string) => void;
  /** Nobody can tell whether an agent works on the task. */
  readonly unclear: (life: Life, message: string) => void;
}

/** A launch that was answered, and when that was known, in milliseconds of monotonic time. */
interface Answered {
  readonly key: EffectKey;
  readonly since: number;
}

/** How often a launch that may be repeated is, while its answer stays unclear. */
const mostRepeats = 10;

/**
 * From the intent to launch to an agent run that is watched.
 *
 * A launch whose answer was lost is repeated with the same key where that gives
 * one agent run, looked for where it can be found, and otherwise left to a
 * person.
 */
export class Launches {
  readonly #around: Surroundings;
  readonly #results: Results;
  /** Per kind of agent, the first launch that it answered: a listing must show it, or it proves nothing. */
  readonly #answered = new Map<string, Answered>();

  constructor(around: Surroundings, results: Results) {
    this.#around = around;
    this.#results = results;
  }

  /** Asks the agent, once. */
  send(life: Life): void {
    const { deadlines, fork, log, post, report, request } = this.#around;
    const { agent, attempt, node } = life;
    const started = (ref: AgentRunRef) => {
      life.ref = ref;
      post(() => life.isOver || this.#started(life, ref));
    };
    if (agent.capabilities.remote) {
      life.lastSent = log.monotonicMillis() + Attempt.patienceMillis(agent);
    }
    const asked = request(node, attempt);
    const told = report(node, attempt);
    const fiber = fork(Attempt.attempt(agent, asked, told, deadlines, started), uninterruptible);
    const exit = fiber.pollUnsafe();
    if (exit !== undefined) return post(() => this.#results.exited(life, exit));
    this.#follow(life, fiber);
  }

  /** Watches an agent run that works or has worked. */
  watch(life: Life, ref: AgentRunRef): void {
    const { fork, report } = this.#around;
    life.ref = ref;
    this.#follow(life, fork(Attempt.watch(life.agent, ref, report(life.node, life.attempt))));
  }

  #follow(life: Life, fiber: Fiber.Fiber<AgentRunEnd, LaunchError>): void {
    life.fiber = fiber;
    fiber.addObserver((exit) =>
      this.#around.post(() => life.isOver || this.#results.exited(life, exit)),
    );
  }

  /** Does what can be done about a launch whose answer was lost. */
  lost(life: Life, message: string): void {
    const { agent, cancelling } = life;
    const { launch } = agent.capabilities;
    life.isUnclear = true;
    if (launch === "blind" || this.#isCutShort(life)) return this.#results.unclear(life, message);
    const mayRepeat = cancelling === undefined && this.#around.mayLaunch();
    if (launch === "idempotent" && mayRepeat) return this.#repeat(life, message);
    this.#search(life, message);
  }

  /** The program ends and does not wait for a search over a network: a person is asked instead. */
  cutShort(life: Life): void {
    if (life.search === undefined || !this.#isCutShort(life)) return;
    life.search.interruptUnsafe();
    life.search = undefined;
    const { name } = life.agent;
    this.#results.unclear(life, `the program ended while it looked for the launch on ${name}`);
  }

  #isCutShort({ agent }: Life): boolean {
    return agent.capabilities.remote && this.#state.stopping?.cause === "interrupted";
  }

  /** Remembers a launch that was answered. */
  answered(agent: string, key: EffectKey): void {
    if (this.#answered.has(agent)) return;
    this.#answered.set(agent, { key, since: this.#around.log.monotonicMillis() });
  }

  #started(life: Life, ref: AgentRunRef): void {
    const { log } = this.#around;
    const { agent, attempt, node, task } = life;
    log.record({ _tag: "AgentRunStarted", at: log.now(), task: task.id, attempt, ref }, node);
    if (agent.capabilities.remote) this.answered(agent.name, this.#keyOf(life));
  }

  #repeat(life: Life, message: string): void {
    const { fork, log, post } = this.#around;
    if (life.repeats >= mostRepeats) return this.#search(life, message);
    const wait = Duration.seconds(Math.min(2 ** life.repeats++, 30));
    const again = () => {
      if (life.isOver) return;
      const mayRepeat = life.cancelling === undefined && this.#around.mayLaunch();
      if (!mayRepeat) return this.#search(life, message);
      log.afterwards(() => {
        if (life.isOver) return;
        this.send(life);
        this.#results.resumed(life);
      });
    };
    log.afterwards(() => {
      life.fiber = fork(Attempt.later(wait, () => post(again)));
    });
  }

  #search(life: Life, message: string): void {
    const { fork, log, post } = this.#around;
    log.afterwards(() => {
      if (life.isOver) return;
      const fiber = fork(Effects.reconcile(this.#creation(life)));
      life.search = fiber;
      fiber.addObserver((exit) => post(() => life.isOver || this.#found(life, message, exit)));
    });
  }

  #creation(life: Life): Effects.Creation<AgentRunRef, { readonly message: string }> {
    const { deadlines, log } = this.#around;
    const { agent } = life;
    const settledAt = life.lastSent + Attempt.settleMillis(agent, deadlines);
    return {
      find: Effect.suspend(() => agent.find(this.#keyOf(life))),
      control: () => this.#control(agent),
      settledAt,
      until: Math.max(settledAt, log.monotonicMillis()) + patienceMillis,
      now: () => log.monotonicMillis(),
    };
  }

  /** What does not cross a network knows all of its agent runs. */
  #control(
    agent: Agent,
  ): Effect.Effect<boolean | undefined, { readonly message: string }> | undefined {
    if (!agent.capabilities.remote) return Effect.succeed(true);
    const known = this.#answered.get(agent.name);
    if (known === undefined) return undefined;
    const { deadlines, log } = this.#around;
    return Effect.map(
      Effect.suspend(() => agent.find(known.key)),
      (refs) => {
        const isOld = log.monotonicMillis() - known.since > Attempt.settleMillis(agent, deadlines);
        return refs.length > 0 || (isOld ? false : undefined);
      },
    );
  }

  #found(life: Life, message: string, exit: Exit.Exit<Effects.Reconciled<AgentRunRef>>): void {
    life.search = undefined;
    if (exit._tag === "Failure") {
      const why = Attempt.bug(`The search of ${life.agent.name}`, exit.cause);
      return this.#results.unclear(life, `${message} (${why})`);
    }
    const { value } = exit;
    switch (value._tag) {
      case "Found":
        return this.#adopt(life, value.refs);
      case "Absent":
        // What is still being launched from here may appear whatever a listing says.
        if (life.isLaunching) return this.#results.unclear(life, message);
        return this.#results.absent(life, message);
      case "Unproven":
        return this.#results.unclear(life, `${message} (${value.why})`);
    }
  }

  #adopt(life: Life, refs: readonly [AgentRunRef, ...ReadonlyArray<AgentRunRef>]): void {
    const { log } = this.#around;
    const { attempt, node, task } = life;
    const at = log.now();
    const [ref] = refs;
    if (refs.length > 1) {
      log.record({ _tag: "LaunchDuplicated", at, task: task.id, attempt, refs }, node);
    }
    log.record({ _tag: "AgentRunStarted", at, task: task.id, attempt, ref, found: true }, node);
    log.afterwards(() => {
      if (life.isOver) return;
      this.watch(life, ref);
      this.#results.resumed(life);
      if (life.cancelling !== undefined) life.fiber?.interruptUnsafe();
    });
  }

  #keyOf(life: Life): EffectKey {
    return effectKey(this.#state.run!, life.task.id, life.attempt);
  }

  get #state(): RunState {
    return this.#around.log.state;
  }
}

const uninterruptible = { uninterruptible: true } as const;

/** How long after the decisive moment a listing that fails is asked again. */
const patienceMillis = 600_000;
