import { type Bend, type Fault, isBend, type WireFault } from "./Fault.ts";
import * as Random from "./Random.ts";

/** Which of the requests that a rule speaks of, counted from 1. */
export type Calls =
  | number
  | ReadonlyArray<number>
  | { readonly from: number; readonly to?: number }
  | { readonly every: number };

/** A fault and the requests it strikes; every condition that is given must hold. */
export interface FaultRule {
  readonly fault: Fault;
  /** Endpoints or classes of them; all by default. */
  readonly on?: string | ReadonlyArray<string>;
  /** The task that the request itself names; a request that names none does not match. */
  readonly task?: string;
  /** Seconds of the fake's life. */
  readonly during?: { readonly from?: number; readonly to?: number };
  readonly calls?: Calls;
  /** From 0 to 1; the draw depends on the seed, the rule and the number of the call alone. */
  readonly chance?: number;
  /** How often the rule strikes at most. */
  readonly times?: number;
}

/** What a rule looks at. */
export interface Target {
  readonly endpoint: string;
  readonly kind: string;
  readonly task: string | null;
  /** Seconds since the fake began. */
  readonly age: number;
}

/** What happens to one request: at most one fault on the wire, any number of bends. */
export interface Verdict {
  readonly wire: WireFault | null;
  readonly bends: ReadonlyArray<Bend>;
}

interface Armed {
  readonly rule: FaultRule;
  readonly index: number;
  seen: number;
  struck: number;
}

/** The rules of one fake, with how often each was asked. Rules may come and go while it runs. */
export class Faults {
  readonly #seed: number;
  #armed: Array<Armed> = [];
  #added = 0;

  constructor(rules: ReadonlyArray<FaultRule>, seed: number) {
    this.#seed = seed;
    this.add(...rules);
  }

  add(...rules: ReadonlyArray<FaultRule>): void {
    for (const rule of rules) this.#armed.push({ rule, index: this.#added++, seen: 0, struck: 0 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** Counts the request for every rule it concerns; the first rule with a wire fault wins. */
  decide(target: Target): Verdict {
    let wire: WireFault | null = null;
    const bends: Array<Bend> = [];
    for (const armed of this.#armed) {
      if (!concerns(armed.rule, target)) continue;
      armed.seen += 1;
      if (!this.#isDue(armed)) continue;
      const { fault } = armed.rule;
      if (!isBend(fault) && wire !== null) continue;
      armed.struck += 1;
      if (isBend(fault)) bends.push(fault);
      else wire = fault;
    }
    return { wire, bends };
  }

  #isDue({ rule, index, seen, struck }: Armed): boolean {
    if (struck >= (rule.times ?? Infinity)) return false;
    if (rule.calls !== undefined && !includes(rule.calls, seen)) return false;
    return rule.chance === undefined || Random.draw(this.#seed, "fault", index, seen) < rule.chance;
  }
}

const concerns = (rule: FaultRule, target: Target): boolean => {
  const on = rule.on === undefined ? [] : [rule.on].flat();
  if (on.length > 0 && !on.includes(target.endpoint) && !on.includes(target.kind)) return false;
  if (rule.task !== undefined && rule.task !== target.task) return false;
  return target.age >= (rule.during?.from ?? 0) && target.age < (rule.during?.to ?? Infinity);
};

const includes = (calls: Calls, call: number): boolean => {
  if (typeof calls === "number") return call === calls;
  if (isList(calls)) return calls.includes(call);
  if ("every" in calls) return call % calls.every === 0;
  return call >= calls.from && call <= (calls.to ?? Infinity);
};

const isList = (calls: Calls): calls is ReadonlyArray<number> => Array.isArray(calls);
