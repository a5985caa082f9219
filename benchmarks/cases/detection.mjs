/** How long after its end an agent run of the Codegen API is known to have ended, and the requests that takes, in simulated time. */
import { agentOf, serviceOf } from "../lib/codegen.mjs";
import { core, Effect, layerOfAgents } from "../lib/ours.mjs";
import { simulateOutside, VirtualClock } from "../lib/simulation.mjs";
import { effect } from "../lib/workspace.mjs";

const Random = await effect("Random");

/** Reads that the service allows: as documented, and half as many. */
const allowances = {
  documented: { count: 60, seconds: 30 },
  halved: { count: 60, seconds: 60 },
};

/** As many as slots are launched at once; of more, one follows each that ends. */
const tasksOf = (count) =>
  Array.from({ length: count }, (_, node) => ({ id: `task-${node}`, prompt: `Do ${node}.` }));

/** One run of the engine: lags in seconds, and what the service was asked. */
const once = async ({ allowance, seconds, seed, slots, tasks }) => {
  const clock = new VirtualClock();
  const limits = { reads: allowances[allowance] };
  const script = { fallback: { seconds } };
  const service = await serviceOf(clock.outside, { limits, script, seed });
  const program = Effect.gen(function* () {
    const agent = yield* agentOf(service, slots);
    const running = Effect.flatMap(core.Orchestrator.Orchestrator, (orchestrator) =>
      orchestrator.run(tasksOf(tasks), { run: "simulated", timeout: "100 days" }),
    );
    return yield* Effect.provide(running, layerOfAgents([{ agent }], slots));
  });
  // Prompts hold random digits, and the fake draws by the prompt how long an agent works.
  const drawn = Random.withSeed(Effect.scoped(program), `seed ${seed}`);
  const result = await simulateOutside(drawn, clock);
  await service.close();
  return figuresOf(service, result, { slots, tasks });
};

const figuresOf = (service, result, { slots, tasks }) => {
  const { audit } = service;
  const all = service.detectionLags();
  check(result.summary.succeeded === tasks, `${result.summary.succeeded} tasks succeeded.`);
  check(service.duplicates().size === 0, "A task was launched twice.");
  check(service.violations().length === 0, service.violations()[0]);
  check(all.length === tasks, `${all.length} of ${tasks} ends were heard of.`);
  check(service.highWater() === slots, `${service.highWater()} agents at most were at work.`);
  const reads = audit.entries.filter(({ kind }) => kind === "reads");
  const count = (endpoint) => reads.filter((one) => one.endpoint === endpoint).length;
  return {
    lags: tasks > slots ? lagsWhileFull(service) : all,
    seconds: (reads.at(-1).at - reads[0].at) / 1000,
    reads: reads.length,
    lists: count("list"),
    gets: count("get"),
    tooMany: audit.entries.filter(({ status }) => status === 429).length,
    busiest: { 30: audit.busiest("reads", 30), 60: audit.busiest("reads", 60) },
  };
};

/** Lags of the ends while every slot was taken: after the last launch ever fewer are in flight. */
const lagsWhileFull = (service) => {
  const launched = service.launched();
  const last = Math.max(...launched.map(({ createdAt }) => createdAt));
  return launched
    .filter(({ endedAt }) => endedAt <= last)
    .map(({ endedAt, toldAt }) => (toldAt - endedAt) / 1000);
};

const check = (holds, message) => {
  if (!holds) throw new Error(message);
};

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The figures of several seeds together. */
export const detection = async ({ seeds, ...given }) => {
  const all = [];
  for (let seed = 1; seed <= seeds; seed++) all.push(await once({ ...given, seed }));
  const lags = all.flatMap((one) => one.lags).sort((a, b) => a - b);
  const total = (name) => sum(all.map((one) => one[name]));
  const most = (window) => Math.max(...all.map(({ busiest }) => busiest[window]));
  return {
    ends: lags.length,
    mean: sum(lags) / lags.length,
    p95: lags[Math.ceil(0.95 * lags.length) - 1],
    max: lags.at(-1),
    readsPerMinute: (total("reads") / total("seconds")) * 60,
    reads: total("reads"),
    lists: total("lists"),
    gets: total("gets"),
    tooMany: total("tooMany"),
    mostIn30Seconds: most(30),
    mostInAMinute: most(60),
  };
};
