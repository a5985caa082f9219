import type { Clock } from "../shared/Clock.ts";
import * as Random from "../shared/Random.ts";
import { firstRunId, pullRequestsOf } from "./answers.ts";
import { Run, type RunStart, type Stage } from "./Run.ts";
import { FateFinder, type OtherPeople, type PullRequestScript, type Script } from "./Script.ts";

/** What a caller says about a run that it adds by hand; the rest is made up. */
export type NewRun = Partial<Omit<RunStart, "id" | "createdAt">>;

/** How many agents work from a moment on. */
export interface ActivityStep {
  readonly at: number;
  readonly active: number;
}

/** Which runs a list shows. */
export interface RunFilter {
  readonly orgId: number;
  readonly userId: number | null;
  readonly sourceType: string | null;
}

/** Brings about the pull requests of a run that ended well, as they are to be reported. */
export type Deliver = (run: Run, stage: Stage) => ReadonlyArray<PullRequestScript>;

export interface RunsOptions {
  readonly clock: Clock;
  readonly script: Script;
  readonly seed: number;
  readonly firstOrgId: number;
  readonly otherUserId: number;
  readonly repoName: (run: RunStart) => string;
  /** Without it they are made up. */
  readonly deliver?: Deliver | undefined;
}

/** Every run of the service, oldest first. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #runs: Array<Run> = [];
  readonly #byId = new Map<number, Run>();
  readonly #launched: Array<Run> = [];
  readonly #fates: FateFinder;
  readonly #nextOther: Map<OtherPeople, number>;
  #nextId = firstRunId;

  constructor(options: RunsOptions) {
    const { clock, script } = options;
    this.#options = options;
    this.#fates = new FateFinder(script);
    this.#nextOther = new Map(
      (script.others ?? []).map((other) => [other, clock.now() + other.everySeconds * 1000]),
    );
  }

  get all(): ReadonlyArray<Run> {
    return this.#runs;
  }

  /** A launch: its fate is what the script says. */
  launch(start: Omit<RunStart, "id" | "createdAt" | "fate">): Run {
    const run = this.add({ ...start, fate: this.#fates.find(start) });
    if (this.#options.deliver !== undefined) run.deliveries = new Map();
    this.#launched.push(run);
    return run;
  }

  /** A run of somebody else, or from before, unless it is said whose. */
  add(start: NewRun = {}, createdAt: number = this.#options.clock.now()): Run {
    const run = new Run(
      {
        orgId: this.#options.firstOrgId,
        userId: this.#options.otherUserId,
        sourceType: "API",
        prompt: "",
        metadata: null,
        repoId: null,
        model: null,
        agentType: null,
        fate: {},
        ...start,
        id: this.#takeId(),
        createdAt,
      },
      this.#options.seed,
    );
    this.#runs.push(run);
    this.#byId.set(run.start.id, run);
    return run;
  }

  /** Lets happen what has come due: other people's runs begin, and work is delivered. */
  settle(): void {
    const now = this.#options.clock.now();
    this.#deliver(now);
    for (let next = this.#earliest(now); next !== null; next = this.#earliest(now)) {
      const [other, due] = next;
      this.#nextOther.set(other, due + other.everySeconds * 1000);
      const { userId, sourceType, metadata, fate } = other;
      this.add(
        {
          ...(userId === undefined ? {} : { userId }),
          ...(sourceType === undefined ? {} : { sourceType }),
          ...(metadata === undefined ? {} : { metadata }),
          ...(fate === undefined ? {} : { fate }),
        },
        due,
      );
    }
  }

  #deliver(now: number): void {
    const { deliver } = this.#options;
    if (deliver === undefined) return;
    const due = this.#launched.flatMap((run) => run.stages.map((stage) => ({ run, stage })));
    for (const { run, stage } of due.filter(isDelivery(now)).sort(byTime))
      if (!run.deliveries!.has(stage.outcome!))
        run.deliveries!.set(stage.outcome!, deliver(run, stage));
  }

  get(orgId: number, id: number): Run | null {
    const run = this.#byId.get(id);
    return run === undefined || run.start.orgId !== orgId ? null : run;
  }

  /** Newest first, as things were at a moment. */
  list({ orgId, userId, sourceType }: RunFilter, now: number): ReadonlyArray<Run> {
    return this.#runs
      .filter(
        (run) =>
          run.start.orgId === orgId &&
          run.start.createdAt <= now &&
          (userId === null || run.start.userId === userId) &&
          (sourceType === null || run.start.sourceType === sourceType) &&
          !run.isAbsent("list", now),
      )
      .reverse();
  }

  /** Stops a run and every other one that works on the same pull request. */
  ban(run: Run, now: number): ReadonlyArray<Run> {
    const urls = this.#urlsOf(run, now);
    const related = this.#runs.filter(
      (other) => other !== run && this.#urlsOf(other, now).some((url) => urls.includes(url)),
    );
    return [run, ...related].filter((each) => each.ban(now));
  }

  /** What was launched through the service, without what was there or came from elsewhere. */
  get launched(): ReadonlyArray<Run> {
    return this.#launched;
  }

  /** How many launched runs are at work, each change until now. */
  activity(): ReadonlyArray<ActivityStep> {
    const now = this.#options.clock.now();
    const changes = this.#launched.flatMap((run) => changesOf(run, now)).sort(byTimeEndsFirst);
    let active = 0;
    return changes.map(({ at, change }) => ({ at, active: (active += change) }));
  }

  #urlsOf(run: Run, now: number): ReadonlyArray<string> {
    const prs = pullRequestsOf(run, run.stageAt(now), this.#options.repoName(run.start)) ?? [];
    return prs.flatMap(({ url }) => (url === null ? [] : [url]));
  }

  #earliest(now: number): [OtherPeople, number] | null {
    const due = [...this.#nextOther].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
    return due[0] ?? null;
  }

  /** Ids grow, with gaps: other organisations launch as well. */
  #takeId(): number {
    const id = this.#nextId;
    this.#nextId += Random.drawInt(1, 9, this.#options.seed, "gap", id);
    return id;
  }
}

interface Delivery {
  readonly run: Run;
  readonly stage: Stage;
}

const isDelivery =
  (now: number) =>
  ({ run, stage }: Delivery): boolean =>
    stage.at <= now &&
    stage.outcome !== null &&
    stage.status?.toUpperCase() === "COMPLETE" &&
    !run.deliveries!.has(stage.outcome);

const byTime = (a: Delivery, b: Delivery): number => a.stage.at - b.stage.at;

interface Change {
  readonly at: number;
  readonly change: 1 | -1;
}

const changesOf = (run: Run, now: number): ReadonlyArray<Change> => {
  let isActive = false;
  return run.stages
    .filter((stage) => stage.at <= now)
    .flatMap(({ at }): Array<Change> => {
      if (run.isWorkingAt(at) === isActive) return [];
      isActive = !isActive;
      return [{ at, change: isActive ? 1 : -1 }];
    });
};

/** A run that ends in the millisecond in which another begins has made room for it. */
const byTimeEndsFirst = (a: Change, b: Change): number => a.at - b.at || a.change - b.change;
