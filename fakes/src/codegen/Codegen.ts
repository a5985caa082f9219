import { Audit } from "../shared/Audit.ts";
import * as Clock from "../shared/Clock.ts";
import { type FaultRule, Faults } from "../shared/Faults.ts";
import * as Server from "../shared/Server.ts";
import { CodegenService } from "./CodegenService.ts";
import { Endpoints } from "./Endpoints.ts";
import { Limiter, type Limits } from "./Limits.ts";
import type { Run } from "./Run.ts";
import { type ActivityStep, type Deliver, type NewRun, Runs } from "./Runs.ts";
import type { Script } from "./Script.ts";
import { checkFaults, checkScript, checkWorld } from "./settings.ts";
import type { World } from "./World.ts";

/** How to set up the fake; everything has a default. */
export interface CodegenOptions extends Partial<World> {
  readonly script?: Script;
  readonly faults?: ReadonlyArray<FaultRule>;
  readonly limits?: Limits;
  readonly clock?: Clock.Clock;
  /** The same seed and the same requests give the same answers. */
  readonly seed?: number;
  readonly port?: number;
  /** A file that gets a line of JSON for every request. */
  readonly auditFile?: string;
  /** Brings about the pull requests of a run that ended well; without it they are made up. */
  readonly deliver?: Deliver;
}

/** One run, as the service knows it and no client does. */
export interface RunReport {
  readonly id: number;
  readonly userId: number;
  readonly task: string | null;
  readonly key: string | null;
  readonly prompt: string;
  readonly metadata: unknown;
  readonly repoId: number | null;
  readonly model: string | null;
  readonly agentType: string | null;
  readonly createdAt: number;
  readonly status: string | null | undefined;
  /** Milliseconds since 1970; `null` while it works. */
  readonly endedAt: number | null;
  /** When a client first had an answer that showed the end. */
  readonly toldAt: number | null;
  /** The prompts it was resumed with. */
  readonly resumes: ReadonlyArray<string>;
}

/** A fake that runs. */
export interface Codegen {
  readonly url: string;
  readonly port: number;
  /** The same fake without a network; see `Server.fetch`. */
  readonly fetch: typeof fetch;
  /** A token that works, the first of those given. */
  readonly token: string;
  /** The first organisation of the token's user. */
  readonly orgId: number;
  readonly clock: Clock.Clock;
  readonly audit: Audit;
  readonly faults: Faults;
  /** Lets happen what has come due, although nobody asks. */
  readonly settle: () => void;
  /** The name of the repository that a run works in. */
  readonly repoOf: (run: Run) => string;
  /** Every run there is, oldest first. */
  readonly runs: () => ReadonlyArray<RunReport>;
  /** What was launched through the API. */
  readonly launched: () => ReadonlyArray<RunReport>;
  /** Adds a run that nobody launched through the fake: of somebody else unless it says whose. */
  readonly addRun: (run?: NewRun) => RunReport;
  /** How many launched agents are at work, each change. */
  readonly activity: () => ReadonlyArray<ActivityStep>;
  /** The most launched agents that ever worked at once. */
  readonly highWater: () => number;
  /** Run ids by key, where a key was launched more than once. */
  readonly duplicates: () => ReadonlyMap<string, ReadonlyArray<number>>;
  /** Seconds from the end of each launched run until a client knew; runs that nobody was told of are left out. */
  readonly detectionLags: () => ReadonlyArray<number>;
  /** What is wrong with what was asked, a sentence each; empty when nothing is. */
  readonly violations: () => ReadonlyArray<string>;
  /** All of the above in figures. */
  readonly summary: () => Summary;
  readonly close: () => Promise<void>;
}

export interface Summary {
  readonly requests: Readonly<Record<string, number>>;
  /** The most requests of a class within the window of its documented limit. */
  readonly busiest: Readonly<Record<string, number>>;
  readonly launched: number;
  readonly duplicates: number;
  readonly highWater: number;
  readonly ended: number;
  readonly meanLagSeconds: number | null;
  readonly maxLagSeconds: number | null;
  readonly violations: ReadonlyArray<string>;
}

