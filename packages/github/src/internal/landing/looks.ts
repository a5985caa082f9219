/** The answer to the query for pull requests as views. */
import type { Answer, PartialError } from "../../GitHubClient.ts";
import type * as IssueId from "../../IssueId.ts";
import type { Look } from "../../PullRequestView.ts";
import type { Rollup } from "../queries/checks.ts";
import type { Data } from "../queries/pullRequests.ts";
import { viewOf } from "./viewOf.ts";

export interface Asked {
  readonly subject: IssueId.Parts;
  readonly look: Look;
  /** Its checks, if the answer has no room for all of them. */
  readonly rollup: NonNullable<Rollup> | undefined;
}

/** In the order of what was asked for. */
export const looksOf = (
  subjects: ReadonlyArray<IssueId.Parts>,
  { data, errors }: Answer<Data>,
): ReadonlyArray<Asked> => {
  const { viewer } = data;
  const me = viewer !== null && viewer !== undefined && "login" in viewer ? viewer.login : "";
  return subjects.map((subject, i): Asked => {
    const found = data[`p${i}`];
    if (found === null || found === undefined || "login" in found || !found.pullRequest) {
      return { subject, look: { _tag: "Missing" }, rollup: undefined };
    }
    const { pullRequest } = found;
    const isHidden = isRefused(errors, `p${i}`);
    const look: Look = { _tag: "Found", view: viewOf(found, pullRequest, me, isHidden) };
    const { statusCheckRollup: rollup } = pullRequest;
    const isCut = rollup?.contexts?.pageInfo.hasNextPage === true;
    return { subject, look, rollup: isCut ? rollup : undefined };
  });
};

/** Whether the checks as a whole were refused; without that, null says that there are none. */
const isRefused = (errors: ReadonlyArray<PartialError>, alias: string): boolean =>
  errors.some(({ path }) => {
    const at = path.indexOf("statusCheckRollup");
    return path[0] === alias && at === 2 && !path.includes("nodes");
  });
