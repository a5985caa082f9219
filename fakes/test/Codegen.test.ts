import { describe, expect, it } from "vitest";
import { operations } from "../src/codegen/specification.ts";
import { Specification } from "../src/shared/Specification.ts";
import { ask, idsOf, itemsOf, launch, launchOf, paths } from "./support/client.ts";
import { startFake } from "./support/fake.ts";

const specification = new Specification(operations);
const problemsOf = (endpoint: string, answer: unknown) => {
  const operation = operations.find((each) => each.endpoint === endpoint)!;
  return specification.judgeAnswer(operation, answer);
};

describe("the endpoints", () => {
  it("launches a run that works at once and echoes its metadata", async () => {
    const fake = await startFake();
    const { status, body } = await launch(fake, "a");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      organization_id: 1,
      status: "ACTIVE",
      source_type: "API",
      result: null,
      github_pull_requests: [],
      metadata: launchOf("a").metadata,
      web_url: `https://codegen.com/agent/trace/${String(body["id"])}`,
    });
    expect(fake.launched()).toMatchObject([{ id: body["id"], task: "a", key: "k-a", userId: 11 }]);
  });

  it("completes a run after its time, with a pull request", async () => {
    const fake = await startFake();
    const { body } = await launch(fake, "a");
    await fake.advance(29);
    expect((await ask(fake, paths.run(body["id"]))).body["status"]).toBe("ACTIVE");
    await fake.advance(1);
    const ended = await ask(fake, paths.run(body["id"]));
    expect(ended.body["status"]).toBe("COMPLETE");
    expect(ended.body["github_pull_requests"]).toMatchObject([
      {
        url: "https://github.com/acme/shop/pull/1",
        head_branch_name: expect.stringMatching(/^codegen-bot\//),
      },
    ]);
  });

  it("answers every endpoint as the specification says", async () => {
    const fake = await startFake();
    const { body } = await launch(fake, "a");
    await fake.advance(60);
    const id = body["id"];
    const given = {
      create: body,
      get: (await ask(fake, paths.run(id))).body,
      list: (await ask(fake, paths.list)).body,
      logs: (await ask(fake, paths.logs(id))).body,
      repos: (await ask(fake, paths.repos)).body,
      models: (await ask(fake, paths.models)).body,
      organizations: (await ask(fake, paths.organizations)).body,
      me: (await ask(fake, paths.me)).body,
      resume: (await ask(fake, paths.resume, { body: { agent_run_id: id, prompt: "on" } })).body,
      ban: (await ask(fake, paths.ban, { body: { agent_run_id: id } })).body,
    };
    expect(Object.keys(given).sort()).toEqual(operations.map((each) => each.endpoint).sort());
    for (const [endpoint, answer] of Object.entries(given)) {
      expect([endpoint, problemsOf(endpoint, answer)]).toEqual([endpoint, []]);
    }
    expect(given.me).toMatchObject({ id: 11, github_username: "operator" });
    expect(given.repos).toMatchObject({ total: 1, items: [{ id: 7001, full_name: "acme/shop" }] });
    expect(given.models).toMatchObject({ default_model: "model-a" });
    expect(given.organizations).toMatchObject({ items: [{ id: 1, name: "Acme" }] });
    expect(given.logs).not.toHaveProperty("github_pull_requests");
    expect(fake.violations()).toEqual([]);
  });

  it("lists newest first, in pages", async () => {
    const fake = await startFake();
    const made = [];
    for (const task of ["a", "b", "c", "d", "e"])
      made.unshift((await launch(fake, task)).body["id"]);
    const first = await ask(fake, `${paths.list}?limit=2`);
    expect(first.body).toMatchObject({ total: 5, page: 1, size: 2, pages: 3 });
    const second = await ask(fake, `${paths.list}?limit=2&skip=2`);
    const third = await ask(fake, `${paths.list}?limit=2&skip=4`);
    expect(third.body).toMatchObject({ page: 3 });
    expect([first, second, third].flatMap(idsOf)).toEqual(made);
    expect((await ask(fake, `${paths.list}?skip=5`)).body).toMatchObject({ items: [], total: 5 });
  });

  it("lists by user and by source", async () => {
    const fake = await startFake();
    const mine = (await launch(fake, "a")).body["id"];
    const theirs = fake.addRun({ userId: 12 }).id;
    const chat = fake.addRun({ userId: 11, sourceType: "CHAT" }).id;
    expect(idsOf(await ask(fake, paths.list))).toEqual([chat, theirs, mine]);
    expect(idsOf(await ask(fake, `${paths.list}?user_id=11`))).toEqual([chat, mine]);
    expect(idsOf(await ask(fake, `${paths.list}?user_id=11&source_type=API`))).toEqual([mine]);
  });

  it("pages and reverses the logs", async () => {
    const fake = await startFake();
    const { body } = await launch(fake, "a");
    await fake.advance(30);
    const types = async (query: string) => {
      const { body: page } = await ask(fake, paths.logs(body["id"]) + query);
      return (page["logs"] as ReadonlyArray<Record<string, unknown>>).map(
        (log) => log["message_type"],
      );
    };
    expect(await types("")).toEqual(["ACTION", "FINAL_ANSWER"]);
    expect(await types("?reverse=true&limit=1")).toEqual(["FINAL_ANSWER"]);
    expect(await types("?skip=1")).toEqual(["FINAL_ANSWER"]);
  });

  it("stops a run that is banned, and every other that works on its pull request", async () => {
    const url = "https://github.com/acme/shop/pull/77";
    const fate = { seconds: 1, pullRequests: [{ url }], steps: [{ at: 2, status: "ACTIVE" }] };
    const fake = await startFake({ script: { fallback: fate } });
    const first = (await launch(fake, "a")).body["id"];
    const second = (await launch(fake, "b")).body["id"];
    await fake.advance(3);
    await ask(fake, paths.ban, { body: { agent_run_id: first } });
    for (const id of [first, second]) {
      expect((await ask(fake, paths.run(id))).body["status"]).toBe("CANCELLED");
    }
  });

  it("leaves a run that is over as it is when it is banned", async () => {
    const fake = await startFake();
    const { body } = await launch(fake, "a");
    await fake.advance(30);
    expect((await ask(fake, paths.ban, { body: { agent_run_id: body["id"] } })).status).toBe(200);
    expect((await ask(fake, paths.run(body["id"]))).body["status"]).toBe("COMPLETE");
  });
});

