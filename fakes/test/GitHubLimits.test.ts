import { describe, expect, it } from "vitest";
import { Clock, GitHub } from "../src/index.ts";
import { ask, query, shopOf, startGitHub } from "./support/github.ts";

const list = "/repos/acme/shop/issues";
const viewer = "{ viewer { login } }";

describe("the points of an hour", () => {
  it("are counted in headers and given anew when the hour is over", async () => {
    const fake = await startGitHub({ world: shopOf([]), limits: { core: 2 } });
    const first = await ask(fake, list);
    expect(first.headers.get("x-ratelimit-limit")).toBe("2");
    expect(first.headers.get("x-ratelimit-remaining")).toBe("1");
    const reset = Number(first.headers.get("x-ratelimit-reset"));
    expect(reset).toBe(fake.clock.now() / 1000 + 3600);
    await ask(fake, list);
    const refused = await ask(fake, list);
    expect(refused.status).toBe(403);
    expect(refused.body["message"]).toMatch(/^API rate limit exceeded for user ID \d+\.$/);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.headers.get("retry-after")).toBe(null);
    await fake.advance(3600);
    expect((await ask(fake, list)).status).toBe(200);
    expect(fake.summary()).toMatchObject({ refused: 1, points: { core: 3 } });
  });

  it("may be refused with 429", async () => {
    const fake = await startGitHub({ world: shopOf([]), limits: { status: 429 } });
    fake.limits.exhaust("core");
    expect((await ask(fake, list)).status).toBe(429);
  });

  it("are refused on GraphQL inside a 200, under either name, or by a status", async () => {
    const fake = await startGitHub();
    fake.limits.exhaust("graphql");
    const refused = await query(fake, viewer);
    expect(refused).toMatchObject({
      status: 200,
      data: undefined,
      errors: [{ type: "RATE_LIMIT", code: "graphql_rate_limit" }],
    });
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    fake.limits.set({ primaryForm: "RATE_LIMITED" });
    expect((await query(fake, viewer)).errors).toMatchObject([{ type: "RATE_LIMITED" }]);
    fake.limits.set({ primaryForm: "status", status: 403 });
    expect((await query(fake, viewer)).status).toBe(403);
    expect((await ask(fake, list)).status).toBe(200);
  });

  it("are fewer for a workflow and fewest without a token", async () => {
    const fake = await startGitHub({
      world: {
        ...shopOf([]),
        tokens: [{ token: "w", kind: "actions", repo: "acme/shop", permissions: {} }],
      },
    });
    const limitOf = async (token: string | null) =>
      (await ask(fake, list, { token })).headers.get("x-ratelimit-limit");
    expect(await limitOf("w")).toBe("1000");
    expect(await limitOf(null)).toBe("60");
  });

  it("are a user's, whichever token is used", async () => {
    const token = (name: string) =>
      ({ token: name, kind: "classic", user: "operator", scopes: ["repo"] }) as const;
    const fake = await startGitHub({
      world: { ...shopOf([]), tokens: [token("a"), token("b")] },
      limits: { core: 1 },
    });
    expect((await ask(fake, list, { token: "a" })).status).toBe(200);
    expect((await ask(fake, list, { token: "b" })).status).toBe(403);
    fake.limits.set({ core: null, corePerMinute: null });
    expect((await ask(fake, list, { token: "b" })).status).toBe(200);
  });

  it("are refused with the place of the mistake when they make no sense", async () => {
    await expect(GitHub.make({ limits: { status: 500, cores: 1 } as never })).rejects.toThrow(
      /at the top: .*allowed: core, graphql[^]*at \/status: .*allowed: 403, 429/,
    );
  });

  it("can be asked for without a price", async () => {
    const fake = await startGitHub({ world: shopOf([]) });
    await ask(fake, list);
    await query(fake, viewer);
    const { body } = await ask(fake, "/rate_limit");
    expect(body["resources"]).toMatchObject({
      core: { limit: 5000, used: 1, remaining: 4999 },
      graphql: { limit: 5000, used: 1 },
    });
    expect(fake.summary().points).toEqual({ core: 1, graphql: 1 });
  });
});

describe("too much at once", () => {
  it("is refused after so many points in a minute, with the time to wait", async () => {
    const fake = await startGitHub({ world: shopOf([]), limits: { corePerMinute: 2 } });
    await ask(fake, list);
    await ask(fake, list);
    const refused = await ask(fake, list);
    expect(refused.status).toBe(403);
    expect(refused.body["message"]).toMatch(/^You have exceeded a secondary rate limit/);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("x-ratelimit-remaining")).not.toBe("0");
    await fake.advance(60);
    expect((await ask(fake, list)).status).toBe(200);
  });

  it("may be refused without a time, inside a 200, or in the words for what was too quick", async () => {
    const fake = await startGitHub({ limits: { graphqlPerMinute: 0, retryAfter: null } });
    const first = await query(fake, viewer);
    expect([first.status, first.headers.get("retry-after")]).toEqual([403, null]);
    fake.limits.set({ secondaryForm: "graphql" });
    expect(await query(fake, viewer)).toMatchObject({
      status: 200,
      errors: [{ message: expect.stringContaining("secondary rate limit") }],
    });
    fake.limits.set({ secondaryForm: "submitted-too-quickly" });
    expect(await query(fake, viewer)).toMatchObject({
      status: 200,
      data: null,
      errors: [{ type: "UNPROCESSABLE", message: "was submitted too quickly" }],
    });
  });

  it("is refused above a number of requests under way, of both kinds together", async () => {
    const clock = Clock.controlled();
    const fake = await startGitHub({
      clock,
      world: shopOf([]),
      latency: 1,
      limits: { concurrent: 2 },
    });
    const answers = Promise.all([ask(fake, list), query(fake, viewer), ask(fake, list)]);
    await new Promise(setImmediate);
    await clock.advance(1000);
    const statuses = (await answers).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 403]);
    expect(fake.summary().highWater).toBe(3);
  });
});

