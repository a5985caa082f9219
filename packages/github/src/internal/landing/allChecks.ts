import * as Effect from "effect/Effect";
import { isNotNullish } from "effect/Predicate";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import type { Look } from "../../PullRequestView.ts";
import { moreChecks, type Rollup } from "../queries/checks.ts";
import { checksOf } from "./checks.ts";
import type { Asked } from "./looks.ts";

/** Who has more than so many hundred checks is judged by all of them together. */
const mostPages = 10;

/** Reads the checks that the first page had no room for. */
export const withAllChecks = Effect.fnUntraced(function* (
  client: GitHubClient,
  asked: Asked,
): Effect.fn.Return<Asked, GitHubError> {
  const { look, rollup, subject } = asked;
  if (look._tag === "Missing" || rollup === undefined) return asked;
  const nodes = [...(rollup.contexts?.nodes ?? [])];
  let after = rollup.contexts?.pageInfo.endCursor;
  let isWhole = false;
  for (let page = 1; page < mostPages && isNotNullish(after); page++) {
    const { data } = yield* client.query(moreChecks(subject, after));
    const pull = data.repository?.pullRequest;
    // A push came in between: these are the checks of another head.
    if (pull?.headRefOid !== look.view.head.sha) break;
    const contexts = pull.statusCheckRollup?.contexts;
    nodes.push(...(contexts?.nodes ?? [null]));
    isWhole = contexts?.pageInfo.hasNextPage === false;
    after = isWhole ? undefined : contexts?.pageInfo.endCursor;
  }
  const all: Rollup = {
    state: rollup.state,
    contexts: { pageInfo: { hasNextPage: !isWhole, endCursor: after ?? "" }, nodes },
  };
  return { ...asked, look: withChecks(look, all) };
});

const withChecks = (look: Extract<Look, { _tag: "Found" }>, rollup: Rollup): Look => ({
  _tag: "Found",
  view: { ...look.view, checks: checksOf(rollup, false, look.view.mergeState) },
});
