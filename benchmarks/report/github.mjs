/** What a run of a backlog asks of GitHub, as Markdown. */
import { count, figure, table, targetTable } from "./tables.mjs";

export const githubReport = (results) =>
  [
    "## A backlog at GitHub",
    intro,
    targetTable(results.backlogs.flatMap(targets), results.plan === "full"),
    `Node ${results.environment.node.slice(1)}; effect ${results.environment.peers.effect}. Time is simulated: the figures do not depend on the machine, nor on what else it does.`,
    hourNote,
    ...results.backlogs.map(hourTable),
    operationNote,
    ...results.backlogs.map(operationTable),
    lagNote,
    table(
      ["seconds after green checks", "mean", "p95", "max"],
      results.backlogs.flatMap((one) => [
        lagRow(`merged, ${nameOf(one)}`, one.figures.merged),
        lagRow(`the run knows it, ${nameOf(one)}`, one.figures.landed),
      ]),
    ),
  ].join("\n\n");

const intro =
  "The engine, the reading of issues, approval, lease, comments, labels, a board and landing, against the fake of GitHub. Every issue can run; half of them wait for another to be merged, by text, label, comment, relation or parent. Agents work for 10 to 40 minutes (log-normal, median 20) and open a pull request whose one required check takes 2 to 15 (median 5). GitHub counts the points of REST and of GraphQL apart: 5,000 of each an hour for a person, 1,000 for the token of a workflow. A minute may have 80 new comments, an hour 500. The client's ledger and the service's own count agree, or nothing is reported.";

const hourNote = "Points by hour; the last column is the rest of one.";

const operationNote =
  "Requests by operation. Names with a capital are GraphQL's; each of their requests costs a point where no more is said.";

const lagNote =
  "From green checks to the merge, and until the run knows of it. Where GitHub merges by itself, it does so at once.";

const nameOf = ({ autoMerge, issues, slots }) =>
  `${count(issues)} issues, ${slots} at once, ${autoMerge ? "GitHub merges" : "the run merges"}`;

const most = (values) => Math.max(...values);

const targets = (one) => {
  const { betweenChanges, created, readsAtOnce, refused, totals } = one.figures;
  const name = nameOf(one);
  const busiest = (key) => most(totals.map((total) => total[key]));
  return [
    [`REST points in the busiest hour, ${name}`, 1000, busiest("rest"), 0],
    [`GraphQL points in the busiest hour, ${name}`, 1000, busiest("graphql"), 0],
    [`both together, ${name}`, 1000, busiest("both"), 0],
    [`requests refused, ${name}`, 0, refused, 0],
    [`reads at once, ${name}`, 10, readsAtOnce, 0],
    [`changes a second, ${name}`, 1, 1000 / betweenChanges, 2],
    [`new comments in a minute, ${name}`, 80, created.minute, 0],
    [`new comments in an hour, ${name}`, 500, created.hour, 0],
  ];
};

const hourTable = (one) => {
  const { hours, totals } = one.figures;
  const row = (name, key) => [name, ...totals.map((total) => count(total[key]))];
  return table(
    [`${nameOf(one)}: ${figure(hours, 1)} h`, ...totals.map((_, hour) => `${hour + 1}`)],
    [row("REST", "rest"), row("GraphQL", "graphql"), row("together", "both")],
  );
};

const operationTable = (one) => {
  const { perHour, requests } = one.figures;
  const pointsOf = (name) => perHour.reduce((sum, costs) => sum + (costs[name] ?? 0), 0);
  const rows = Object.entries(requests)
    .sort(([, a], [, b]) => b - a)
    .map(([name, asked]) => [
      name,
      count(asked),
      count(pointsOf(name)),
      figure(pointsOf(name) / one.issues),
      count(most(perHour.map((costs) => costs[name] ?? 0))),
    ]);
  const all = rows.length === 0 ? [] : [totalRow(one)];
  return table(
    [nameOf(one), "requests", "points", "points a task", "points in the busiest hour"],
    [...rows, ...all],
  );
};

const totalRow = ({ figures: { points, requests, totals }, issues }) => {
  const all = points.rest + points.graphql;
  const asked = Object.values(requests).reduce((sum, value) => sum + value, 0);
  const busiest = most(totals.map(({ both }) => both));
  return ["all", count(asked), count(all), figure(all / issues), count(busiest)];
};

const lagRow = (name, { max, mean, p95 }) => [
  name,
  figure(mean, 0),
  figure(p95, 0),
  figure(max, 0),
];