describe("faults", () => {
  it("strike an endpoint, all of REST, all of GraphQL or one query by its name", async () => {
    const fake = await startGitHub({
      world: shopOf([{}]),
      faults: [
        { on: "issues.get", fault: { kind: "html", status: 502 } },
        { on: "Named", fault: { kind: "status", status: 500 } },
        { on: "graphql", calls: 2, fault: { kind: "refusal", name: "secondary" } },
      ],
    });
    expect((await fake.fetch(`${fake.url}${list}/1`)).headers.get("content-type")).toBe(
      "text/html",
    );
    expect((await ask(fake, list)).status).toBe(200);
    expect((await query(fake, "query Named { viewer { login } }")).status).toBe(500);
    expect((await query(fake, viewer)).status).toBe(403);
    expect((await query(fake, viewer)).status).toBe(200);
  });

  it("refuse as a limit does, in the chosen form, though no limit was reached", async () => {
    const fake = await startGitHub({
      faults: [
        { on: "graphql", calls: 1, fault: { kind: "refusal", name: "primary" } },
        { on: "rest", calls: 1, fault: { kind: "refusal", name: "primary" } },
        { on: "rest", calls: 2, fault: { kind: "refusal", name: "content" } },
      ],
    });
    expect((await query(fake, viewer)).errors).toMatchObject([{ type: "RATE_LIMIT" }]);
    const primary = await ask(fake, list);
    expect([primary.status, primary.headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect((await ask(fake, list)).body["message"]).toContain("content creation");
    expect((await ask(fake, list)).status).toBe(200);
  });

  it("may be any status, body and headers", async () => {
    const errors = [{ message: "Something went wrong while executing your query." }];
    const fake = await startGitHub({
      faults: [
        {
          on: "graphql",
          fault: {
            kind: "status",
            status: 200,
            body: { data: null, errors },
            headers: { "x-ratelimit-remaining": "7" },
          },
        },
      ],
    });
    const { status, data, errors: found, headers } = await query(fake, viewer);
    expect([status, data, found]).toEqual([200, null, errors]);
    expect(headers.get("x-ratelimit-remaining")).toBe("7");
  });

  it("let a list lag behind, and push rows onto it between pages", async () => {
    const fake = await startGitHub({
      world: shopOf([{}, {}]),
      faults: [
        { on: "issues.list", calls: 1, fault: { kind: "list-lag", seconds: 60 } },
        { on: "issues.list", calls: 2, fault: { kind: "insert", count: 2 } },
      ],
    });
    fake.people.open("acme/shop");
    expect((await ask(fake, list)).body).toHaveLength(2);
    expect((await ask(fake, list)).body).toHaveLength(5);
  });

  it("are refused with their place when they make no sense", async () => {
    const faults = [
      { on: "issues.lst", fault: { kind: "reset" } },
      { fault: { kind: "refusal", name: "tertiary" } },
      { fault: { kind: "stale", seconds: 5 } },
    ] as never;
    await expect(GitHub.make({ faults })).rejects.toThrow(
      /at \/0\/on: .*allowed: meta, rateLimit.*issues\.list[^]*at \/1\/fault\/name: .*allowed: primary, secondary, content[^]*at \/2\/fault/,
    );
  });

  it("of every kind together leave the same world to be read", async () => {
    const world = GitHub.many({ issues: 120 });
    const calm = await startGitHub({ world });
    const wild = await startGitHub({
      world,
      clock: Clock.real(),
      faults: GitHub.everyFault({ chance: 0.01, hangs: false }),
    });
    const calmRows = await readAll(calm);
    expect(calmRows).toHaveLength(120);
    expect(await readAll(wild)).toEqual(calmRows);
  });
});

/** Reads until it has every page whole. */
const readAll = async (fake: GitHub.GitHub): Promise<ReadonlyArray<unknown>> => {
  const rows: Array<unknown> = [];
  for (let page = 1; page <= 3;) {
    try {
      const signal = AbortSignal.timeout(1000);
      const headers = { authorization: `Bearer ${fake.token}` };
      const url = `${fake.url}${list}?state=all&per_page=50&page=${page}`;
      const response = await fake.fetch(url, { headers, signal, redirect: "manual" });
      const body = (await response.json()) as ReadonlyArray<{ number: number; title: string }>;
      const isWhole = response.status === 200 && body.every(({ number }) => number > 0);
      if (!isWhole) continue;
      rows.push(...body.map(({ number, title }) => [number, title]));
      page += 1;
    } catch {
      continue;
    }
  }
  return rows;
};
