import { type Absence, type Fate, type PullRequestScript, secondsOf } from "./Script.ts";
import { isWorking } from "./statuses.ts";

/** What is true of a run from a moment on. */
export interface Stage {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `undefined`: the answers lack the field. */
  readonly status: string | null | undefined;
  /** The fate whose results can be seen; `null` before there are any. */
  readonly outcome: Fate | null;
}

/** How a run began. */
export interface RunStart {
  readonly id: number;
  readonly orgId: number;
  readonly userId: number;
  readonly sourceType: string;
  readonly createdAt: number;
  readonly prompt: string;
  readonly metadata: unknown;
  readonly repoId: number | null;
  readonly model: string | null;
  readonly agentType: string | null;
  readonly fate: Fate;
}

/** One agent run. What it is at a moment follows from its stages; nothing ticks. */
export class Run {
  readonly start: RunStart;
  /** When an answer that said so first reached a client whole, for the end that counts last. */
  toldAt: number | null = null;
  /** The pull requests that each outcome brought about in another fake; `null`: they are made up. */
  deliveries: Map<Fate, ReadonlyArray<PullRequestScript> | null> | null = null;
  readonly resumes: Array<{ readonly at: number; readonly prompt: string }> = [];
  #stages: Array<Stage>;
  #fate: Fate;
  readonly #seed: number;

  constructor(start: RunStart, seed: number) {
    this.start = start;
    this.#seed = seed;
    this.#fate = start.fate;
    this.#stages = stagesOf(start.fate, start.createdAt, this.#secondsOf(start.fate));
  }

  get stages(): ReadonlyArray<Stage> {
    return this.#stages;
  }

  stageAt(now: number): Stage {
    let found = this.#stages[0]!;
    for (const stage of this.#stages) if (stage.at <= now) found = stage;
    return found;
  }

  isWorkingAt(now: number): boolean {
    return now >= this.start.createdAt && isWorking(this.stageAt(now).status);
  }

  /** When its work ended last, as far as it has by now. */
  endedAt(now: number): number | null {
    const past = this.#stages.filter((stage) => stage.at <= now);
    if (past.length === 0 || isWorking(past.at(-1)!.status)) return null;
    const lastWork = past.findLastIndex((stage) => isWorking(stage.status));
    return past[lastWork + 1]!.at;
  }

  /** Goes on working with a new prompt; what was delivered before stays visible until the new end. */
  resume(now: number, prompt: string): void {
    const before = this.stageAt(now).outcome;
    const fate = this.#fate.resumed ?? {};
    const seconds = this.#secondsOf(fate);
    const next = stagesOf(fate, now, seconds).map((stage) => ({
      ...stage,
      outcome: stage.outcome ?? before,
    }));
    this.#stages = [...this.#until(now), ...next];
    this.#fate = fate;
    this.toldAt = null;
    this.resumes.push({ at: now, prompt });
  }

  /** Ends the work, unless the script makes the ban an empty promise. Says whether it will stop. */
  ban(now: number): boolean {
    const { does, seconds = 0 } = this.#fate.ban ?? { does: "stop" as const };
    const at = now + seconds * 1000;
    const { status, outcome } = this.stageAt(at);
    if (does === "nothing" || !(isWorking(status) || status === "PAUSED")) return false;
    this.#stages = [...this.#until(at), { at, status: "CANCELLED", outcome }];
    return true;
  }

  isAbsent(from: "list" | "get", now: number): boolean {
    const age = (now - this.start.createdAt) / 1000;
    return (this.start.fate.absences ?? []).some((absence) => covers(absence, from, age));
  }

  /** Stages whose time has come stay; what was still to come is dropped. */
  #until(now: number): Array<Stage> {
    return this.#stages.filter((stage) => stage.at < now || stage === this.#stages[0]);
  }

  #secondsOf(fate: Fate): number | null {
    return secondsOf(fate, this.#seed, `${this.start.prompt}\n${this.resumes.length}`);
  }
}

const stagesOf = (fate: Fate, start: number, seconds: number | null): Array<Stage> => {
  const { steps = [], end = "COMPLETE" } = fate;
  const begin = steps.some((step) => step.at <= 0) ? [] : [{ at: 0, status: "ACTIVE" }];
  const last = seconds === null ? [] : [{ at: seconds, status: end }];
  return [...begin, ...steps, ...last]
    .sort((a, b) => a.at - b.at)
    .map((step) => ({
      at: start + step.at * 1000,
      status: step.status,
      outcome: seconds !== null && step.at >= seconds ? fate : null,
    }));
};

const covers = (absence: Absence, from: "list" | "get", age: number): boolean => {
  const after = absence.after ?? 0;
  const isOver = absence.seconds !== undefined && age >= after + absence.seconds;
  return (absence.from === "both" || absence.from === from) && age >= after && !isOver;
};
