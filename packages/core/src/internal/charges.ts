import type { Limits } from "../Budget.ts";
import type { AgentSpending, Spending } from "./Spending.ts";

/** What one launch is reckoned to use. */
export interface Estimate {
  readonly costUsd: number;
  readonly tokens: number;
}

/** What is used up, and what is reserved beside it. */
export interface Charge {
  readonly used: {
    readonly launches: number;
    readonly costUsd: number;
    readonly tokens: number;
    readonly hours: number;
  };
  /** By launches that have not told what they used, or never will. */
  readonly reserved: Estimate;
}

/** What the launch of a kind of agent is reckoned at: as stated, else the most that one has used. */
export const estimate = (
  known: ReadonlyArray<Spending>,
  agent: string,
  stated: Limits["launch"],
): Estimate => {
  let [costUsd, tokens] = [0, 0];
  for (const { byAgent } of known) {
    const spent = byAgent.get(agent);
    costUsd = Math.max(costUsd, spent?.largestCostUsd ?? 0);
    tokens = Math.max(tokens, spent?.largestTokens ?? 0);
  }
  return { costUsd: stated?.costUsd ?? costUsd, tokens: stated?.tokens ?? tokens };
};

/** What some spending amounts to; `known` is what launches are reckoned by. */
export const charge = (
  spending: ReadonlyArray<Spending>,
  stated: Limits["launch"],
  millis: number,
  known: ReadonlyArray<Spending> = spending,
): Charge => {
  const used = { launches: 0, costUsd: 0, tokens: 0, hours: millis / 3_600_000 };
  const reserved = { costUsd: 0, tokens: 0 };
  for (const { byAgent } of spending) {
    for (const [agent, spent] of byAgent) {
      const each = estimate(known, agent, stated);
      used.launches += spent.launches;
      used.costUsd += spent.costUsd;
      used.tokens += spent.inputTokens + spent.outputTokens;
      reserved.costUsd += untold(spent, "priced") * each.costUsd;
      reserved.tokens += untold(spent, "counted") * each.tokens;
    }
  }
  return { used, reserved };
};

const untold = (spent: AgentSpending, what: "priced" | "counted"): number =>
  Math.max(0, spent.launches - spent[what]);