describe("refusals", () => {
  it("knows no caller without a good token", async () => {
    const fake = await startFake();
    expect((await ask(fake, paths.me, { token: null })).status).toBe(401);
    expect((await ask(fake, paths.me, { token: "wrong" })).status).toBe(401);
    expect(
      (await ask(fake, paths.me, { token: null, headers: { authorization: "x" } })).status,
    ).toBe(401);
  });

  it("lets nobody into an organization they are no member of", async () => {
    const fake = await startFake();
    const { status, body } = await ask(fake, "/v1/organizations/2/agent/runs");
    expect(status).toBe(403);
    expect(body).toEqual({
      message: "You do not have access to this organization.",
      status_code: 403,
    });
  });

  it("finds no run of another organization and none that does not exist", async () => {
    const orgs = [
      { id: 1, name: "Acme" },
      { id: 2, name: "Other" },
    ];
    const fake = await startFake({ orgs });
    const { id } = fake.addRun({ orgId: 2 });
    const wanted = { message: "Agent run not found.", status_code: 404 };
    expect((await ask(fake, paths.run(id))).body).toEqual(wanted);
    expect((await ask(fake, paths.run(5))).body).toEqual(wanted);
    expect((await ask(fake, paths.logs(5))).body).toEqual(wanted);
    expect((await ask(fake, paths.ban, { body: { agent_run_id: id } })).body).toEqual(wanted);
    const resume = { agent_run_id: id, prompt: "on" };
    expect((await ask(fake, paths.resume, { body: resume })).body).toEqual(wanted);
  });

  it("launches nothing in an organization without repositories", async () => {
    const fake = await startFake({ repos: [] });
    const { status, body } = await launch(fake, "a");
    expect([status, body["message"]]).toEqual([404, expect.stringMatching(/^No repos found/)]);
  });

  it("launches nothing beyond the plan", async () => {
    const fake = await startFake({ orgs: [{ id: 1, name: "Acme", agentRuns: 1 }] });
    await launch(fake, "a");
    const { status, body } = await launch(fake, "b");
    expect(status).toBe(402);
    expect(body["message"]).toMatch(/^Alloted agent runs/);
    expect(fake.launched()).toHaveLength(1);
  });

  it.for([
    ["no prompt", { metadata: {} }, ["body", "prompt"], "missing"],
    ["a prompt that is a number", { prompt: 1 }, ["body", "prompt"], "string_type"],
    ["a repo that is a name", { prompt: "x", repo_id: "a" }, ["body", "repo_id"], "integer_type"],
    ["metadata that is a list", { prompt: "x", metadata: [] }, ["body", "metadata"], "object_type"],
    ["an agent nobody has", { prompt: "x", agent_type: "y" }, ["body", "agent_type"], "enum"],
    [
      "an image that is no text",
      { prompt: "x", images: [1] },
      ["body", "images", 0],
      "string_type",
    ],
    ["a body that is no JSON", "{", ["body"], "json_invalid"],
    ["a body that is a list", [], ["body"], "object_type"],
    ["no body", "", ["body"], "missing"],
  ] as const)("answers 422 to a launch with %s", async ([, body, loc, type]) => {
    const fake = await startFake();
    const answer = await ask(fake, paths.create, { body });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ detail: [{ loc, type }] });
    expect(fake.violations()).toHaveLength(1);
    expect(fake.launched()).toEqual([]);
  });

  it.for(["?limit=101", "?limit=0", "?skip=-1", "?limit=ten", "?source_type=BOT", "?user_id=me"])(
    "answers 422 to a list with %s",
    async (query) => {
      const fake = await startFake();
      expect((await ask(fake, paths.list + query)).status).toBe(422);
      expect(fake.violations()).toHaveLength(1);
    },
  );

  it("answers 422 to an id that is no number", async () => {
    const fake = await startFake();
    expect((await ask(fake, paths.run("abc"))).body).toMatchObject({
      detail: [{ loc: ["path", "agent_run_id"], type: "integer_type" }],
    });
  });

  it("takes no body that is not said to be JSON", async () => {
    const fake = await startFake();
    const headers = { "content-type": "text/plain" };
    expect((await ask(fake, paths.create, { body: { prompt: "x" }, headers })).status).toBe(422);
  });

  it("passes over what the specification does not know, and notes it", async () => {
    const fake = await startFake();
    expect((await ask(fake, `${paths.list}?page=2`)).status).toBe(200);
    expect((await ask(fake, paths.create, { body: { prompt: "x", repoId: 1 } })).status).toBe(200);
    expect(fake.violations()).toEqual([
      "request 1 GET /v1/organizations/1/agent/runs?page=2: query parameter page is not in the specification and is ignored",
      "request 2 POST /v1/organizations/1/agent/run: body field repoId is not in the specification and is ignored",
    ]);
  });

  it("notes a repository and a model that are not the organization's", async () => {
    const fake = await startFake();
    await ask(fake, paths.create, { body: { prompt: "x", repo_id: 807_001, model: "gpt" } });
    expect(fake.violations()).toEqual([
      expect.stringContaining("body.model: gpt is not one of the models"),
      expect.stringContaining("body.repo_id: 807001 is no repository of the organization"),
    ]);
  });

  it("has no other paths and methods", async () => {
    const fake = await startFake();
    expect(await ask(fake, "/v1/agent/runs")).toMatchObject({
      status: 404,
      body: { detail: "Not Found" },
    });
    const wrong = await ask(fake, paths.create);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    expect(fake.violations()).toHaveLength(2);
  });
});

