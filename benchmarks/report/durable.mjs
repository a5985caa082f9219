/** Durable runs as Markdown. */
import { durableNames } from "../cases/durable.mjs";
import { median } from "../lib/measure.mjs";
import { count, figure, machine, range, table, targetTable } from "./tables.mjs";

const peers = durableNames.slice(1);

export const durableReport = (results) =>
  [
    "## Durable runs",
    intro,
    targetTable(targets(results), results.plan === "full"),
    machine(environmentOf(results)),
    ...notMeasured(results),
    costNote,
    table(["ms per task, made durable", ...durableNames], costRows(results)),
    table(["time of ours over that of", "one fdatasync", ...peers], ratioRows(results)),
    diskNote(results),
    commitNote,
    table(
      ["ours", "tasks", "commits", "events a commit", "ms of CPU per task"],
      commitRows(results),
    ),
    replayNote,
    table(["us per event", "events a commit", "warm", "cold"], replayRows(results)),
    resumeNote(results),
    table(
      ["ms until something is launched", "from the call", "from the start of the process"],
      [
        [
          `${count(results.resume.figures[0].ended)} of ${count(results.resume.figures[0].tasks)} tasks had ended`,
          range(resumed(results, "sinceCall"), 0),
          range(resumed(results, "sinceProcess"), 0),
        ],
      ],
    ),
    longRunNote,
    table(
      ["tasks through", "held, MB", "resident, MB", "bytes held per task since the start"],
      longRunRows(results),
    ),
  ].join("\n\n");

const intro =
  '"Ours" is a run on the journal of the command: SQLite with a write-ahead log and synchronous=FULL, under the lock, hashes chained. Agents answer at once, so everything that is measured is what makes their work durable.';

const costNote =
  "One chain, or as many chains beside each other as there are to be in flight; a slot for each. A peer runs a workflow for each chain, all at once, and a durable step for each task, in its default configuration: Restate's server and DBOS on PostgreSQL on this machine, Effect's workflow engine as a cluster of one runner on our SQLite driver. Before, untimed, ours runs 40,000 tasks (10,000 in the chain), until it is compiled, and a peer a fifth of what is measured. Medians of the rounds, in brackets the lowest and the highest.";

const commitNote =
  "A task that ends and the launches it sets free share a commit. Two more are allowed for the start of a run (the plan with the first launches; what the first launches answered) and for its end; a round is ten runs, one after the other.";

const replayNote =
  "Read from SQLite, hashes checked, decoded, folded into the state of the run. `cold` is the first reading of a process, with the opening of the database.";

const longRunNote =
  "Every task adds one behind itself while it works, until all are through, on the durable journal with the handle of the run kept. Held: what is left after collections.";

const resumeNote = ({ resume }) =>
  `A process dies as from \`kill -9\` in the middle of a run of ${count(resume.events)} events; a fresh process takes the lock, checks every hash and goes on.`;

const of = ({ costs }, contender, lanes) =>
  costs.filter((one) => one.contender === contender && one.lanes === lanes);

/** What was measured of a contender, one figure a round. */
const figures = (results, contender, lanes) =>
  of(results, contender, lanes)
    .map((one) => one.figures)
    .filter(({ unavailable }) => unavailable === undefined);

const millis = (results, contender, lanes) =>
  figures(results, contender, lanes).map((one) => one.millis);

const lanesOf = ({ costs }) => [...new Set(costs.map(({ lanes }) => lanes))];

const inFlight = (lanes) => (lanes === 1 ? "chain" : `${count(lanes)} in flight`);

/** With the versions of what the peers brought up. */
const environmentOf = ({ costs, environment }) => {
  const brought = Object.assign({}, ...costs.map((one) => one.figures.versions));
  return { ...environment, peers: { ...environment.peers, ...brought } };
};

const costRows = (results) =>
  lanesOf(results).map((lanes) => [
    inFlight(lanes),
    ...durableNames.map((name) => range(millis(results, name, lanes), 3)),
  ]);

/** Ours over a peer, one ratio a round. */
const ratios = (results, peer, lanes) => {
  const ours = new Map(of(results, "ours", lanes).map((one) => [one.round, one.figures]));
  return of(results, peer, lanes)
    .filter((one) => one.figures.unavailable === undefined)
    .map((one) => ours.get(one.round).millis / one.figures.millis);
};

/** Ours over one fdatasync of the same round. */
const overDisk = (results, lanes, what) =>
  figures(results, "ours", lanes).map((one) => one.millis / one.disk[what]);

