/** What a run of a backlog asks of GitHub, in simulated time: the simulation is that of the tests of packages/github. */
const { backlogRun } = await import(
  new URL("../../packages/github/test/support/backlogRun.ts", import.meta.url).href
);

const check = (holds, message) => {
  if (!holds) throw new Error(message);
};

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Operations of GraphQL begin with a capital, endpoints of REST do not. */
const isGraphql = (operation) => /^[A-Z]/.test(operation);

const pointsOf = (costs) => {
  const of = (wanted) =>
    sum(
      Object.entries(costs).flatMap(([name, points]) =>
        isGraphql(name) === wanted ? [points] : [],
      ),
    );
  const [rest, graphql] = [of(false), of(true)];
  return { rest, graphql, both: rest + graphql };
};

const spread = (lags) => ({
  mean: sum(lags) / lags.length,
  p95: lags[Math.ceil(0.95 * lags.length) - 1],
  max: lags.at(-1),
});

/** Points by hour and operation, and what the limits saw. */
export const backlog = async (shape) => {
  const run = await backlogRun(shape);
  const { ledger, points, requests } = run;
  const all = sum(Object.values(requests));
  check(run.outcome === "succeeded", `The run ended as ${run.outcome}.`);
  check(run.merges === shape.issues, `${run.merges} pull requests were merged.`);
  check(run.violations.length === 0, run.violations[0]);
  check(run.warnings.length === 0, run.warnings[0]);
  check(run.comments[1] === shape.issues, "An issue has not one comment.");
  check(ledger.requests === all, `The client counts ${ledger.requests} of ${all} requests.`);
  check(ledger.rest === points.rest, `The client counts ${ledger.rest} of ${points.rest} points.`);
  check(
    ledger.graphql === points.graphql,
    `The client counts ${ledger.graphql} of ${points.graphql} points.`,
  );
  return {
    hours: run.hours,
    requests,
    points,
    perHour: run.perHour,
    totals: run.perHour.map(pointsOf),
    refused: run.refused,
    readsAtOnce: run.readsAtOnce,
    betweenChanges: run.betweenChanges,
    created: run.created,
    merged: spread(run.merged),
    landed: spread(run.landed),
  };
};
