import type { Operation, Parameter, Schema } from "../shared/Specification.ts";

const integer = { type: "integer" };
const string = { type: "string" };
const text = { type: ["string", "null"] };
const object = { type: ["object", "null"] };
const list = (items: Schema): Schema => ({ type: "array", items });
const listOrNull = (items: Schema): Schema => ({ type: ["array", "null"], items });
const record = (required: ReadonlyArray<string>, properties: Schema): Schema => ({
  type: "object",
  required,
  properties,
});

/** Where a run may have been started from. */
export const sourceTypes = [
  "LOCAL",
  "SLACK",
  "GITHUB",
  "GITHUB_CHECK_SUITE",
  "GITHUB_PR_REVIEW",
  "LINEAR",
  "API",
  "CHAT",
  "JIRA",
  "CLICKUP",
  "MONDAY",
  "SETUP_COMMANDS",
] as const;

const sourceType = { enum: [...sourceTypes, null] };
const webhooks = listOrNull(record(["url"], { url: string, secret: text }));

const createInput = record(["prompt"], {
  prompt: string,
  images: listOrNull(string),
  metadata: object,
  repo_id: { type: ["integer", "null"] },
  model: text,
  agent_type: { enum: ["codegen", "claude_code", null] },
  webhooks,
});

const resumeInput = record(["agent_run_id", "prompt"], {
  agent_run_id: integer,
  prompt: string,
  images: listOrNull(string),
  model: text,
  webhooks,
});

const stopInput = record(["agent_run_id"], {
  agent_run_id: integer,
  before_card_order_id: text,
  after_card_order_id: text,
});

const pullRequest = record(["id", "created_at"], {
  id: integer,
  title: text,
  url: text,
  created_at: string,
  head_branch_name: text,
});

const runFields = {
  id: integer,
  organization_id: integer,
  status: text,
  created_at: text,
  web_url: text,
  result: text,
  metadata: object,
};

const run = record(["id", "organization_id"], {
  ...runFields,
  summary: text,
  source_type: sourceType,
  github_pull_requests: listOrNull(pullRequest),
});

const log = record(["agent_run_id"], {
  agent_run_id: integer,
  created_at: text,
  tool_name: text,
  message_type: text,
  thought: text,
  observation: { type: ["object", "string", "null"] },
  tool_input: object,
  tool_output: object,
});

const runWithLogs = record(["id", "organization_id", "logs"], {
  ...runFields,
  logs: list(log),
  total_logs: { type: ["integer", "null"] },
  page: { type: ["integer", "null"] },
  size: { type: ["integer", "null"] },
  pages: { type: ["integer", "null"] },
});

const repo = record(
  [
    "id",
    "name",
    "full_name",
    "description",
    "github_id",
    "organization_id",
    "visibility",
    "archived",
    "setup_status",
    "language",
  ],
  {
    id: integer,
    name: string,
    full_name: string,
    description: text,
    github_id: string,
    organization_id: integer,
    visibility: text,
    archived: { type: ["boolean", "null"] },
    setup_status: string,
    language: text,
  },
);

const organization = record(["id", "name", "settings"], {
  id: integer,
  name: string,
  settings: record([], {
    enable_pr_creation: { type: "boolean" },
    enable_rules_detection: { type: "boolean" },
  }),
});

const user = record(["id", "github_user_id", "github_username"], {
  id: integer,
  email: text,
  github_user_id: string,
  github_username: string,
  avatar_url: text,
  full_name: text,
  role: text,
  is_admin: { type: ["boolean", "null"] },
});

const models = record(["providers", "default_model"], {
  providers: list(
    record(["name", "models"], {
      name: string,
      models: list(record(["label", "value"], { label: string, value: string })),
    }),
  ),
  default_model: string,
});

const page = (items: Schema): Schema =>
  record(["items", "total", "page", "size", "pages"], {
    items: list(items),
    total: integer,
    page: integer,
    size: integer,
    pages: integer,
  });

const inPath = (name: string): Parameter => ({ name, in: "path", required: true, schema: integer });
const inQuery = (name: string, schema: Schema): Parameter => ({ name, in: "query", schema });
const paging = [
  inQuery("skip", { type: "integer", minimum: 0, default: 0 }),
  inQuery("limit", { type: "integer", minimum: 1, maximum: 100, default: 100 }),
];

const organizationPath = "/v1/organizations/{org_id}";
const org = inPath("org_id");
const runId = inPath("agent_run_id");

const get = (
  endpoint: string,
  path: string,
  parameters: ReadonlyArray<Parameter>,
  answer: Schema,
): Operation => ({ endpoint, method: "GET", path, parameters, answer });

const post = (endpoint: string, path: string, body: Schema, answer: Schema): Operation => ({
  endpoint,
  method: "POST",
  path: organizationPath + path,
  parameters: [org],
  body,
  answer,
});

/** The part of the Codegen API that orchestrator uses, described anew from its published specification. */
export const operations: ReadonlyArray<Operation> = [
  post("create", "/agent/run", createInput, run),
  post("resume", "/agent/run/resume", resumeInput, run),
  // The specification leaves the answer of a ban open.
  post("ban", "/agent/run/ban", stopInput, {}),
  get("get", `${organizationPath}/agent/run/{agent_run_id}`, [org, runId], run),
  get(
    "list",
    `${organizationPath}/agent/runs`,
    [
      org,
      inQuery("user_id", { type: ["integer", "null"] }),
      inQuery("source_type", sourceType),
      ...paging,
    ],
    page(run),
  ),
  get(
    "logs",
    "/v1/alpha/organizations/{org_id}/agent/run/{agent_run_id}/logs",
    [org, runId, ...paging, inQuery("reverse", { type: "boolean", default: false })],
    runWithLogs,
  ),
  get("repos", `${organizationPath}/repos`, [org, ...paging], page(repo)),
  get("models", `${organizationPath}/models`, [org], models),
  get("organizations", "/v1/organizations", paging, page(organization)),
  get("me", "/v1/users/me", [], user),
];
