import { checkInput, type InputSchema } from "../shared/checkInput.ts";
import type { FaultRule } from "../shared/Faults.ts";
import { faultRulesSchema } from "../shared/faultSchema.ts";
import { autoMergeWords } from "./graphql/autoMergeWords.ts";
import { type Limits, refusals } from "./Limits.ts";
import { mergeRefusals } from "./refusals.ts";
import { operations } from "./specification.ts";
import { permissions } from "./world/model.ts";

const string = { type: "string" };
const text = { type: ["string", "null"] };
const boolean = { type: "boolean" };
const natural = { type: "integer", minimum: 1 };
const moment = { type: ["string", "number"] };
const list = (items: InputSchema) => ({ type: "array", items });
const record = (values: InputSchema) => ({ type: "object", additionalProperties: values });
const shape = (properties: InputSchema, required: ReadonlyArray<string> = []) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});
const orText = (schema: InputSchema) => ({ anyOf: [string, schema] });

const association = {
  enum: [
    "OWNER",
    "MEMBER",
    "COLLABORATOR",
    "CONTRIBUTOR",
    "FIRST_TIME_CONTRIBUTOR",
    "FIRST_TIMER",
    "MANNEQUIN",
    "NONE",
  ],
};

const state = { enum: ["open", "closed"] };
const setLabel = orText(shape({ name: string, by: string, at: moment }, ["name"]));

const comment = orText(
  shape({ body: string, by: text, association, at: moment, editedAt: moment }, ["body"]),
);

const seconds = { type: "number", minimum: 0 };

const conclusion = {
  enum: [
    "success",
    "failure",
    "neutral",
    "cancelled",
    "skipped",
    "timed_out",
    "action_required",
    "stale",
    "startup_failure",
  ],
};

export const check = shape(
  {
    name: string,
    app: string,
    status: boolean,
    appears: seconds,
    waits: seconds,
    seconds: { type: ["number", "null"], minimum: 0 },
    conclusion: { anyOf: [conclusion, list(conclusion)] },
    title: string,
    summary: string,
    text: string,
    hidden: boolean,
    workflow: string,
  },
  ["name"],
);

export const file = orText(shape({ path: string, previous: string, removed: boolean }, ["path"]));

const pullShape = shape({
  head: string,
  base: string,
  draft: boolean,
  merged: boolean,
  closes: list(string),
  fork: string,
  files: list(file),
  checks: list(check),
  failsInQueue: boolean,
  since: moment,
});

const pull = { anyOf: [{ const: true }, pullShape] };

const merging = shape({
  merge: boolean,
  squash: boolean,
  rebase: boolean,
  auto: boolean,
  deleteBranch: boolean,
  mergeableSeconds: seconds,
  raceSeconds: seconds,
});

const protection = shape({
  checks: list(string),
  reviews: { type: "integer", minimum: 0 },
  upToDate: boolean,
  linear: boolean,
  dismissStale: boolean,
  queue: { anyOf: [boolean, seconds] },
});

const issue = shape({
  number: natural,
  title: string,
  body: text,
  labels: list(setLabel),
  unlabeled: list(setLabel),
  milestone: string,
  assignees: list(string),
  author: text,
  association,
  type: string,
  state,
  stateReason: { enum: ["completed", "not_planned", "duplicate", "reopened"] },
  locked: boolean,
  comments: list(comment),
  blockedBy: list(string),
  subIssues: list(string),
  parent: string,
  pull,
  createdAt: moment,
  updatedAt: moment,
  edited: shape({ at: moment, by: string }, ["at"]),
  renamed: list(shape({ from: string, at: moment, by: string }, ["from", "at"])),
});

const label = orText(shape({ name: string, color: string, description: string }, ["name"]));

const milestone = orText(
  shape({ title: string, dueOn: moment, description: string, state }, ["title"]),
);

