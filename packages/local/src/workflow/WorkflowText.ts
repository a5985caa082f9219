/** Workflows as the text of a file: new ones, and changed ones with the comments of the old. */
import { Action, Task, type Workflow } from "@orchestrator/core";
import type * as Schema from "effect/Schema";
import * as Yaml from "yaml";

type Json = Schema.Json;

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where it was stated is not part of what a file says. */
const dependencyOf = (dependency: Task.Dependency): Json => {
  const { source, ...stated } = dependency;
  void source;
  return Object.keys(stated).length === 1 ? stated.task : (stated as Json);
};

const taskOf = (task: Workflow.WorkflowTask): Record<string, unknown> => {
  const {
    agent,
    dependsOn,
    estimateSeconds,
    payload,
    retry,
    timeoutSeconds,
    url: _,
    ...same
  } = task;
  const isAction = agent === Action.agentName;
  const { with: given, ...stated } = isMapping(payload) ? payload : {};
  const isEmpty = isMapping(given) && Object.keys(given).length === 0;
  return {
    ...same,
    ...(dependsOn === undefined ? {} : { dependsOn: Task.dependencies(task).map(dependencyOf) }),
    ...(agent === undefined || isAction ? {} : { agent }),
    ...stated,
    ...(given === undefined || isEmpty ? {} : { with: given }),
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds }),
    ...(estimateSeconds === undefined ? {} : { estimate: estimateSeconds }),
    ...(retry === undefined
      ? {}
      : {
          retry: {
            ...(retry.attempts === undefined ? {} : { attempts: retry.attempts }),
            ...(retry.delaySeconds === undefined ? {} : { delay: retry.delaySeconds }),
          },
        }),
  };
};

/** A workflow as a file states it. */
export const dataOf = (workflow: Workflow.Workflow): Record<string, unknown> => {
  const { description, name, outputs, parameters, settings, tasks } = workflow;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...settings,
    tasks: tasks.map(taskOf),
    ...(Object.keys(outputs).length === 0 ? {} : { outputs }),
  };
};

/** The text of a new file. */
export const fresh = (workflow: Workflow.Workflow): string =>
  Yaml.stringify(dataOf(workflow), { lineWidth: 0 });

type Path = ReadonlyArray<string | number>;

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Puts only what differs into a document, so that all else stays as a person wrote it. */
const put = (document: Yaml.Document, path: Path, before: unknown, after: unknown): void => {
  if (same(before, after)) return;
  if (isMapping(before) && isMapping(after)) {
    for (const key of Object.keys(before)) {
      if (!Object.hasOwn(after, key)) document.deleteIn([...path, key]);
    }
    for (const [key, value] of Object.entries(after)) {
      put(document, [...path, key], before[key], value);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = before.length - 1; index >= after.length; index--) {
      document.deleteIn([...path, index]);
    }
    for (const [index, value] of after.entries())
      put(document, [...path, index], before[index], value);
    return;
  }
  document.setIn(path, document.createNode(after));
};

/** The text of a file in which one workflow takes the place of another; comments stay. */
export const edited = (
  text: string,
  before: Workflow.Workflow,
  after: Workflow.Workflow,
): string => {
  const document = Yaml.parseDocument(text);
  put(document, [], dataOf(before), dataOf(after));
  return document.toString({ lineWidth: 0 });
};

/** The text of a plan as that of a workflow of a name; comments stay. */
export const named = (text: string, name: string): string => {
  const document = Yaml.parseDocument(text);
  document.set("name", name);
  return document.toString({ lineWidth: 0 });
};
