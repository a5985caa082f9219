/**
 * The endpoints of the Codegen API.
 *
 * Every request keeps to the budgets of its token, has a deadline and a size
 * that its answer may have. Reads are tried again where that may help; what
 * creates or changes something is sent once.
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import * as BaseUrl from "./BaseUrl.ts";
import * as Budgets from "./Budgets.ts";
import type { CodegenError } from "./CodegenError.ts";
import * as Model from "./CodegenModel.ts";
import { Exchange, type Reading, type Sending } from "./internal/Exchange.ts";
import { type Call, Transport } from "./internal/Transport.ts";
import type { Words } from "@orchestrator/core/remote/Words";

export type { Reading, Sending };

/** Who is asked, and as whom. */
export interface Options {
  readonly token: Redacted.Redacted;
  readonly orgId: number;
  /** Default: `https://api.codegen.com`. */
  readonly baseUrl?: string | undefined;
  /** Hosts beside the official one and this machine that the token may be sent to. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined;
  /** How long a request that creates something may stay unanswered (default 60). */
  readonly launchDeadlineSeconds?: number | undefined;
  /** Budgets other than those shared by all of this process with the token. */
  readonly budgets?: Budgets.Budgets | undefined;
}

/** The body of a launch, in the words of the API. */
export interface CreateAgentRun {
  readonly prompt: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly repo_id?: number;
  readonly model?: string;
  readonly agent_type?: "codegen" | "claude_code";
  /** Base64 data URIs. */
  readonly images?: ReadonlyArray<string>;
}

/** Which part of the agent runs. */
export interface ListOptions extends Reading {
  readonly skip?: number;
  readonly limit?: number;
  readonly userId?: number | undefined;
  readonly sourceType?: string | undefined;
}

/** A token that cannot be sent. */
export class TokenRefused extends Schema.TaggedError<TokenRefused>()("TokenRefused", {
  message: Schema.String,
}) {}

/** A header takes no more than this; and a token in one that is refused would show up in its error. */
const sendable = /^[\x21-\x7e]+$/;
const usualDeadlineSeconds = 60;
const mebibyte = 2 ** 20;
const one = { mostBytes: mebibyte, deadline: Duration.seconds(30) };
const many = { mostBytes: 16 * mebibyte, deadline: Duration.seconds(60) };

type Asked<A> = Effect.Effect<A, CodegenError>;

/** A client of one organisation. */
export class CodegenClient {
  readonly #exchange: Exchange;
  readonly #creation: Duration.Duration;
  readonly #org: string;
  readonly #orgId: number;
  /** Makes text of the service fit for messages. */
  readonly words: Words;
  readonly host: string;

  constructor(http: HttpClient.HttpClient, base: URL, options: Options) {
    const { budgets, launchDeadlineSeconds = usualDeadlineSeconds, orgId, token } = options;
    const transport = new Transport(http, base, token);
    this.#exchange = new Exchange(transport, budgets ?? Budgets.of(token, base.origin));
    this.#creation = Duration.seconds(launchDeadlineSeconds);
    this.#orgId = orgId;
    this.#org = `/v1/organizations/${orgId}`;
    this.words = transport.words;
    this.host = base.host;
  }

  /** Launches an agent run: one POST, never repeated. */
  create(body: CreateAgentRun, sending: Sending = {}): Asked<Model.AgentRun> {
    const call: Call = {
      what: "the launch of an agent run",
      method: "POST",
      path: `${this.#org}/agent/run`,
      body,
      mostBytes: mebibyte,
      deadline: this.#creation,
    };
    return this.#exchange.create(call, Model.AgentRun, this.me({ retry: false }), sending);
  }

