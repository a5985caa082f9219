/** How soon the ends of agent runs of the Codegen API are known, as Markdown. */
import { count, figure, table, targetTable } from "./tables.mjs";

export const codegenReport = (results) =>
  [
    "## Agent runs of the Codegen API",
    intro,
    targetTable(targets(results), results.plan === "full"),
    `Node ${results.environment.node.slice(1)}; effect ${results.environment.peers.effect}. Time is simulated: the figures do not depend on the machine, nor on what else it does.`,
    lagNote,
    table(
      ["seconds from end to detection", "ends", "mean", "p95", "max", "formula"],
      results.detection.map(lagRow),
    ),
    requestNote,
    table(
      [
        "requests",
        "simulations",
        "reads a minute",
        "most in 30 s",
        "most in 60 s",
        "lists",
        "single gets",
        "429",
      ],
      results.detection.map(requestRow),
    ),
  ].join("\n\n");

const readsPerMinute = 60;

/** What the pages of a list allow on average, each read in its turn. */
const formula = (slots) => (Math.ceil(slots / 100) * 30) / readsPerMinute;

const intro =
  "The engine with a slot for each agent run and the agent with its own budgets of reads, against the fake of the service. Launches are not paced, on either side: at the ten a minute that the service allows, 1,000 in flight take 100 minutes. `documented` is a service that allows 60 reads in 30 seconds, as the real one says it does. The agent uses half of that, one list a second, while one page shows all that it watches, and nearly all while several pages take turns; the targets are stated for 60 reads a minute. `60 a minute` is a service that allows no more than those; the agent is not told, and learns it anew in each simulation from the first refusals; the table of requests counts them.";

const lagNote =
  "`together`: all are launched at once and nothing follows, so those in flight stand side by side in the list. Each works for 10 to 200 seconds. `followed`: each that ends is followed by another, so that as many stay in flight, scattered among those that have ended; each works for 30 to 570 seconds, and ends count while every slot is taken. The formula is ceil(K/100) × 30 / 60 seconds: K side by side, each page of 100 read in its turn at 60 reads a minute. It does not know that they scatter.";

const requestNote =
  "Reads are lists, single gets and one look at who the user is. Counts are of all simulations of a row together, reads a minute from the first to the last read.";

const servedBy = { documented: "documented", halved: "60 a minute" };

const rowName = ({ allowance, slots, way }) =>
  `${count(slots)} in flight, ${way}, ${servedBy[allowance]}`;

const lagRow = (one) => {
  const { ends, max, mean, p95 } = one.figures;
  const lags = [mean, p95, max, formula(one.slots)].map((value) => figure(value));
  return [rowName(one), count(ends), ...lags];
};

const requestRow = (one) => {
  const {
    gets,
    lists,
    mostIn30Seconds,
    mostInAMinute,
    readsPerMinute: rate,
    tooMany,
  } = one.figures;
  const counts = [mostIn30Seconds, mostInAMinute, lists, gets, tooMany].map(count);
  return [rowName(one), count(one.seeds), figure(rate, 1), ...counts];
};

const mostSeconds = (slots) => (slots <= 100 ? 0.6 : 5.2);

const tooMany = (results, allowance) =>
  results.detection
    .filter((one) => one.allowance === allowance)
    .reduce((total, { figures }) => total + figures.tooMany, 0);

const targets = (results) => [
  ...results.detection
    .filter(({ allowance }) => allowance === "documented")
    .map((one) => [
      `mean lag, ${count(one.slots)} in flight, ${one.way}, s`,
      mostSeconds(one.slots),
      one.figures.mean,
      2,
    ]),
  ["429s, documented", 0, tooMany(results, "documented"), 0],
];
