import { Reporter, type Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as IssueId from "../../IssueId.ts";

const FromGitHub = Schema.Struct({
  github: Schema.Struct({
    repository: Schema.String,
    number: Schema.Int,
    nodeId: Schema.optionalKey(Schema.String),
  }),
});
const isFromGitHub = Schema.is(FromGitHub);

/** Where a task is told about. */
export interface Place {
  readonly issue: IssueId.Parts;
  readonly nodeId: string | undefined;
}

/** The issue that a task comes from; undefined if it comes from elsewhere. */
export const issueOf = ({ payload }: Task.Task): Place | undefined => {
  if (!isFromGitHub(payload)) return undefined;
  const { nodeId, number, repository } = payload.github;
  const issue = IssueId.parse(`${repository}#${number}`);
  return issue === undefined ? undefined : { issue, nodeId };
};

/**
 * The hosts that the address of a pull request may lead to: none, if it is one of another
 * repository, where the link would show up without anybody there being concerned.
 */
export const hostsOf = (
  url: string,
  issue: IssueId.Repository | undefined,
  hosts: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  if (issue === undefined) return hosts;
  const place = `/${issue.owner}/${issue.repository}/`.toLowerCase();
  return URL.parse(url)?.pathname.toLowerCase().startsWith(place) === true ? hosts : [];
};

export const placeOf = ({ state }: Reporter.Report): Effect.Effect<Place, Reporter.ReportError> => {
  const place = issueOf(state.task);
  const message = `${state.task.id} does not say which issue it is`;
  return place === undefined
    ? Effect.fail(new Reporter.ReportError({ reason: "Rejected", message }))
    : Effect.succeed(place);
};
