import * as Schema from "effect/Schema";
import { type AgentRunEnd, Change } from "../Agent.ts";
import { Failure } from "../Failure.ts";

/** An agent is somebody else's code: what it answers is looked at before it is recorded. */
export const isEnd = (end: AgentRunEnd | undefined): end is AgentRunEnd => {
  switch (end?._tag) {
    case "Succeeded":
      return (
        isJson(end.output) &&
        (end.change === undefined || (isJson(end.change) && isChange(end.change)))
      );
    case "Failed":
      return isJson(end.output) && isFailure(end.failure);
    case "Waiting":
      return typeof end.question === "string";
    default:
      return false;
  }
};

const isFailure = Schema.is(Failure);
const isChange = Schema.is(Change);

/** Whether a journal can hold it: one that cannot is told before it ends the whole run. */
const isJson = (value: unknown): boolean => {
  if (value === undefined || typeof value === "string") return true;
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
};
