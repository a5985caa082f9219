import { checkInput, type InputSchema } from "../shared/checkInput.ts";
import type { FaultRule } from "../shared/Faults.ts";
import { faultRulesSchema } from "../shared/faultSchema.ts";
import { classOf } from "./Limits.ts";
import type { Script } from "./Script.ts";
import { operations, sourceTypes } from "./specification.ts";
import { defaultWorld, type World } from "./World.ts";

const integer = { type: "integer" };
const natural = { type: "integer", minimum: 1 };
const seconds = { type: "number", minimum: 0 };
const string = { type: "string" };
const text = { type: ["string", "null"] };
const anyObject = { type: "object" };
const list = (items: InputSchema) => ({ type: "array", items });
const shape = (properties: InputSchema, required: ReadonlyArray<string> = []) => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});

const pullRequest = shape({ number: integer, title: text, url: text, head_branch_name: text });

const fate = shape({
  seconds: { anyOf: [seconds, { type: "null" }, { ...list(seconds), minItems: 2, maxItems: 2 }] },
  steps: list(shape({ at: seconds, status: text }, ["at"])),
  end: text,
  result: text,
  summary: text,
  pullRequests: {
    anyOf: [{ type: "integer", minimum: 0 }, { type: "null" }, list(pullRequest)],
  },
  resumed: { $ref: "#/$defs/fate" },
  ban: shape({ does: { enum: ["stop", "nothing"] }, seconds }, ["does"]),
  absences: list(
    shape({ from: { enum: ["list", "get", "both"] }, after: seconds, seconds }, ["from"]),
  ),
  omit: list(string),
  overlay: anyObject,
});

export const match = shape({
  task: string,
  attempt: integer,
  prompt: string,
  metadata: anyObject,
  nth: natural,
});

const others = shape(
  {
    everySeconds: { type: "number", exclusiveMinimum: 0 },
    userId: integer,
    sourceType: { enum: sourceTypes },
    metadata: { type: ["object", "null"] },
    fate: { $ref: "#/$defs/fate" },
  },
  ["everySeconds"],
);

const scriptSchema = {
  ...shape({
    rules: list(shape({ match, fate: { $ref: "#/$defs/fate" } }, ["match", "fate"])),
    fallback: { $ref: "#/$defs/fate" },
    others: list(others),
  }),
  $defs: { fate },
};

const endpoints = operations.map(({ endpoint }) => endpoint);
const names = [...new Set([...endpoints, ...endpoints.map(classOf), "unknown"])];
const rulesSchema = faultRulesSchema({ on: { enum: names }, hasStale: true });

/** Fails on a script that makes no sense. */
export const checkScript = (script: Script): Script =>
  checkInput("the script of the runs", scriptSchema, script);

/** Fails on fault rules that make no sense. */
export const checkFaults = (rules: ReadonlyArray<FaultRule>): ReadonlyArray<FaultRule> =>
  checkInput("the list of faults", rulesSchema, rules);

const quota = {
  anyOf: [{ type: "null" }, shape({ count: natural, seconds: natural }, ["count", "seconds"])],
};

const limitsSchema = shape({
  creates: quota,
  reads: quota,
  logs: quota,
  writes: quota,
  window: { enum: ["sliding", "fixed"] },
  retryAfter: { type: "boolean" },
});

const user = shape(
  {
    id: integer,
    orgs: list(integer),
    github_username: string,
    email: text,
    full_name: text,
    role: { enum: ["ADMIN", "MANAGER", "MEMBER", null] },
  },
  ["id", "orgs"],
);

const repo = shape(
  {
    id: integer,
    orgId: integer,
    full_name: string,
    github_id: string,
    archived: { type: ["boolean", "null"] },
    setup_status: string,
  },
  ["id", "orgId", "full_name"],
);

const option = shape({ label: string, value: string }, ["label", "value"]);
const provider = shape({ name: string, models: list(option) }, ["name", "models"]);

/** What a world file may hold: who and what exists, and the limits. */
const world = {
  orgs: list(shape({ id: integer, name: string, agentRuns: integer }, ["id", "name"])),
  users: list(user),
  repos: list(repo),
  tokens: { type: "object", additionalProperties: integer },
  models: shape({ providers: list(provider), default_model: string }, [
    "providers",
    "default_model",
  ]),
  limits: limitsSchema,
};

/** Fails on a world file that makes no sense. */
export const checkWorldFile = <A>(content: A): A =>
  checkInput("the world of the fake", shape(world), content);

/** Fails on a world that makes no sense; what else the options hold is not looked at. */
export const checkWorld = (options: Partial<World>): World => {
  checkInput("the world of the fake", { type: "object", properties: world }, options);
  const checked = { ...defaultWorld, ...options };
  const strangers = Object.values(checked.tokens).filter(
    (id) => !checked.users.some((each) => each.id === id),
  );
  if (strangers.length === 0) return checked;
  throw new Error(
    `the world of the fake: a token belongs to user ${strangers[0]}, who is not there`,
  );
};
