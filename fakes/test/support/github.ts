import { onTestFinished } from "vitest";
import { Clock, GitHub } from "../../src/index.ts";

/** A fake of GitHub in time that stands still, closed at the end of the test. */
export const startGitHub = async (options: GitHub.GitHubOptions = {}) => {
  const clock = Clock.controlled();
  const fake = await GitHub.make({ clock, ...options });
  onTestFinished(() => fake.close());
  return { ...fake, advance: (seconds: number) => clock.advance(seconds * 1000) };
};

export interface AskOptions {
  readonly token?: string | null;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request with the fake's token, without a network. */
export const fetchFrom = (fake: GitHub.GitHub, url: string, options: AskOptions = {}) => {
  const { token = fake.token, headers = {}, body } = options;
  return fake.fetch(url.startsWith("http") ? url : fake.api + url, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

/** JSON of which a test looks at what it knows. */
export type Json = Record<string, unknown>;

/** One request and its JSON, an object or a list of them. */
export const ask = async (fake: GitHub.GitHub, url: string, options: AskOptions = {}) => {
  const response = await fetchFrom(fake, url, options);
  const text = await response.text();
  const body = (text === "" ? undefined : JSON.parse(text)) as Json & ReadonlyArray<Json>;
  return { status: response.status, headers: response.headers, body };
};

/** The numbers of a list of issues. */
export const numbersAt = async (fake: GitHub.GitHub, url: string, options: AskOptions = {}) =>
  (await ask(fake, url, options)).body.map((issue) => issue["number"] as number);

/** A query and its answer. */
export const query = async (
  fake: GitHub.GitHub,
  text: string,
  options: { readonly variables?: object; readonly token?: string | null } = {},
) => {
  const { variables, token = fake.token } = options;
  const path = fake.api.endsWith("/api/v3") ? "/api/graphql" : "/graphql";
  const { status, headers, body } = await ask(fake, fake.url + path, {
    token,
    body: { query: text, variables },
  });
  const { data, errors } = body as {
    readonly data?: Record<string, unknown>;
    readonly errors?: ReadonlyArray<Record<string, unknown>>;
  };
  return { status, headers, data, errors };
};

/** A query in the repository `acme/shop`. */
export const queryShop = async (fake: GitHub.GitHub, selection: string, token = fake.token) => {
  const text = `{ repository(owner: "acme", name: "shop") { ${selection} } }`;
  const answer = await query(fake, text, { token });
  return { ...answer, shop: answer.data?.["repository"] as Record<string, unknown> | null };
};

/** `acme/shop` with these issues, of an operator who may do everything. */
export const shopOf = (
  issues: ReadonlyArray<GitHub.IssueInput>,
  more: Partial<GitHub.RepoInput> = {},
): GitHub.WorldInput => ({
  users: ["operator"],
  repos: [{ name: "acme/shop", permissions: { operator: "admin" }, issues, ...more }],
});
