import type { Agent } from "@orchestrator/core";
import { Task } from "@orchestrator/core";
import * as Schema from "effect/Schema";
import { type CodegenTask, texts } from "../CodegenTask.ts";
import type { Dependency, Parts, Previous } from "../Prompt.ts";
import { tolerant, tolerantList } from "./tolerant.ts";

/** What an agent run left behind, as `RunEnd` writes it; other agents may write the same. */
const Left = Schema.Struct({
  summary: tolerant(Schema.String),
  result: tolerant(Schema.String),
  pullRequests: tolerantList(Schema.Struct({ url: tolerant(Schema.String) })),
});
const asLeft = Schema.decodeUnknownOption(Left);

const left = (json: unknown) => {
  const read = asLeft(json);
  const { pullRequests, result, summary } = read._tag === "Some" ? read.value : {};
  return {
    words: summary ?? result,
    urls: (pullRequests ?? []).flatMap((pull) => pull?.url ?? []),
  };
};

/** The parts of the prompt for one attempt, from nothing but the request. */
export const promptParts = (request: Agent.LaunchRequest, stated: CodegenTask): Parts => {
  const { previousFailure, task } = request;
  return {
    task: task.id,
    title: Task.title(task),
    body: task.prompt ?? "",
    acceptance: texts(stated.acceptance),
    links: texts(stated.links),
    branch: stated.branch,
    stackedOn: branchOf(request.startFrom),
    rules: [
      ...(task.expectChange === false ? ["A pull request is not expected for this task."] : []),
      ...texts(stated.rules),
    ],
    dependencies: request.dependencies().map(dependency),
    previous: previousFailure === undefined ? undefined : previous(previousFailure),
  };
};

/** The branch of the change that the work stands on, if it is one that a pull request can be opened against. */
const branchOf = (startFrom: Agent.StartFrom | undefined): string | undefined => {
  const branch = startFrom?.change.branch?.replace(/^refs\/heads\//, "");
  return branch?.startsWith("refs/") === true ? undefined : branch;
};

const dependency = ({ outcome, output, task }: Agent.DependencyResult): Dependency => {
  const { urls, words } = left(output);
  const result = words ?? (output === undefined || output === null ? "" : JSON.stringify(output));
  return { task, outcome: outcome ?? "not ended", result, pullRequests: urls };
};

const previous = ({
  class: failureClass,
  detail,
  message,
}: NonNullable<Agent.LaunchRequest["previousFailure"]>): Previous => {
  const { urls, words } = left(detail);
  return { failure: `${message} (${failureClass})`, summary: words ?? "", pullRequests: urls };
};
