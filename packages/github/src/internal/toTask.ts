import type { Task } from "@orchestrator/core";
import type { PlannedDependency } from "../GitHubPlan.ts";
import { approvedText } from "./approvedText.ts";
import type { Assessed } from "./Assessed.ts";
import { isOf } from "./isOf.ts";

/** What an agent is asked to do about an issue; it waits for the given dependencies. */
export const toTask = (
  { facts, fields, title }: Assessed,
  dependencies: ReadonlyArray<PlannedDependency>,
): Task.Task => {
  const { body, id, nodeId, number, repository, url } = facts;
  const prompt = fields.body.trim();
  const dependsOn = dependencies.map(({ on, source, stack, until }) => ({
    task: on,
    ...(until === undefined ? {} : { until }),
    ...(stack === true && isOf(repository, on) ? { stack } : {}),
    source,
  }));
  return {
    id,
    title,
    url,
    ...(prompt === "" ? {} : { prompt }),
    ...fields.values,
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    payload: {
      github: { repository, number, nodeId, approved: approvedText(facts.title, body) },
      links: [url],
      ...(fields.branch === undefined ? {} : { branch: fields.branch }),
    },
  };
};