/** Starts a fake on loopback. Fails, with the place of the mistake, on a script or rule that makes no sense. */
export const make = async (options: CodegenOptions = {}): Promise<Codegen> => {
  const script = checkScript(options.script ?? {});
  const { clock = Clock.real(), seed = 1 } = options;
  const world = checkWorld(options);
  const [token, userId] = Object.entries(world.tokens)[0] ?? ["", 0];
  const orgId = world.users.find(({ id }) => id === userId)?.orgs[0] ?? world.orgs[0]?.id ?? 0;
  const runs = new Runs({
    clock,
    script,
    seed,
    firstOrgId: orgId,
    otherUserId: world.users.find(({ id }) => id !== userId)?.id ?? userId + 1,
    repoName: (run) => Endpoints.repoName(world, run),
    deliver: options.deliver,
  });
  const faults = new Faults(checkFaults(options.faults ?? []), seed);
  const audit = new Audit(options.auditFile ?? null);
  const limiter = new Limiter(options.limits ?? {}, clock);
  const service = new CodegenService({ world, runs, limiter, clock });
  const { port: wanted = 0 } = options;
  const server = await Server.start({ service, faults, audit, clock, port: wanted });
  const repoOf = ({ start }: Run) => Endpoints.repoName(world, start);
  const own = { token, orgId, clock, faults, audit, repoOf, settle: () => runs.settle() };
  return { ...server, ...own, ...reports(runs, audit, clock) };
};

const reports = (runs: Runs, audit: Audit, clock: Clock.Clock) => {
  const toReport = (run: Run) => reportOf(run, clock.now());
  const launched = () => runs.launched.map(toReport);
  const duplicates = () =>
    new Map([...audit.effectsByKey("created")].filter(([, ids]) => ids.length > 1));
  const highWater = () => runs.activity().reduce((most, { active }) => Math.max(most, active), 0);
  const detectionLags = () => launched().flatMap(lagOf);
  const summary = (): Summary => ({
    requests: countByEndpoint(audit),
    busiest: {
      creates: audit.busiest("creates", 60),
      reads: audit.busiest("reads", 30),
      logs: audit.busiest("logs", 60),
    },
    launched: runs.launched.length,
    duplicates: duplicates().size,
    highWater: highWater(),
    ended: launched().filter((run) => run.endedAt !== null).length,
    ...lagFigures(detectionLags()),
    violations: audit.violations(),
  });
  return {
    runs: () => {
      runs.settle();
      return runs.all.map(toReport);
    },
    launched,
    addRun: (run?: NewRun) => toReport(runs.add(run)),
    activity: () => runs.activity(),
    highWater,
    duplicates,
    detectionLags,
    violations: () => audit.violations(),
    summary,
  };
};

const reportOf = (run: Run, now: number): RunReport => {
  const { id, userId, prompt, metadata, repoId, model, agentType, createdAt } = run.start;
  const marker = (metadata as { orchestrator?: Record<string, string> } | null)?.orchestrator;
  return {
    id,
    userId,
    task: marker?.["task"] ?? null,
    key: marker?.["key"] ?? null,
    prompt,
    metadata,
    repoId,
    model,
    agentType,
    createdAt,
    status: run.stageAt(now).status,
    endedAt: run.endedAt(now),
    toldAt: run.toldAt,
    resumes: run.resumes.map((resume) => resume.prompt),
  };
};

const lagOf = ({ endedAt, toldAt }: RunReport): ReadonlyArray<number> =>
  endedAt === null || toldAt === null || toldAt < endedAt ? [] : [(toldAt - endedAt) / 1000];

const lagFigures = (lags: ReadonlyArray<number>) => {
  if (lags.length === 0) return { meanLagSeconds: null, maxLagSeconds: null };
  const sum = lags.reduce((total, lag) => total + lag, 0);
  return { meanLagSeconds: sum / lags.length, maxLagSeconds: Math.max(...lags) };
};

const countByEndpoint = ({ entries }: Audit): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { endpoint } of entries) counts[endpoint] = (counts[endpoint] ?? 0) + 1;
  return counts;
};
