/**
 * The label of an issue that says where its task is, as `status:in-progress`.
 *
 * An issue has exactly one of them. All other labels are left as they are, also those that begin
 * with the prefix and name no state.
 */
import type { RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { GitHubClient } from "./GitHubClient.ts";
import type { GitHubError } from "./GitHubError.ts";
import { sameName } from "./internal/sameName.ts";
import * as IssueId from "./IssueId.ts";

/** Where a task is, as labels and boards say it. */
export type State =
  | "queued"
  | "in-progress"
  | "completed"
  | "failed"
  | "held"
  | "skipped"
  | "cancelled";

/** How the labels are called. */
export interface Options {
  /** What the names of the labels begin with (default `status:`). */
  readonly prefix?: string | undefined;
}

/** Keeps the labels of issues in step with the states of their tasks. */
export interface StatusLabels {
  /** Brings the labels of an issue to this state; may be repeated. */
  readonly set: (issue: IssueId.Parts, state: State) => Effect.Effect<void, GitHubError>;
  /** The label of a state by its id, made if need be; undefined where GitHub does not tell ids. */
  readonly idOf: (
    issue: IssueId.Parts,
    state: State,
  ) => Effect.Effect<string | undefined, GitHubError>;
  /** Those of some labels that say where a task is. */
  readonly among: <A extends { readonly name: string }>(
    labels: ReadonlyArray<A>,
  ) => ReadonlyArray<A>;
}

const states: Readonly<Record<RunState.Phase, State>> = {
  Pending: "queued",
  Ready: "queued",
  Launching: "in-progress",
  Running: "in-progress",
  BackingOff: "in-progress",
  Landing: "in-progress",
  Succeeded: "completed",
  Failed: "failed",
  Held: "held",
  Skipped: "skipped",
  Cancelled: "cancelled",
};

/** The state that a phase of a task is. */
export const stateOf = (phase: RunState.Phase): State => states[phase];

/** A colour in hexadecimal digits, and what people read beside the label. */
const looks: Readonly<Record<State, { readonly color: string; readonly description: string }>> = {
  queued: { color: "bfd4f2", description: "Waits for its turn" },
  "in-progress": { color: "1d76db", description: "An agent works on it, or its change lands" },
  completed: { color: "0e8a16", description: "Its change has landed" },
  failed: { color: "d73a4a", description: "No attempt succeeded" },
  held: { color: "fbca04", description: "Somebody has to decide" },
  skipped: { color: "cfd3d7", description: "Something it depends on did not succeed" },
  cancelled: { color: "6e7781", description: "Somebody stopped it" },
};

const Label = Schema.Struct({ name: Schema.String });
const Made = Schema.Struct({ name: Schema.String, node_id: Schema.optionalKey(Schema.String) });
const permission = "Issues: write";

/** Sets labels. Labels that a repository lacks are made, each once. */
export const make = (client: GitHubClient, { prefix = "status:" }: Options = {}): StatusLabels => {
  const known = new Map<string, string | undefined>();
  const nameOf = (state: State): string => `${prefix}${state}`;
  const all = new Set(Object.keys(looks).map((state) => nameOf(state as State).toLowerCase()));
  const idOf = Effect.fn("StatusLabels.idOf")(function* (issue: IssueId.Parts, state: State) {
    const name = nameOf(state);
    const key = `${issue.owner}/${issue.repository} ${name}`.toLowerCase();
    if (!known.has(key)) known.set(key, yield* ensure(client, issue, name, state));
    return known.get(key);
  });
  const among: StatusLabels["among"] = (labels) =>
    labels.filter(({ name }) => all.has(name.toLowerCase()));
  const set = Effect.fn("StatusLabels.set")(function* (issue: IssueId.Parts, state: State) {
    const name = nameOf(state);
    yield* idOf(issue, state);
    // Adding tells which labels there are, whoever set them meanwhile.
    for (const label of among(yield* add(client, issue, name))) {
      if (!sameName(label.name, name)) yield* remove(client, issue, label.name);
    }
  });
  return { set, idOf, among };
};

const placeOf = ({ owner, repository }: IssueId.Parts) => ({ owner, repo: repository });

/** A label that an issue is given is made by itself, but without a colour. */
const ensure = (
  client: GitHubClient,
  issue: IssueId.Parts,
  name: string,
  state: State,
): Effect.Effect<string | undefined, GitHubError> => {
  const what = `the label ${name} of ${issue.owner}/${issue.repository}`;
  const found = client.get({
    what,
    operation: "labels.get",
    permission: "Issues: read",
    route: "GET /repos/{owner}/{repo}/labels/{name}",
    parameters: { ...placeOf(issue), name },
    schema: Made,
  });
  const created = client.send({
    what,
    operation: "labels.create",
    permission,
    route: "POST /repos/{owner}/{repo}/labels",
    parameters: { ...placeOf(issue), name, ...looks[state] },
    schema: Made,
  });
  return found.pipe(
    Effect.catchTag("NotFound", () =>
      Effect.catchIf(created, isThereAlready, () => Effect.orElseSucceed(found, () => ({ name }))),
    ),
    Effect.map((label: typeof Made.Type) => label.node_id),
  );
};

/** Somebody was faster. */
const isThereAlready = ({ _tag, message }: GitHubError): boolean =>
  _tag === "Invalid" && /already[_ ]exists/i.test(message);

const add = (client: GitHubClient, issue: IssueId.Parts, name: string) =>
  client.send({
    what: `the label ${name} on ${IssueId.of(issue)}`,
    operation: "issues.addLabels",
    permission,
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    parameters: { ...placeOf(issue), issue_number: issue.number, labels: [name] },
    schema: Schema.Array(Label),
  });

/** A label that is gone already is as good as one that is taken away. */
const remove = (client: GitHubClient, issue: IssueId.Parts, name: string) =>
  client
    .send({
      what: `the label ${name} on ${IssueId.of(issue)}`,
      operation: "issues.removeLabel",
      permission,
      route: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
      parameters: { ...placeOf(issue), issue_number: issue.number, name },
      schema: Schema.Unknown,
    })
    .pipe(
      Effect.catchIf(
        ({ _tag, message }) => _tag === "NotFound" && /label does not exist/i.test(message),
        () => Effect.void,
      ),
    );