const repo = shape(
  {
    name: { type: "string", pattern: "^[^/\\s]+/[^/\\s]+$" },
    private: boolean,
    archived: boolean,
    issuesDisabled: boolean,
    formerly: list(string),
    permissions: record({ enum: permissions }),
    labels: list(label),
    milestones: list(milestone),
    types: list(string),
    issues: list(issue),
    git: string,
    empty: boolean,
    refusesCustomRefs: boolean,
    merging,
    protection: record(protection),
    checks: list(check),
    baseChecks: list(check),
  },
  ["name"],
);

const iteration = shape(
  { title: string, startDate: string, duration: natural, completed: boolean },
  ["title", "startDate"],
);

const field = {
  anyOf: [
    { enum: ["TEXT", "NUMBER", "DATE"] },
    list(string),
    shape({ iterations: list(iteration) }, ["iterations"]),
  ],
};

const item = orText(
  shape({
    issue: string,
    draft: string,
    body: string,
    archived: boolean,
    redacted: boolean,
    values: record({ type: ["string", "number"] }),
  }),
);

const project = shape(
  {
    owner: string,
    number: natural,
    title: string,
    public: boolean,
    closed: boolean,
    fields: record(field),
    items: list(item),
  },
  ["owner"],
);

const levels = record({ enum: ["read", "write", "admin"] });

const tokenOf = (kind: string, fields: InputSchema, required: ReadonlyArray<string>) => {
  const common = { token: string, expiresAt: moment, kind: { const: kind } };
  return shape({ ...common, ...fields }, ["token", ...required]);
};

const token = {
  type: "object",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: [
    tokenOf("classic", { user: string, scopes: list(string) }, ["user", "scopes"]),
    tokenOf("fine-grained", { user: string, permissions: levels, repos: list(string) }, [
      "user",
      "permissions",
    ]),
    tokenOf("actions", { repo: string, permissions: levels }, ["repo"]),
  ],
};

const installation = shape(
  { id: natural, owner: string, repos: list(string), permissions: levels },
  ["id", "owner", "permissions"],
);

const app = shape(
  { id: natural, slug: string, clientId: string, publicKey: string, installation },
  ["id", "installation"],
);

const world = shape({
  users: list(orText(shape({ login: string, name: string, bot: boolean }, ["login"]))),
  orgs: list(orText(shape({ login: string, members: list(string) }, ["login"]))),
  repos: list(repo),
  projects: list(project),
  tokens: list(token),
  apps: list(app),
});

/** Fails on a world that makes no sense, with the place of every mistake. */
export const checkWorld = <A>(input: A): A => checkInput("the world of the fake", world, input);

const count = { type: ["integer", "null"], minimum: 0 };

const limitsSchema = shape({
  core: count,
  graphql: count,
  corePerMinute: count,
  graphqlPerMinute: count,
  contentPerMinute: count,
  contentPerHour: count,
  concurrent: count,
  status: { enum: [403, 429] },
  retryAfter: count,
  primaryForm: { enum: ["RATE_LIMIT", "RATE_LIMITED", "status"] },
  secondaryForm: { enum: ["status", "graphql", "submitted-too-quickly"] },
});

/** Fails on limits that make no sense. */
export const checkLimits = (limits: Limits): Limits =>
  checkInput("the limits of the fake", limitsSchema, limits);

/** Fails on fault rules that make no sense. An operation of GraphQL is named as its query names it. */
export const checkFaults = (rules: ReadonlyArray<FaultRule>): ReadonlyArray<FaultRule> => {
  const names = [...operations().map(({ endpoint }) => endpoint), "rest", "graphql", "unknown"];
  const words = [...Object.keys(mergeRefusals), ...Object.keys(autoMergeWords)];
  const on = { anyOf: [{ enum: names }, { type: "string", pattern: "^[A-Z]\\w*$" }] };
  return checkInput(
    "the list of faults",
    faultRulesSchema({ on, refusals: [...refusals, ...words] }),
    rules,
  );
};
