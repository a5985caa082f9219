/** Priority, estimate and the other values of a task, from board fields, labels and front matter. */
import type { Task } from "@orchestrator/core";
import * as FrontMatter from "./FrontMatter.ts";
import type { IssueFacts } from "./IssueFacts.ts";
import * as FrontDependencies from "./internal/values/frontDependencies.ts";
import { dependsOn, Places } from "./internal/values/Places.ts";
import * as readers from "./internal/values/readers.ts";

/** Where a value may stand. An empty text: it is not looked for in this place. */
export interface Names {
  /** The name of a board's field, as `Priority`. */
  readonly field?: string | undefined;
  /** What labels begin with, as `priority:`. */
  readonly label?: string | undefined;
  /** The key in the front matter, as `priority`. */
  readonly key?: string | undefined;
}

/** Where durations stand; a bare number of a field or a label means nothing without its unit. */
export interface DurationNames extends Names {
  readonly unit?: "seconds" | "minutes" | "hours" | "days" | undefined;
}

/** Where priorities stand, and what their names mean: higher goes first, 0 is the middle. */
export interface PriorityNames extends Names {
  /** Replaces all names. */
  readonly values?: Readonly<Record<string, number>> | undefined;
}

/** Where each value of a task stands. What is left out is as in `defaults`. */
export interface Mapping {
  readonly priority?: PriorityNames | undefined;
  readonly estimate?: DurationNames | undefined;
  readonly timeout?: DurationNames | undefined;
  readonly agent?: Names | undefined;
  readonly claims?: Names | undefined;
  readonly resources?: Names | undefined;
  readonly until?: Names | undefined;
}

type Complete = { readonly [Key in keyof Mapping]-?: NonNullable<Mapping[Key]> };

/** A value that is not allowed. */
export interface Problem {
  /** Where it stood, as `the label "priority:hihg"`, `the field "Priority"`, `front matter line 3`. */
  readonly place: string;
  /** What is wrong and what to try, in one line that names the place. */
  readonly message: string;
}

/** A dependency that the front matter states. */
export interface Statement {
  readonly on: string;
  readonly until: Task.Gate | undefined;
  /** Whether the agent begins at its change while that has not landed. */
  readonly stack?: boolean;
  /** The line of the whole body, from 1. */
  readonly line: number;
}

/** What an issue says of its task. */
export interface TaskFields {
  /** Ready to be spread into a task. */
  readonly values: Pick<
    Task.Task,
    | "priority"
    | "estimateSeconds"
    | "timeoutSeconds"
    | "agent"
    | "claims"
    | "resources"
    | "retry"
    | "expectChange"
    | "onDependencyFailure"
  >;
  /** The gate for those dependencies of the issue that state none. */
  readonly until: Task.Gate | undefined;
  /** The branch that the agent is to begin at, which is made for it. */
  readonly branch: string | undefined;
  /** What the front matter depends on. */
  readonly dependsOn: ReadonlyArray<Statement>;
  /** The body without the front matter, and the line at which it begins: give both to `DependencyText.scan`. */
  readonly body: string;
  readonly line: number;
  readonly problems: ReadonlyArray<Problem>;
  /** Those of the problems with which a dependency may be lost: such a task must not start. */
  readonly lost: ReadonlyArray<Problem>;
}

/** What there is to be read. */
export type Source = Pick<IssueFacts, "body" | "fields" | "id" | "labels" | "url">;

/** Where values stand unless something else is said. */
export const defaults = {
  priority: {
    field: "Priority",
    label: "priority:",
    key: "priority",
    values: {
      urgent: 20,
      critical: 20,
      p0: 20,
      high: 10,
      p1: 10,
      medium: 0,
      normal: 0,
      p2: 0,
      low: -10,
      p3: -10,
    },
  },
  estimate: { field: "Estimate", label: "estimate:", key: "estimate" },
  timeout: { field: "Timeout", label: "timeout:", key: "timeout" },
  agent: { field: "Agent", label: "agent:", key: "agent" },
  claims: { field: "Claims", label: "claims:", key: "claims" },
  resources: { field: "Resources", label: "resource:", key: "resources" },
  until: { field: "Until", label: "until:", key: "until" },
} as const satisfies Mapping;

/** What is said; `undefined` says nothing. */
const said = <T extends object>(given: T | undefined): Partial<T> =>
  Object.fromEntries(
    Object.entries(given ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;

const complete = (given: Mapping): Complete => ({
  priority: { ...defaults.priority, ...said(given.priority) },
  estimate: { ...defaults.estimate, ...said(given.estimate) },
  timeout: { ...defaults.timeout, ...said(given.timeout) },
  agent: { ...defaults.agent, ...said(given.agent) },
  claims: { ...defaults.claims, ...said(given.claims) },
  resources: { ...defaults.resources, ...said(given.resources) },
  until: { ...defaults.until, ...said(given.until) },
});

/** The names of the board fields that are looked at. */
export const fieldNames = (mapping: Mapping = {}): ReadonlyArray<string> =>
  Object.values(complete(mapping)).flatMap(({ field = "" }: Names) =>
    field === "" ? [] : [field],
  );

const mostCapacity = (all: ReadonlyArray<Readonly<Record<string, number>>>) => {
  const most = new Map<string, number>();
  for (const [name, amount] of all.flatMap((one) => Object.entries(one))) {
    most.set(name, Math.max(amount, most.get(name) ?? 0));
  }
  return Object.fromEntries(most);
};

const only = <A>(key: string, value: A | undefined): Readonly<Record<string, A>> =>
  value === undefined ? {} : { [key]: value };

const valuesOf = (places: Places, mapping: Complete): TaskFields["values"] => {
  const { estimate, priority, timeout } = mapping;
  const claims = places.all(mapping.claims, readers.claims);
  const resources = places.all(mapping.resources, readers.resources);
  return {
    ...only("priority", places.one(priority, readers.priority(priority.values ?? {}))),
    ...only("estimateSeconds", places.one(estimate, readers.duration(estimate.unit))),
    ...only("timeoutSeconds", places.one(timeout, readers.duration(timeout.unit))),
    ...only("agent", places.one(mapping.agent, readers.agent)),
    ...only("claims", claims.length === 0 ? undefined : [...new Set(claims.flat())]),
    ...only("resources", resources.length === 0 ? undefined : mostCapacity(resources)),
    ...only("retry", places.one({ key: "retry" }, readers.retry)),
    ...only("expectChange", places.one({ key: "expectChange" }, readers.flag)),
    ...only("onDependencyFailure", places.one({ key: "onDependencyFailure" }, readers.policy)),
  };
};

/**
 * Reads the values of an issue: a board's field first, then labels, then the front matter.
 *
 * The first place that has a valid value decides. Claims and resources of all labels count together.
 */
export const read = (source: Source, mapping: Mapping = {}): TaskFields => {
  const front = FrontMatter.read(source.body);
  const places = new Places(source.fields, source.labels, front);
  const whole = complete(mapping);
  const values = valuesOf(places, whole);
  const until = places.one(whole.until, readers.gate);
  const branch = places.one({ key: "branch" }, readers.branch);
  const dependencies = FrontDependencies.read(places.front(dependsOn), source);
  places.finish();
  return {
    values,
    until,
    branch,
    dependsOn: dependencies.statements,
    body: front.body,
    line: front.line,
    problems: [...places.problems, ...dependencies.problems],
    lost: [...places.lost, ...dependencies.problems],
  };
};
