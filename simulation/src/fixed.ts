/** Small scenarios in which nothing goes wrong by itself. */
import type { Agent, Task } from "@orchestrator/core";
import type { Work } from "./BackEnd.ts";
import { type Kind, none, type Scenario } from "./Scenario.ts";

interface Fixed {
  readonly name: string;
  readonly tasks: ReadonlyArray<Task.Task>;
  readonly hasCodeHost: boolean;
  readonly hasReporter?: boolean;
  readonly kinds: Scenario["kinds"];
  readonly workOf: (task: string, n: number) => Partial<Work>;
}

interface Named {
  readonly name: string;
  readonly scenario: Scenario;
}

const findable: Kind = { name: "findable", launch: "findable" };
const idempotent: Kind = { name: "idempotent", launch: "idempotent" };
const blind: Kind = { name: "blind", launch: "blind" };

const failed: Agent.AgentRunEnd = {
  _tag: "Failed",
  failure: { class: "agent", message: "the tests do not pass" },
};

const chain: ReadonlyArray<Task.Task> = [
  { id: "a" },
  { id: "b", dependsOn: ["a"] },
  { id: "c", dependsOn: ["b"] },
];

const fixed: ReadonlyArray<Fixed> = [
  {
    name: "a chain whose changes land",
    tasks: chain,
    hasCodeHost: true,
    kinds: [findable],
    workOf: () => ({}),
  },
  {
    name: "a diamond with an attempt that fails",
    tasks: [
      { id: "a" },
      { id: "b", dependsOn: ["a"] },
      { id: "c", dependsOn: ["a"] },
      { id: "d", dependsOn: ["b", "c"] },
    ],
    hasCodeHost: false,
    kinds: [findable],
    workOf: (task, n) => (task === "b" && n === 1 ? { end: failed } : {}),
  },
  {
    name: "an agent that never ends, and a task that fails",
    tasks: [{ id: "a" }, { id: "b" }, { id: "c", dependsOn: ["b"] }],
    hasCodeHost: false,
    kinds: [findable],
    workOf: (task, n) => {
      if (task === "a" && n === 1) return { seconds: Infinity };
      return task === "b" ? { end: failed } : {};
    },
  },
  {
    name: "agents of three kinds",
    tasks: [
      { id: "a" },
      { id: "b", agent: "idempotent" },
      { id: "c", agent: "blind", dependsOn: ["a", "b"] },
    ],
    hasCodeHost: false,
    kinds: [findable, idempotent, blind],
    workOf: () => ({}),
  },
  {
    name: "tasks that are found on the way",
    tasks: [{ id: "a" }, { id: "b", dependsOn: ["a"] }],
    hasCodeHost: true,
    kinds: [findable],
    workOf: (task) => (task === "a" ? { found: ["a+1", "a+2"] } : {}),
  },
  {
    name: "tasks that people are told about",
    tasks: [{ id: "a" }, { id: "b" }, { id: "c", dependsOn: ["b"] }],
    hasCodeHost: false,
    hasReporter: true,
    kinds: [findable],
    workOf: (task) => (task === "b" ? { end: failed } : {}),
  },
];

const complete = ({
  hasCodeHost,
  hasReporter = false,
  name,
  workOf,
  ...scenario
}: Fixed): Named => ({
  name,
  scenario: {
    ...scenario,
    seed: 1,
    hasCodeHost,
    hasReporter,
    slots: 2,
    decides: "relaunch",
    journal: "model",
    isRemote: false,
    hasNeighbour: false,
    hasBlobs: false,
    calmAt: 0,
    troubles: none,
    options: {
      run: "run",
      timeout: "2 minutes",
      retry: { jitter: false, attempts: 2, delay: "30 seconds" },
    },
    workOf: (task: string, n: number): Work => ({
      seconds: 15,
      isOdd: false,
      found: [],
      end: {
        _tag: "Succeeded",
        output: `${task} by ${n}`,
        ...(hasCodeHost ? { change: { branch: `${task}-${n}`, commit: "c" } } : {}),
      },
      ...workOf(task, n),
    }),
    conflicts: () => false,
  },
});

export const scenarios = fixed.map(complete);

/** The same with the journal of the product, on a file or on a server. */
const onDatabase = ({ name, scenario }: Named, isServer: boolean): Named => ({
  name: `${name}, on ${isServer ? "a database server" : "SQLite"}`,
  scenario: { ...scenario, journal: "sql", isRemote: isServer, troubles: { ...none, isServer } },
});

/** Every scenario on every kind of database. */
export const onDatabases = [false, true].flatMap((isServer) =>
  scenarios.map((named) => onDatabase(named, isServer)),
);
