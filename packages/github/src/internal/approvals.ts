/** Who approved the issues of people who are not trusted themselves. */
import * as Effect from "effect/Effect";
import { isNotNullish } from "effect/Predicate";
import type { ApprovalReading } from "../FactSource.ts";
import type { GitHubError } from "../GitHubError.ts";
import type { Approval, IssueFacts } from "../IssueFacts.ts";
import { loginOf } from "./actors.ts";
import { cut } from "./batches.ts";
import { approvalsOfIssues, type Event, type IssueEvents } from "./queries/approvalsOfIssues.ts";
import type { Reader } from "./Reader.ts";
import { sameName } from "./sameName.ts";

/** Timelines are expensive for the server, and few issues need them. */
const most = 50;
const concurrency = 4;

/** Adds the approval to those issues that carry the label and need it. */
export const withApprovals = (
  reader: Reader,
  issues: ReadonlyArray<IssueFacts>,
): Effect.Effect<ReadonlyArray<IssueFacts>, GitHubError> => {
  const { approval } = reader.reading;
  if (approval === undefined) return Effect.succeed(issues);
  return approved(reader, approval, issues);
};

const approved = Effect.fnUntraced(function* (
  reader: Reader,
  approval: ApprovalReading,
  issues: ReadonlyArray<IssueFacts>,
) {
  const isSet = ({ labels }: IssueFacts) => labels.some((name) => sameName(name, approval.label));
  const needing = issues.filter((issue) => isSet(issue) && approval.isNeeded(issue));
  const read = (batch: ReadonlyArray<IssueFacts>) => readBatch(reader, approval, batch);
  const found = new Map((yield* Effect.forEach(cut(needing, most), read, { concurrency })).flat());
  return issues.map((issue) => ({ ...issue, approval: found.get(issue.nodeId) }));
});

const readBatch = Effect.fnUntraced(function* (
  reader: Reader,
  reading: ApprovalReading,
  batch: ReadonlyArray<IssueFacts>,
) {
  const ids = batch.map(({ nodeId }) => nodeId);
  const { data, errors } = yield* reader.ask(() => approvalsOfIssues(ids));
  reader.notePartly(errors, (index) => batch[index]?.id);
  const each = batch.map((issue, index) =>
    judge(reading, issue, data.nodes[index] ?? {}).pipe(
      Effect.map((approval) => [issue.nodeId, approval] as const),
    ),
  );
  return yield* Effect.all(each, { concurrency });
});

/** The last word on the label counts; what was set and taken away again is no approval. */
const judge = Effect.fnUntraced(function* (
  { label, permissions }: ApprovalReading,
  { repository }: IssueFacts,
  { lastEditedAt, timelineItems }: IssueEvents,
) {
  const events = (timelineItems?.nodes ?? []).filter((event) => event !== null);
  const event = events.findLast((one) => isAbout(one, label));
  if (event?.__typename !== "LabeledEvent") return undefined;
  const actor = loginOf(event.actor);
  const at = Date.parse(event.createdAt);
  const permission = actor === undefined ? "no" : yield* permissions.mayWrite(repository, actor);
  // GitHub's moments are whole seconds: a change in the same one may have come after.
  const isChange = (moment: string | null | undefined): boolean =>
    isNotNullish(moment) && Date.parse(moment) >= at;
  const isRenamed = events.some(
    (one) => one.__typename === "RenamedTitleEvent" && isChange(one.createdAt),
  );
  const mayWrite = permission === "yes";
  return {
    label,
    actor,
    at,
    mayWrite,
    isOutdated: isRenamed || isChange(lastEditedAt),
  } satisfies Approval;
});

const isAbout = (event: Event, label: string): boolean =>
  event.__typename !== "RenamedTitleEvent" && sameName(event.label.name, label);
