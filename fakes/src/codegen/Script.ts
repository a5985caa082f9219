import * as Random from "../shared/Random.ts";

/** A status from a moment on, in seconds since the launch. Without `status` the field is missing, as it may be. */
export interface Step {
  readonly at: number;
  readonly status?: string | null;
}

/** A pull request; what is left out is made up, what is `null` stays `null`. */
export interface PullRequestScript {
  readonly number?: number;
  readonly title?: string | null;
  readonly url?: string | null;
  readonly head_branch_name?: string | null;
}

/** A stretch of time, in seconds since the launch, in which a run is not to be found. */
export interface Absence {
  readonly from: "list" | "get" | "both";
  readonly after?: number;
  readonly seconds?: number;
}

/** What becomes of one run. Everything has a default: 30 seconds of work, then one pull request. */
export interface Fate {
  /** Until the end; a pair is a range to draw from; `null` never ends. */
  readonly seconds?: number | readonly [number, number] | null;
  /** Statuses before, and after, the end. Work begins as ACTIVE. */
  readonly steps?: ReadonlyArray<Step>;
  /** The status at the end, COMPLETE by default. PAUSED asks for an answer: the question is the result. */
  readonly end?: string | null;
  readonly result?: string | null;
  readonly summary?: string | null;
  /** How many, or which; `null` answers null instead of a list. */
  readonly pullRequests?: number | null | ReadonlyArray<PullRequestScript>;
  /** What becomes of it after a resume; by default it works 30 seconds and completes. */
  readonly resumed?: Fate;
  /** What a ban does: `stop` (after the seconds), or nothing although it is answered with 200. */
  readonly ban?: { readonly does: "stop" | "nothing"; readonly seconds?: number };
  readonly absences?: ReadonlyArray<Absence>;
  /** Fields that every answer about the run lacks. */
  readonly omit?: ReadonlyArray<string>;
  /** Fields that every answer about the run has, over those it would have. */
  readonly overlay?: Readonly<Record<string, unknown>>;
}

/** Which launches a rule speaks of; every condition that is given must hold. */
export interface Match {
  /** `metadata.orchestrator.task`. */
  readonly task?: string;
  /** `metadata.orchestrator.attempt`. */
  readonly attempt?: number;
  /** Text that the prompt contains. */
  readonly prompt?: string;
  /** Values in the metadata, by path: `{ "orchestrator.kind": "task" }`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The n-th launch that the other conditions hold for, from 1. */
  readonly nth?: number;
}

export interface ScriptRule {
  readonly match: Match;
  readonly fate: Fate;
}

/** Runs of other people that begin while the fake runs. */
export interface OtherPeople {
  readonly everySeconds: number;
  readonly userId?: number;
  readonly sourceType?: string;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly fate?: Fate;
}

/** What becomes of every run: the first rule that matches, else the default. */
export interface Script {
  readonly rules?: ReadonlyArray<ScriptRule>;
  readonly fallback?: Fate;
  readonly others?: ReadonlyArray<OtherPeople>;
}

/** What a launch was asked for. */
export interface Launch {
  readonly prompt: string;
  readonly metadata: unknown;
}

/** Finds the fate of each launch, counting the launches of every rule. */
export class FateFinder {
  readonly #script: Script;
  readonly #matched = new Map<ScriptRule, number>();

  constructor(script: Script) {
    this.#script = script;
  }

  find(launch: Launch): Fate {
    const found = (this.#script.rules ?? []).filter((rule) => this.#holds(rule, launch));
    return found[0]?.fate ?? this.#script.fallback ?? {};
  }

  /** Every rule counts, the ones behind the first match too, so that `nth` does not depend on their order. */
  #holds(rule: ScriptRule, launch: Launch): boolean {
    if (!matches(rule.match, launch)) return false;
    const nth = (this.#matched.get(rule) ?? 0) + 1;
    this.#matched.set(rule, nth);
    return rule.match.nth === undefined || rule.match.nth === nth;
  }
}

/** Whether a launch is one that a rule speaks of, but for `nth`. */
export const matches = (match: Match, { prompt, metadata }: Launch): boolean => {
  const wanted = Object.entries({
    ...match.metadata,
    ...(match.task === undefined ? {} : { "orchestrator.task": match.task }),
    ...(match.attempt === undefined ? {} : { "orchestrator.attempt": match.attempt }),
  });
  return (
    (match.prompt === undefined || prompt.includes(match.prompt)) &&
    wanted.every(([path, value]) => at(metadata, path) === value)
  );
};

/** The value at a dotted path, `undefined` where there is none. */
export const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return (inner as Record<string, unknown>)[key];
  }, value);

/** How long a run works, in seconds; a range is drawn from by seed and label. */
export const secondsOf = (fate: Fate, seed: number, label: string): number | null => {
  const { seconds = 30 } = fate;
  if (typeof seconds === "number" || seconds === null) return seconds;
  const [min, max] = seconds;
  return min + Random.draw(seed, "seconds", label) * (max - min);
};
