/** Every place at which a run can be broken off, one after the other. */
import type { Scenario } from "./Scenario.ts";
import { Simulation } from "./Simulation.ts";

/** What a run came to, whatever happened on the way. */
interface End {
  readonly result: string;
  readonly points: number;
  readonly writes: number;
  readonly simulation: Simulation;
}

/** What the enumeration of one scenario found. */
export interface Enumerated {
  readonly runs: number;
  /** How many of them needed a person. */
  readonly decided: number;
  readonly bad: ReadonlyArray<string>;
}

type Prepare = (simulation: Simulation) => void;

const simulate = (scenario: Scenario, prepare: Prepare): End => {
  const simulation = new Simulation(scenario);
  prepare(simulation);
  simulation.run();
  const { checkers, disk, repository, world } = simulation;
  const tasks = [...checkers.state.tasks()].map(({ attempts, outcome, task }) => ({
    task: task.id,
    outcome,
    output: attempts.at(-1)?.output,
  }));
  const merged = repository?.merges.map(({ branch }) => branch).sort();
  const sorted = tasks.sort((a, b) => (a.task < b.task ? -1 : 1));
  return {
    result: JSON.stringify({ tasks: sorted, merged, outcome: checkers.state.outcome }),
    points: world.points,
    writes: disk.writes,
    simulation,
  };
};

const dyingAt =
  (points: ReadonlySet<number>, losesPower: boolean): Prepare =>
  (simulation) => {
    simulation.world.crashPlan = (point) => {
      if (!points.has(point)) return "lives";
      if (losesPower) simulation.losesPower = true;
      return "dies";
    };
  };

/** Compares runs that were broken off with one that was not. */
class Comparison {
  readonly #expected: string;
  runs = 0;
  decided = 0;
  readonly bad: Array<string> = [];

  constructor(expected: string) {
    this.#expected = expected;
  }

  take(what: string, { result, simulation }: End): void {
    this.runs++;
    if (simulation.decisions > 0) this.decided++;
    const { violation } = simulation.world;
    if (violation !== undefined) {
      this.bad.push(`${what}: ${violation.checker}: ${violation.message}`);
    } else if (result !== this.#expected) {
      this.bad.push(`${what}: ends as\n  ${result}\n  instead of\n  ${this.#expected}`);
    }
  }
}

/** Dies once at every point, with and without a loss of power where that makes a difference. */
export const crashes = (scenario: Scenario): Enumerated => {
  const whole = simulate(scenario, () => undefined);
  const comparison = new Comparison(whole.result);
  const powers = scenario.journal === "sql" ? [false] : [false, true];
  for (const losesPower of powers) {
    for (let point = 1; point <= whole.points; point++) {
      const end = simulate(scenario, dyingAt(new Set([point]), losesPower));
      comparison.take(`crash at ${point}${losesPower ? " without power" : ""}`, end);
    }
  }
  return comparison;
};

/** Dies twice, at every pair of points. */
export const pairs = (scenario: Scenario): Enumerated => {
  const whole = simulate(scenario, () => undefined);
  const comparison = new Comparison(whole.result);
  for (let first = 1; first <= whole.points; first++) {
    const once = simulate(scenario, dyingAt(new Set([first]), false));
    for (let second = first + 1; second <= once.points; second++) {
      const end = simulate(scenario, dyingAt(new Set([first, second]), false));
      comparison.take(`crashes at ${first} and ${second}`, end);
    }
  }
  return comparison;
};

/** Lets every write fail once, in both ways. */
export const failedWrites = (scenario: Scenario): Enumerated => {
  const whole = simulate(scenario, () => undefined);
  const comparison = new Comparison(whole.result);
  for (const how of ["ENOSPC", "EIO"] as const) {
    for (let number = 1; number <= whole.writes; number++) {
      const what = `write ${number} fails with ${how}`;
      const end = simulate(scenario, ({ disk }) => {
        disk.failWrite = { number, how };
      });
      comparison.take(what, end);
      const errors = end.simulation.errors.join();
      if (errors !== "JournalError") comparison.bad.push(`${what}: ended with "${errors}"`);
    }
  }
  return comparison;
};
