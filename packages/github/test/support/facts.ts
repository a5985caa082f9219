import type { Comment, IssueFacts, LinkedIssue, Lookup } from "../../src/IssueFacts.ts";
import * as IssueId from "../../src/IssueId.ts";

/** An open issue of acme/shop by its owner, with nothing to say, unless told otherwise. */
export const issue = (number: number, told: Partial<IssueFacts> = {}): IssueFacts => {
  const repository = told.repository ?? "acme/shop";
  return {
    id: `${repository}#${number}`,
    nodeId: `I_${repository}_${number}`,
    repository,
    number,
    title: `Issue ${number}`,
    body: "",
    url: `https://github.com/${repository}/issues/${number}`,
    state: "open",
    author: "ada",
    association: "OWNER",
    labels: [],
    milestone: undefined,
    type: undefined,
    updatedAt: 0,
    comments: [],
    blockedBy: [],
    subIssues: [],
    parent: undefined,
    hidden: { blockers: 0, subIssues: 0 },
    fields: {},
    approval: undefined,
    source: `${repository} issues`,
    ...told,
  };
};

/** What other issues and lookups know of an issue or pull request. */
export const linked = (id: string, told: Partial<LinkedIssue> = {}): LinkedIssue => ({
  id,
  kind: "issue",
  state: "open",
  title: `Title of ${id}`,
  url: `https://github.com/${id.replace("#", "/issues/")}`,
  ...told,
});

/** Issues of acme/shop as GitHub's own relations name them. */
export const blockedBy = (...numbers: ReadonlyArray<number>): ReadonlyArray<LinkedIssue> =>
  numbers.map((number) => linked(`acme/shop#${number}`));

export const comment = (body: string, told: Partial<Comment> = {}): Comment => ({
  url: "https://github.com/acme/shop/issues/1#issuecomment-1",
  author: "ada",
  association: "OWNER",
  body,
  ...told,
});

/** What became of looking things up; ids alone were not found. */
export const lookups = (
  ...found: ReadonlyArray<LinkedIssue | string>
): ReadonlyMap<string, Lookup> =>
  new Map(
    found.map((one): [string, Lookup] =>
      typeof one === "string"
        ? [IssueId.key(one), { _tag: "Missing" }]
        : [IssueId.key(one.id), { _tag: "Found", issue: one }],
    ),
  );
