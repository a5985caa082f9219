import type { Codegen } from "../../src/index.ts";

/** An answer as JSON, with what a test looks at. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface AskOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Calls the fake without a network. */
  readonly inMemory?: boolean;
}

/** One request, with the fake's token and JSON unless the test says otherwise. */
export const fetchFrom = (fake: Codegen.Codegen, path: string, options: AskOptions = {}) => {
  const { body, token = fake.token, headers = {} } = options;
  const send = options.inMemory === true ? fake.fetch : fetch;
  return send(fake.url + path, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
};

/** One request and its JSON. */
export const ask = async (
  fake: Codegen.Codegen,
  path: string,
  options: AskOptions = {},
): Promise<Answer> => {
  const response = await fetchFrom(fake, path, options);
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
};

const org = "/v1/organizations/1";

export const paths = {
  create: `${org}/agent/run`,
  resume: `${org}/agent/run/resume`,
  ban: `${org}/agent/run/ban`,
  list: `${org}/agent/runs`,
  run: (id: unknown) => `${org}/agent/run/${String(id)}`,
  logs: (id: unknown) => `/v1/alpha/organizations/1/agent/run/${String(id)}/logs`,
  repos: `${org}/repos`,
  models: `${org}/models`,
  organizations: "/v1/organizations",
  me: "/v1/users/me",
};

/** The body of a launch for a task. */
export const launchOf = (task: string, more: Readonly<Record<string, unknown>> = {}) => ({
  prompt: `Do ${task}`,
  metadata: { orchestrator: { v: 1, run: "r1", task, kind: "task", attempt: 1, key: `k-${task}` } },
  ...more,
});

export const launch = (fake: Codegen.Codegen, task: string) =>
  ask(fake, paths.create, { body: launchOf(task) });

/** The runs on a page, as the test wants to look at them. */
export const itemsOf = ({ body }: Answer) =>
  body["items"] as ReadonlyArray<Record<string, unknown>>;
export const idsOf = (answer: Answer) => itemsOf(answer).map((item) => item["id"]);
