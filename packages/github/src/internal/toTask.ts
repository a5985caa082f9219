import type { Task } from "@orchestrator/core";
import type { PlannedDependency } from "../GitHubPlan.ts";
import { approvedText } from "./approvedText.ts";
import type { Assessed } from "./Assessed.ts";

/** What an agent is asked to do about an issue; it waits for the given dependencies. */
export const toTask = (
  { facts, fields, title }: Assessed,
  dependencies: ReadonlyArray<PlannedDependency>,
): Task.Task => {
  const { body, id, nodeId, number, repository, url } = facts;
  const prompt = fields.body.trim();
  const dependsOn = dependencies.map(({ on, source, until }) => ({
    task: on,
    ...(until === undefined ? {} : { until }),
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
    },
  };
};
