/**
 * What the Codegen API answers with, as much of it as is used.
 *
 * Only ids are required. Every other field may be missing, null or of another
 * type; fields that are not named here are ignored.
 */
import * as Schema from "effect/Schema";
import { Id, tolerant, tolerantList } from "./internal/tolerant.ts";

/** A pull request that an agent run opened. `id` is Codegen's own, not its number. */
export const PullRequest = Schema.Struct({
  id: tolerant(Id),
  url: tolerant(Schema.String),
  title: tolerant(Schema.String),
  head_branch_name: tolerant(Schema.String),
});
export type PullRequest = typeof PullRequest.Type;

const Metadata = Schema.Record(Schema.String, Schema.Unknown);

/** One agent run. */
export const AgentRun = Schema.Struct({
  id: Id,
  status: tolerant(Schema.String),
  created_at: tolerant(Schema.String),
  web_url: tolerant(Schema.String),
  result: tolerant(Schema.String),
  summary: tolerant(Schema.String),
  source_type: tolerant(Schema.String),
  github_pull_requests: tolerantList(PullRequest),
  /** Null where the launch gave none; undefined where the answer does not say. */
  metadata: tolerant(Schema.NullOr(Metadata)),
});
export type AgentRun = typeof AgentRun.Type;

/** One line of the log of an agent run. */
export const AgentLog = Schema.Struct({
  created_at: tolerant(Schema.String),
  message_type: tolerant(Schema.String),
  tool_name: tolerant(Schema.String),
  thought: tolerant(Schema.String),
  observation: tolerant(Schema.Unknown),
});
export type AgentLog = typeof AgentLog.Type;

/** An agent run with a part of its log. The endpoint is an alpha version. */
export const AgentRunLogs = Schema.Struct({
  id: Id,
  status: tolerant(Schema.String),
  logs: tolerantList(AgentLog),
  total_logs: tolerant(Schema.Finite),
});
export type AgentRunLogs = typeof AgentRunLogs.Type;

/** A repository as Codegen knows it. `id` is Codegen's own, the `repo_id` of a launch. */
export const Repo = Schema.Struct({
  id: Id,
  name: tolerant(Schema.String),
  full_name: tolerant(Schema.String),
  archived: tolerant(Schema.Boolean),
});
export type Repo = typeof Repo.Type;

/** An organisation that the token may use. */
export const Organization = Schema.Struct({ id: Id, name: tolerant(Schema.String) });
export type Organization = typeof Organization.Type;

/** The user whose token it is. */
export const User = Schema.Struct({
  id: Id,
  github_username: tolerant(Schema.String),
  email: tolerant(Schema.String),
});
export type User = typeof User.Type;

const Model = Schema.Struct({ label: tolerant(Schema.String), value: Schema.String });
const Provider = Schema.Struct({
  name: tolerant(Schema.String),
  models: tolerantList(Model),
});

/** The models that an organisation may choose from. */
export const Models = Schema.Struct({
  providers: tolerantList(Provider),
  default_model: tolerant(Schema.String),
});
export type Models = typeof Models.Type;

/** One page of a listing. A listing without `items` is none. */
const Page = <S extends Schema.Codec<unknown, unknown>>(item: S) =>
  Schema.Struct({ items: Schema.Array(item), total: tolerant(Schema.Finite) });

/** One page of agent runs, newest first. */
export const AgentRunPage = Page(AgentRun);
export type AgentRunPage = typeof AgentRunPage.Type;

/** A page of repositories that the organisation has connected. */
export const RepoPage = Page(Repo);
/** A page of repositories that the organisation has connected. */
export type RepoPage = typeof RepoPage.Type;

/** A page of the organisations of a token. */
export const OrganizationPage = Page(Organization);
/** A page of the organisations of a token. */
export type OrganizationPage = typeof OrganizationPage.Type;