  /** One agent run, as it is now. */
  get(id: string, reading?: Reading): Asked<Model.AgentRun> {
    const path = `${this.#org}/agent/run/${encodeURIComponent(id)}`;
    return this.#exchange.read(
      { what: `agent run ${id}`, method: "GET", path, ...one },
      Model.AgentRun,
      reading,
    );
  }

  /** One page of agent runs, newest first. */
  list(options: ListOptions = {}): Asked<Model.AgentRunPage> {
    const { limit = 100, skip = 0, sourceType, userId } = options;
    const query = {
      skip: String(skip),
      limit: String(limit),
      ...(sourceType === undefined ? {} : { source_type: sourceType }),
      ...(userId === undefined ? {} : { user_id: String(userId) }),
    };
    const path = `${this.#org}/agent/runs`;
    return this.#exchange.read(
      { what: "the list of agent runs", method: "GET", path, query, ...many },
      Model.AgentRunPage,
      options,
    );
  }

  /** Goes on with an agent run that waits or has ended, with another prompt. Sent once. */
  resume(id: string, prompt: string): Asked<Model.AgentRun> {
    const call: Call = {
      what: `the resumption of agent run ${id}`,
      method: "POST",
      path: `${this.#org}/agent/run/resume`,
      body: { agent_run_id: Number(id), prompt },
      ...one,
    };
    return this.#exchange.write(call, Model.AgentRun);
  }

  /** Stops an agent run, and with it all checks of its pull request: the documented way. Sent once. */
  ban(id: string): Asked<void> {
    const call: Call = {
      what: `the stop of agent run ${id}`,
      method: "POST",
      path: `${this.#org}/agent/run/ban`,
      body: { agent_run_id: Number(id) },
      anyAnswer: true,
      ...one,
    };
    return Effect.asVoid(this.#exchange.write(call, Schema.Unknown));
  }

  /** The log of an agent run. The endpoint is an alpha version. */
  logs(id: string, { limit = 100, reverse = false, skip = 0 } = {}): Asked<Model.AgentRunLogs> {
    const call: Call = {
      what: `the log of agent run ${id}`,
      method: "GET",
      path: `/v1/alpha/organizations/${this.#orgId}/agent/run/${encodeURIComponent(id)}/logs`,
      query: { skip: String(skip), limit: String(limit), reverse: String(reverse) },
      ...many,
    };
    return this.#exchange.readLog(call, Model.AgentRunLogs);
  }

  /** 100 repositories. */
  repos(skip = 0): Asked<Model.RepoPage> {
    const call = pageOf("the list of repositories", `${this.#org}/repos`, skip);
    return this.#exchange.read(call, Model.RepoPage);
  }

  /** 100 organisations that the token may use. */
  organizations(skip = 0): Asked<Model.OrganizationPage> {
    const call = pageOf("the list of organisations", "/v1/organizations", skip);
    return this.#exchange.read(call, Model.OrganizationPage);
  }

  /** Whose token it is. */
  me(reading?: Reading): Asked<Model.User> {
    return this.#exchange.read(
      { what: "the user of the token", method: "GET", path: "/v1/users/me", ...one },
      Model.User,
      reading,
    );
  }

  /** The models of the organisation; older versions of the service have no such list. */
  models(reading?: Reading): Asked<Model.Models> {
    return this.#exchange.read(
      { what: "the list of models", method: "GET", path: `${this.#org}/models`, ...one },
      Model.Models,
      reading,
    );
  }
}

const pageOf = (what: string, path: string, skip: number): Call => ({
  what,
  method: "GET",
  path,
  query: { skip: String(skip), limit: "100" },
  ...many,
});

/** Makes a client, if the token can be sent and may be sent there. */
export const make = Effect.fn("CodegenClient.make")(function* (options: Options) {
  const http = yield* HttpClient.HttpClient;
  const base = yield* Effect.fromResult(BaseUrl.check(options.baseUrl, options.allowedHosts));
  if (!sendable.test(Redacted.value(options.token))) {
    const message =
      "The token is empty or holds spaces, line ends or other characters that no token has. Set CODEGEN_API_TOKEN to the token alone.";
    return yield* new TokenRefused({ message });
  }
  return new CodegenClient(http, base, options);
});
