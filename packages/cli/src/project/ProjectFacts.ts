/** What generated documentation tells of a project: read off its files, which need not be on the disk yet. */
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import * as ConfigKeys from "../config/ConfigKeys.ts";

export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly default: string | undefined;
  readonly description: string;
}

export interface Workflow {
  readonly name: string;
  readonly description: string;
  readonly parameters: ReadonlyArray<Parameter>;
}

export interface PlanTask {
  readonly id: string;
  readonly title: string;
  readonly dependsOn: ReadonlyArray<string>;
}

/** A key that a configuration uses. Its value is not told: it may be a secret. */
export interface Key {
  readonly path: string;
  readonly variable: string;
  readonly description: string;
}

export interface ProjectFacts {
  readonly workflows: ReadonlyArray<Workflow>;
  readonly plan: ReadonlyArray<PlanTask>;
  readonly keys: ReadonlyArray<Key>;
  /** Files that cannot be read, each with its place. */
  readonly problems: ReadonlyArray<string>;
}

export const workflowFolder = ".orchestrator/workflows";

/** Reads the files that documentation is about, given by their paths in the project. */
export const of = (files: ReadonlyMap<string, string>): ProjectFacts => {
  const problems: Array<string> = [];
  const read = (file: string): unknown => {
    const parsed = DataFile.parse(files.get(file)!, file, { noun: "file", example: "" });
    if (Result.isSuccess(parsed) && parsed.success.problems.length === 0) {
      return parsed.success.located.value;
    }
    const found = Result.isFailure(parsed)
      ? parsed.failure
      : parsed.success.place(parsed.success.problems);
    problems.push(...found.map((one) => DataFile.line(file, one)));
    return undefined;
  };
  const there = [...files.keys()].toSorted();
  const inFolder = new RegExp(`^${workflowFolder.replace(".", "\\.")}/([^/]+)\\.(?:ya?ml|json)$`);
  const workflows = there.flatMap((file) => {
    const name = inFolder.exec(file)?.[1];
    return name === undefined ? [] : [workflow(name, read(file))];
  });
  const planFile = there.find((file) => /^plan\.(?:ya?ml|json)$/.test(file));
  const configFile = there.find((file) => /^orchestrator\.(?:ya?ml|json)$/.test(file));
  return {
    workflows,
    plan: planFile === undefined ? [] : tasks(read(planFile)),
    keys: configFile === undefined ? [] : keys(read(configFile)),
    problems,
  };
};

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const items = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : []);

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const workflow = (name: string, value: unknown): Workflow => ({
  name,
  description: text(fields(value)["description"]),
  parameters: Object.entries(fields(fields(value)["parameters"])).map(([parameter, stated]) => ({
    name: parameter,
    type: text(fields(stated)["type"]),
    default: defaultOf(fields(stated)["default"]),
    description: text(fields(stated)["description"]),
  })),
});

const defaultOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);

const tasks = (value: unknown): ReadonlyArray<PlanTask> =>
  items(fields(value)["tasks"]).map((one) => {
    const { dependsOn, id, title } = fields(one);
    const on = (typeof dependsOn === "string" ? [dependsOn] : items(dependsOn)).map(
      (dependency) => text(dependency) || text(fields(dependency)["task"]),
    );
    return { id: text(id), title: text(title), dependsOn: on };
  });

const keys = (value: unknown): ReadonlyArray<Key> =>
  ConfigKeys.all.flatMap(({ description, path, variable }) => {
    const stated = path.reduce<unknown>((at, key) => fields(at)[key], value);
    const isUsed = stated !== undefined && stated !== null;
    // A mapping is told by the keys in it.
    return isUsed && Object.keys(fields(stated)).length === 0
      ? [{ path: path.join("."), variable, description }]
      : [];
  });