const ratioRows = (results) =>
  lanesOf(results).map((lanes) => [
    inFlight(lanes),
    range(overDisk(results, lanes, "mean"), 3),
    ...peers.map((peer) => range(ratios(results, peer, lanes), 3)),
  ]);

const diskNote = ({ costs }) => {
  const times = (what) => costs.flatMap((one) => one.figures.disk?.[what] ?? []);
  const [ofMedians, ofMeans] = [times("median"), times("mean")].map((values) => range(values, 3));
  return `One fdatasync: a median of ${ofMedians} ms and a mean of ${ofMeans} ms, for 4 KiB within a file that keeps its length, by every measuring process before and after, and by ours between the ten runs of a round as well, because the disk is faster and slower by the second. A time per task is a mean, so it is compared with the mean of the same process.`;
};

const commitRows = (results) =>
  lanesOf(results).map((lanes) => {
    const measured = figures(results, "ours", lanes);
    const { appends, events, tasks } = measured[0];
    const cpu = range(
      measured.map(({ cpuMillis }) => cpuMillis),
      3,
    );
    return [inFlight(lanes), count(tasks), count(appends), figure(events / appends, 1), cpu];
  });

/** The commits beyond one for as many tasks as are in flight. */
const extraCommits = (results) =>
  Math.max(
    ...lanesOf(results).flatMap((lanes) =>
      figures(results, "ours", lanes).map(
        ({ appends, parts, tasks }) => (appends - tasks / lanes) / parts,
      ),
    ),
  );

const replayName = ({ lanes }) => (lanes === 1 ? "chain" : `${count(lanes)} in flight`);

const replayRows = ({ replay }) =>
  replay.map((one) => [
    `${replayName(one)}, ${count(one.events)} events`,
    figure(one.events / one.written.appends, 1),
    range(one.figures.warm),
    figure(one.figures.cold),
  ]);

const resumed = ({ resume }, since) => resume.figures.map((one) => one[since]);

const perTask = ({ longRun }, sample, first = longRun.figures[0]) =>
  (sample.held - first.held) / (sample.tasks - first.tasks);

const megabytes = (bytes) => figure(bytes / 2 ** 20, 1);

const longRunRows = (results) =>
  results.longRun.figures.map((sample) => [
    count(sample.tasks),
    megabytes(sample.held),
    megabytes(sample.resident),
    sample.tasks === 0 ? "–" : figure(perTask(results, sample), 0),
  ]);

const notMeasured = (results) => {
  const reasons = new Map();
  for (const {
    contender,
    figures: { unavailable },
    lanes,
  } of results.costs) {
    if (unavailable !== undefined) reasons.set(`${contender}, ${inFlight(lanes)}`, unavailable);
  }
  if (reasons.size === 0) return [];
  const lines = [...reasons].map(
    ([what, reason]) => `- ${what}: ${reason.replace(/\s+/g, " ").slice(0, 300)}`,
  );
  return [`Not measured:\n\n${lines.join("\n")}`];
};

const middle = (values) => (values.length === 0 ? undefined : median(values));

const targets = (results) => {
  const samples = results.longRun.figures;
  const last = samples.at(-1);
  return [
    ["chain, over the mean fdatasync", 2, middle(overDisk(results, 1, "mean")), 2],
    ["chain, over the median fdatasync", 2, middle(overDisk(results, 1, "median")), 2],
    ["chain, over Restate", 0.25, middle(ratios(results, "Restate", 1)), 2],
    ["10 in flight, over the mean fdatasync", 0.25, middle(overDisk(results, 10, "mean")), 2],
    ["10 in flight, over the median fdatasync", 0.25, middle(overDisk(results, 10, "median")), 2],
    ["100 in flight, ms per task", 0.05, middle(millis(results, "ours", 100)), 3],
    ["commits beyond tasks / in flight", 2, extraCommits(results), 0],
    ...results.replay.flatMap((one) => [
      [`replay, ${replayName(one)}, us per event`, 2, median(one.figures.warm), 2],
      [`replay, ${replayName(one)}, cold, us per event`, 2, one.figures.cold, 2],
    ]),
    ["resume, from the call, ms", 1000, median(resumed(results, "sinceCall")), 0],
    [
      "resume, from the start of the process, ms",
      1000,
      median(resumed(results, "sinceProcess")),
      0,
    ],
    ["long run, bytes held per finished task", 1024, perTask(results, last), 0],
    ["the same over its last part", 1024, perTask(results, last, samples.at(-2)), 0],
  ];
};
