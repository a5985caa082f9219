/** An HTTP client whose answers the test gives, and a small service behind one. */
import { CodegenAgent, type CodegenClient } from "@orchestrator/codegen";
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientError from "effect/http/HttpClientError";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Redacted from "effect/Redacted";
import * as Budgets from "../../src/Budgets.ts";

/** What was asked, as far as tests look at it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** A response, one that never comes, or what a connection ends with. */
export type Answer = Response | "hang" | Error;
export type Handler = (asked: Asked) => Answer | Effect.Effect<Answer>;

export const json = (value: unknown, init: ResponseInit = {}): Response =>
  Response.json(value, init);

export const html = (status = 200): Response =>
  new Response("<!doctype html><p>moved</p>", { status, headers: { "content-type": "text/html" } });

/** Answers with what a handler says, and remembers what was asked. */
export const client = (handler: Handler) => {
  const asked: Array<Asked> = [];
  const http = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const { body } = request;
      const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
      const one: Asked = {
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: text === "" ? undefined : (JSON.parse(text) as unknown),
      };
      asked.push(one);
      const given = handler(one);
      const answer = Effect.isEffect(given) ? yield* given : given;
      if (answer === "hang") return yield* Effect.never;
      if (answer instanceof Response) return HttpClientResponse.fromWeb(request, answer);
      const reason = new HttpClientError.TransportError({ request, cause: answer });
      return yield* new HttpClientError.HttpClientError({ reason });
    }),
  );
  return { asked, http };
};

export const token = "sk-00000000-1111-2222-3333-444444444444";

/** Options with budgets that no other test shares. */
export const options = (
  more: Partial<CodegenAgent.Options> = {},
): CodegenAgent.Options & CodegenClient.Options => ({
  token: Redacted.make(token),
  orgId: 42,
  budgets: Budgets.make(),
  ...more,
});

/** An agent that talks to a handler. */
export const agent = (handler: Handler, more: Partial<CodegenAgent.Options> = {}) => {
  const { asked, http } = client(handler);
  return Effect.map(
    Effect.provideService(CodegenAgent.make(options(more)), HttpClient.HttpClient, http),
    (made) => ({ agent: made, asked }),
  );
};

/** One attempt at a task. */
export const request = (more: Partial<Agent.LaunchRequest> = {}): Agent.LaunchRequest => {
  const task = more.task ?? { id: "a", title: "Add a test", prompt: "Add a test for parsing." };
  return {
    run: "r1",
    task,
    attempt: 1,
    key: `r1/${task.id}/launch/1`,
    dependencies: () => [],
    previousFailure: undefined,
    ...more,
  };
};

/** A report that remembers what it was told. */
export const report = () => {
  const progress: Array<string> = [];
  const unknown: Array<string> = [];
  const told: Agent.AgentReport = {
    output: () => Effect.void,
    progress: (message) => Effect.sync(() => void progress.push(message)),
    discover: () => Effect.void,
    unknownStatus: (status) => Effect.sync(() => void unknown.push(status)),
  };
  return { progress, unknown, told };
};

export interface Run {
  readonly id: number;
  status: string | null;
  metadata: unknown;
  github_pull_requests: unknown;
  summary: string | null;
  result: string | null;
  web_url: string | null;
}

/** The smallest service that launches, lists and stops. */
export class Service {
  readonly runs: Array<Run> = [];
  #ids = 100;
  /** What goes before the usual answer. */
  before: (asked: Asked) => Answer | undefined = () => undefined;

  readonly handler: Handler = (asked) => this.before(asked) ?? this.#answer(asked);

  add(more: Partial<Run> = {}): Run {
    const id = ++this.#ids;
    const run: Run = {
      id,
      status: "ACTIVE",
      metadata: null,
      github_pull_requests: null,
      summary: null,
      result: null,
      web_url: `https://codegen.com/agent/trace/${id}`,
      ...more,
    };
    this.runs.unshift(run);
    return run;
  }

  complete(run: Run): void {
    run.status = "COMPLETE";
    run.github_pull_requests = [
      {
        id: 7,
        created_at: "2026-01-01T00:00:00Z",
        title: null,
        url: `https://github.com/acme/shop/pull/${run.id}`,
        head_branch_name: `codegen-bot/${run.id}`,
      },
    ];
  }

  #answer({ body, method, path, query }: Asked): Answer {
    if (path === "/v1/users/me") return json({ id: 5, github_username: "ada" });
    if (method === "POST" && path === "/v1/organizations/42/agent/run") {
      return json({ ...this.add({ metadata: metadataOf(body) }), organization_id: 42 });
    }
    if (method === "POST" && path === "/v1/organizations/42/agent/run/ban") {
      const run = this.runs.find(({ id }) => id === idIn(body));
      if (run === undefined) return missing();
      if (run.status === "ACTIVE") run.status = "CANCELLED";
      return json({});
    }
    if (path === "/v1/organizations/42/agent/runs") return this.#page(query);
    const [, id] = /^\/v1\/organizations\/42\/agent\/run\/(\d+)$/.exec(path) ?? [];
    const run = this.runs.find((one) => String(one.id) === id);
    return run === undefined ? missing() : json({ ...run, organization_id: 42 });
  }

  #page(query: URLSearchParams): Response {
    const [skip, limit] = [Number(query.get("skip")), Number(query.get("limit"))];
    const items = this.runs.slice(skip, skip + limit);
    return json({ items, total: this.runs.length, page: 1, size: limit, pages: 1 });
  }
}

const missing = (): Response =>
  json({ message: "Agent run not found.", status_code: 404 }, { status: 404 });

const metadataOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "metadata" in body ? body.metadata : null;

const idIn = (body: unknown): unknown =>
  typeof body === "object" && body !== null && "agent_run_id" in body
    ? body.agent_run_id
    : undefined;
