import type { Usage } from "../AgentPort.ts";
import type { OfKind } from "../RunEvent.ts";
import { type Ended, mayHaveReached } from "./TaskProgress.ts";

/** What launches on one kind of agent have used, as far as they said it. */
class AgentSpending {
  /** Launches that may have reached the agent. */
  launches = 0;
  /** How many of them told their cost, and their tokens. */
  priced = 0;
  counted = 0;
  costUsd = 0;
  inputTokens = 0;
  outputTokens = 0;
  /** The most that one of them told. */
  largestCostUsd = 0;
  largestTokens = 0;
}

export type { AgentSpending };

/** A running sum of what launches have used. */
export class Spending {
  readonly byAgent = new Map<string, AgentSpending>();

  /** A launch begins to count, or counts no more. */
  launched(agent: string, by: 1 | -1): void {
    this.#of(agent).launches += by;
  }

  /** An agent run told what it used, or, as it works again, will tell it anew. */
  told(agent: string, usage: Usage, by: 1 | -1): void {
    const sum = this.#of(agent);
    const { costUsd, inputTokens = 0, outputTokens = 0 } = usage;
    if (costUsd !== undefined) {
      sum.priced += by;
      sum.costUsd += by * costUsd;
      sum.largestCostUsd = Math.max(sum.largestCostUsd, costUsd);
    }
    if (usage.inputTokens === undefined && usage.outputTokens === undefined) return;
    sum.counted += by;
    sum.inputTokens += by * inputTokens;
    sum.outputTokens += by * outputTokens;
    sum.largestTokens = Math.max(sum.largestTokens, inputTokens + outputTokens);
  }

  /** Launches that count, of all agents. */
  get launches(): number {
    return this.#sum("launches");
  }

  /** Money, in US dollars, as far as it was told. */
  get costUsd(): number {
    return this.#sum("costUsd");
  }

  get inputTokens(): number {
    return this.#sum("inputTokens");
  }

  get outputTokens(): number {
    return this.#sum("outputTokens");
  }

  #sum(what: keyof AgentSpending): number {
    let sum = 0;
    for (const spent of this.byAgent.values()) sum += spent[what];
    return sum;
  }

  #of(agent: string): AgentSpending {
    let spent = this.byAgent.get(agent);
    if (spent === undefined) this.byAgent.set(agent, (spent = new AgentSpending()));
    return spent;
  }
}

/** Milliseconds of a day of UTC, which knows no summer time. */
export const dayMillis = 86_400_000;

export const dayOf = (at: number): number => Math.floor(at / dayMillis);

/** What launches have used in all, and in each day of UTC in which they were intended. */
export class SpendingByDay {
  readonly total = new Spending();
  readonly #days = new Map<number, Spending>();

  /** What was used in a day, counted in days since the epoch. */
  on(day: number): Spending | undefined {
    return this.#days.get(day);
  }

  intended({ agent, at }: OfKind<"LaunchIntended">): void {
    this.total.launched(agent, 1);
    this.#of(dayOf(at)).launched(agent, 1);
  }

  /** What is known of how a launch ended is no longer the same. */
  changed(
    { agent, at }: OfKind<"LaunchIntended">,
    before: Ended | undefined,
    after: Ended | undefined,
  ): void {
    const untold = usageOf(before);
    const told = usageOf(after);
    const counts = mayHaveReached(after);
    const isCounted = mayHaveReached(before) === counts;
    if (isCounted && untold === told) return;
    for (const sum of [this.total, this.#of(dayOf(at))]) {
      if (!isCounted) sum.launched(agent, counts ? 1 : -1);
      if (untold !== undefined) sum.told(agent, untold, -1);
      if (told !== undefined) sum.told(agent, told, 1);
    }
  }

  #of(day: number): Spending {
    let spent = this.#days.get(day);
    if (spent === undefined) this.#days.set(day, (spent = new Spending()));
    return spent;
  }
}

const usageOf = (ended: Ended | undefined): Usage | undefined =>
  ended?._tag === "AgentRunEnded" ? ended.end.usage : undefined;