describe("limits", () => {
  const statuses = async (count: number, one: () => Promise<{ status: number }>) => {
    const seen = [];
    for (let index = 0; index < count; index++) seen.push((await one()).status);
    return seen.filter((status) => status === 429).length;
  };

  it("launches ten a minute for a token", async () => {
    const fake = await startFake();
    expect(await statuses(11, () => launch(fake, "a"))).toBe(1);
    await fake.advance(59);
    expect((await launch(fake, "a")).status).toBe(429);
    await fake.advance(1);
    expect(await statuses(11, () => launch(fake, "a"))).toBe(1);
  });

  it("counts all reads of a token together, sixty in thirty seconds", async () => {
    const fake = await startFake();
    expect(await statuses(30, () => ask(fake, paths.list))).toBe(0);
    expect(await statuses(31, () => ask(fake, paths.me))).toBe(1);
    await fake.advance(30);
    expect((await ask(fake, paths.repos)).status).toBe(200);
    expect(fake.audit.busiest("reads", 30)).toBe(61);
  });

  it("counts the logs apart, sixty a minute", async () => {
    const fake = await startFake();
    const { id } = fake.addRun();
    expect(await statuses(61, () => ask(fake, paths.logs(id)))).toBe(1);
    expect((await ask(fake, paths.me)).status).toBe(200);
    await fake.advance(30);
    expect((await ask(fake, paths.logs(id))).status).toBe(429);
  });

  it("counts each token for itself", async () => {
    const fake = await startFake({
      tokens: { one: 11, two: 12 },
      limits: { reads: { count: 1, seconds: 30 } },
    });
    expect((await ask(fake, paths.me)).status).toBe(200);
    expect((await ask(fake, paths.me)).status).toBe(429);
    expect((await ask(fake, paths.me, { token: "two" })).body["id"]).toBe(12);
  });

  it("says when to come back only if it is told to", async () => {
    for (const retryAfter of [true, false]) {
      const fake = await startFake({ limits: { creates: { count: 1, seconds: 60 }, retryAfter } });
      await launch(fake, "a");
      await fake.advance(20);
      const { status, headers, body } = await launch(fake, "b");
      expect(status).toBe(429);
      expect(headers.get("retry-after")).toBe(retryAfter ? "40" : null);
      expect(body).toEqual({
        message: "Rate limit exceeded. Please try again later.",
        status_code: 429,
      });
    }
  });

  it("can count by fixed windows, or not at all", async () => {
    const quota = { count: 1, seconds: 60 };
    const fixed = await startFake({ limits: { creates: quota, window: "fixed" } });
    await fixed.advance(59);
    expect(await statuses(2, () => launch(fixed, "a"))).toBe(1);
    await fixed.advance(1);
    expect(await statuses(2, () => launch(fixed, "a"))).toBe(1);
    const free = await startFake({ limits: { creates: null } });
    expect(await statuses(30, () => launch(free, "a"))).toBe(0);
    expect(itemsOf(await ask(free, paths.list))).toHaveLength(30);
  });
});

describe("the world", () => {
  it("is refused when it makes no sense", async () => {
    const repos = [{ id: 1, orgId: 1, name: "x" }] as never;
    await expect(startFake({ repos })).rejects.toThrow(/at \/repos\/0: .*'full_name'/);
    await expect(startFake({ tokens: { t: 99 } })).rejects.toThrow("user 99, who is not there");
  });
});
