import { describe, expect, it } from "vitest";
import { ask, fetchFrom, query, shopOf, startGitHub } from "./support/github.ts";

const shop = "/repos/acme/shop";

describe("comments", () => {
  it("are written, changed and deleted, and say by whom", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const made = await ask(fake, `${shop}/issues/1/comments`, { body: { body: "hello" } });
    expect(made).toMatchObject({
      status: 201,
      body: { body: "hello", user: { login: "operator" } },
    });
    const path = `${shop}/issues/comments/${String(made.body["id"])}`;
    await fake.advance(5);
    const changed = await ask(fake, path, { method: "PATCH", body: { body: "better" } });
    expect(changed).toMatchObject({
      status: 200,
      body: { body: "better", updated_at: "2026-01-01T00:00:05Z" },
    });
    expect((await ask(fake, `${shop}/issues/1/comments`)).body).toMatchObject([{ body: "better" }]);
    expect((await fetchFrom(fake, path, { method: "DELETE" })).status).toBe(204);
    expect((await ask(fake, path)).status).toBe(404);
    expect((await ask(fake, `${shop}/issues/1/comments`)).body).toEqual([]);
    expect(fake.violations()).toEqual([]);
  });
});

describe("labels", () => {
  it("are added, made where nobody knew them, and taken away", async () => {
    const fake = await startGitHub({ world: shopOf([{ labels: ["keep"] }]) });
    const path = `${shop}/issues/1/labels`;
    const added = await ask(fake, path, { body: { labels: ["Status: queued"] } });
    expect(added).toMatchObject({
      status: 200,
      body: [{ name: "keep" }, { name: "Status: queued", color: "ededed", description: null }],
    });
    const gone = await ask(fake, `${path}/status%3A%20Queued`, { method: "DELETE" });
    expect(gone).toMatchObject({ status: 200, body: [{ name: "keep" }] });
    const again = await ask(fake, `${path}/status%3A%20Queued`, { method: "DELETE" });
    expect(again).toMatchObject({ status: 404, body: { message: "Label does not exist" } });
    const body = { name: "new", color: "00ff00", description: "of ours" };
    expect((await ask(fake, `${shop}/labels`, { body })).status).toBe(201);
    expect(await ask(fake, `${shop}/labels`, { body })).toMatchObject({
      status: 422,
      body: { errors: [{ code: "already_exists" }] },
    });
    expect((await ask(fake, `${shop}/labels/new`)).body).toMatchObject(body);
    expect((await ask(fake, `${shop}/labels/none`)).status).toBe(404);
    await ask(fake, path, { method: "PUT", body: { labels: [] } });
    expect((await ask(fake, path)).body).toEqual([]);
    expect(fake.violations()).toEqual([]);
  });
});

describe("an issue", () => {
  it("is closed with a reason and opened again", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const path = `${shop}/issues/1`;
    const method = "PATCH";
    const closed = await ask(fake, path, {
      method,
      body: { state: "closed", state_reason: "completed" },
    });
    expect(closed.body).toMatchObject({
      state: "closed",
      state_reason: "completed",
      closed_by: { login: "operator" },
    });
    const opened = await ask(fake, path, { method, body: { state: "open" } });
    expect(opened.body).toMatchObject({ state: "open", state_reason: "reopened" });
    const made = await ask(fake, `${shop}/issues`, { body: { title: "Run", labels: ["run"] } });
    expect(made).toMatchObject({ status: 201, body: { number: 2, labels: [{ name: "run" }] } });
    expect(fake.violations()).toEqual([]);
  });
});

describe("a ref", () => {
  it("is created once, moved forward only, and deleted", async () => {
    const fake = await startGitHub();
    const base = `${shop}/git`;
    const main = (await ask(fake, `${base}/ref/heads/main`)).body["object"] as { sha: string };
    const root = (await ask(fake, `${base}/commits/${main.sha}`)).body;
    const tree = (root["tree"] as { sha: string }).sha;
    const commit = async (message: string, parents = [main.sha]) => {
      const made = await ask(fake, `${base}/commits`, { body: { message, tree, parents } });
      expect(made.status).toBe(201);
      return made.body["sha"] as string;
    };
    const [one, other] = [await commit("one"), await commit("other")];
    const ref = "refs/orchestrator/lease";
    expect(await ask(fake, `${base}/refs`, { body: { ref, sha: one } })).toMatchObject({
      status: 201,
      body: { ref, object: { sha: one, type: "commit" } },
    });
    expect(await ask(fake, `${base}/refs`, { body: { ref, sha: other } })).toMatchObject({
      status: 422,
      body: { message: "Reference already exists" },
    });
    const patch = (sha: string, force = false) =>
      ask(fake, `${base}/${ref}`, { method: "PATCH", body: { sha, force } });
    expect(await patch(other)).toMatchObject({
      status: 422,
      body: { message: "Update is not a fast forward" },
    });
    const next = await commit("two", [one]);
    expect(await patch(next)).toMatchObject({ status: 200, body: { object: { sha: next } } });
    const encoded = encodeURIComponent("orchestrator/lease");
    expect((await ask(fake, `${base}/ref/${encoded}`)).body).toMatchObject({ ref });
    expect((await ask(fake, `${base}/matching-refs/orchestrator/`)).body).toMatchObject([{ ref }]);
    expect((await fetchFrom(fake, `${base}/${ref}`, { method: "DELETE" })).status).toBe(204);
    expect((await ask(fake, `${base}/ref/orchestrator/lease`)).status).toBe(404);
    expect((await patch(next)).body).toMatchObject({ message: "Reference does not exist" });
    expect(fake.violations()).toEqual([]);
  });

  it("cannot be what another one has for a folder, nor lead to nothing", async () => {
    const fake = await startGitHub();
    const sha = fake.world.repo("acme/shop")!.git.tip("main")!.sha;
    const create = async (ref: string, to = sha) =>
      (await ask(fake, `${shop}/git/refs`, { body: { ref, sha: to } })).body["message"];
    expect(await create("refs/heads/a/b")).toBe(undefined);
    expect(await create("refs/heads/a")).toBe("Reference update failed");
    expect(await create("refs/heads/c", "0".repeat(40))).toBe("Object does not exist");
    expect(await create("heads/c")).toBe("heads/c is not a valid ref name.");
  });
});

describe("what is written", () => {
  it("is limited by the minute and by the hour, where people are told of it", async () => {
    const limits = { contentPerMinute: 2, contentPerHour: 3 };
    const fake = await startGitHub({ world: shopOf([{}]), limits });
    const write = async () =>
      (await ask(fake, `${shop}/issues/1/comments`, { body: { body: "x" } })).status;
    expect([await write(), await write(), await write()]).toEqual([201, 201, 403]);
    await fake.advance(60);
    expect([await write(), await write()]).toEqual([201, 403]);
    const refused = await ask(fake, `${shop}/issues/1/comments`, { body: { body: "x" } });
    expect(refused.body["message"]).toMatch(/temporarily blocked from content creation/);
    expect(refused.headers.get("date")).toBe("Thu, 01 Jan 2026 00:01:00 GMT");
    expect((await ask(fake, `${shop}/issues/1/labels`, { body: { labels: ["a"] } })).status).toBe(
      200,
    );
  });

  it("weighs five points of the minute", async () => {
    const fake = await startGitHub({ world: shopOf([{}]), limits: { corePerMinute: 6 } });
    const body = { labels: ["a"] };
    expect((await ask(fake, `${shop}/issues/1/labels`, { body })).status).toBe(200);
    expect((await ask(fake, `${shop}/issues/1/labels`)).status).toBe(200);
    expect((await ask(fake, `${shop}/issues/1/labels`)).status).toBe(403);
  });

  it("is there or not when an answer is lost, as the fault says", async () => {
    const on = "comments.create";
    const fake = await startGitHub({
      world: shopOf([{}]),
      faults: [
        { on, calls: 1, fault: { kind: "reset", effect: "none" } },
        { on, calls: 2, fault: { kind: "status", status: 502, effect: "done" } },
      ],
    });
    const write = () => ask(fake, `${shop}/issues/1/comments`, { body: { body: "x" } });
    await expect(write()).rejects.toThrow("fetch failed");
    expect(fake.judge.commentsOf("acme/shop#1")).toEqual([]);
    expect((await write()).status).toBe(502);
    expect(fake.judge.commentsOf("acme/shop#1")).toHaveLength(1);
  });

  it("needs a token that may, until it is revoked", async () => {
    const token = (name: string, permissions: Record<string, "read" | "write">) =>
      ({ token: name, kind: "fine-grained", user: "operator", permissions }) as const;
    const fake = await startGitHub({
      world: {
        ...shopOf([{}]),
        tokens: [token("reader", { issues: "read" }), token("writer", { pull_requests: "write" })],
      },
    });
    const write = (name: string) =>
      ask(fake, `${shop}/issues/1/comments`, { body: { body: "x" }, token: name });
    const refused = await write("reader");
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-accepted-github-permissions")).toBe(
      "issues=write; pull_requests=write",
    );
    expect((await write("writer")).status).toBe(201);
    fake.tokens.revoke("writer");
    expect((await write("writer")).status).toBe(401);
  });
});

describe("a mutation", () => {
  const run = (fake: Awaited<ReturnType<typeof startGitHub>>, field: string, token?: string) =>
    query(fake, `mutation { ${field} }`, token === undefined ? {} : { token });

  it("sets labels and writes comments, by node ids", async () => {
    const world = shopOf([{ labels: ["a"] }], { labels: ["b"] });
    const fake = await startGitHub({ world, limits: { contentPerMinute: 1 } });
    const [issue, b] = [
      fake.world.issue("acme/shop#1")!.nodeId,
      fake.world.repo("acme/shop")!.labels,
    ];
    const ids = (name: string) => b.find((label) => label.name === name)!.nodeId;
    const input = (name: string) =>
      `input: { labelableId: "${issue}", labelIds: ["${ids(name)}"] }`;
    const shown = "labelable { labels(first: 9) { nodes { name } } }";
    const added = await run(fake, `addLabelsToLabelable(${input("b")}) { ${shown} }`);
    expect(added.errors).toBe(undefined);
    const left = await run(fake, `removeLabelsFromLabelable(${input("a")}) { ${shown} }`);
    expect(left.data).toEqual({
      removeLabelsFromLabelable: { labelable: { labels: { nodes: [{ name: "b" }] } } },
    });
    const comment = `addComment(input: { subjectId: "${issue}", body: "hello" }) { commentEdge { node { body } } }`;
    expect((await run(fake, comment)).data).toEqual({
      addComment: { commentEdge: { node: { body: "hello" } } },
    });
    expect((await run(fake, comment)).status).toBe(403);
    expect(fake.audit.entries.filter(({ effect }) => effect !== null)).toHaveLength(3);
    expect(fake.violations()).toEqual([]);
  });

  it("is refused to who may not, and an integration acts as its bot", async () => {
    const permissions = { issues: "write" } as const;
    const fake = await startGitHub({
      world: {
        ...shopOf([{ pull: true }], { protection: { main: { queue: true } } }),
        tokens: [{ token: "g", kind: "actions", repo: "acme/shop", permissions }],
      },
    });
    const id = fake.world.issue("acme/shop#1")!.nodeId;
    const enqueue = `enqueuePullRequest(input: { pullRequestId: "${id}" }) { mergeQueueEntry { id } }`;
    expect((await run(fake, enqueue)).errors).toMatchObject([
      { type: "FORBIDDEN", message: "Resource not accessible by integration" },
    ]);
    await ask(fake, `${shop}/issues/1/comments`, { body: { body: "x" } });
    expect(fake.judge.commentsOf("acme/shop#1")).toMatchObject([{ by: "github-actions[bot]" }]);
    expect((await query(fake, "{ viewer { login } }")).data).toEqual({
      viewer: { login: "github-actions[bot]" },
    });
  });
});

describe("a repository", () => {
  it("takes nothing when it is archived, and has no git when it is empty", async () => {
    const fake = await startGitHub({
      world: {
        ...shopOf([{}], { archived: true }),
        repos: [
          { name: "acme/shop", archived: true, permissions: { operator: "admin" }, issues: [{}] },
          { name: "acme/bare", empty: true, permissions: { operator: "admin" } },
        ],
      },
    });
    expect(await ask(fake, `${shop}/issues/1/comments`, { body: { body: "x" } })).toMatchObject({
      status: 403,
      body: { message: "Repository was archived so is read-only." },
    });
    expect(await ask(fake, "/repos/acme/bare/git/ref/heads/main")).toMatchObject({
      status: 409,
      body: { message: "Git Repository is empty." },
    });
  });

  it("tells who may push how it may be merged, and its rules", async () => {
    const fake = await startGitHub({
      world: shopOf([], {
        merging: { merge: false },
        protection: { main: { checks: ["build"], reviews: 1, linear: true, queue: true } },
      }),
    });
    expect((await ask(fake, shop)).body).toMatchObject({
      allow_merge_commit: false,
      allow_squash_merge: true,
      allow_auto_merge: true,
    });
    const rules = (await ask(fake, `${shop}/rules/branches/main`)).body;
    expect(rules.map(({ type }) => type)).toEqual([
      "required_linear_history",
      "pull_request",
      "required_status_checks",
      "merge_queue",
    ]);
    expect((await ask(fake, `${shop}/branches/main`)).body).toMatchObject({
      protected: true,
      protection: { required_status_checks: { contexts: ["build"] } },
    });
    expect(fake.violations()).toEqual([]);
  });

  it("has commits with statuses of its own and those of clients", async () => {
    const checks = [{ name: "deploy", status: true, seconds: 5 }];
    const fake = await startGitHub({ world: shopOf([{ pull: { checks } }]) });
    fake.people.push("acme/shop#1");
    const { sha } = fake.world.issue("acme/shop#1")!.pull!;
    const combined = async () => (await ask(fake, `${shop}/commits/${sha}/status`)).body["state"];
    expect(await combined()).toBe("pending");
    await fake.advance(5);
    expect(await combined()).toBe("success");
    const body = { state: "failure", context: "ours", description: "no" };
    expect((await ask(fake, `${shop}/statuses/${sha}`, { body })).status).toBe(201);
    expect(await combined()).toBe("failure");
    expect((await ask(fake, `${shop}/commits/${sha}/statuses`)).body).toHaveLength(2);
    expect((await ask(fake, `${shop}/commits/${sha}/pulls`)).body).toMatchObject([{ number: 1 }]);
    expect((await ask(fake, `${shop}/commits/${sha}`)).body).toMatchObject({ sha });
    expect((await ask(fake, `${shop}/pulls/1/commits`)).body).toHaveLength(2);
    expect((await ask(fake, `${shop}/compare/main...branch-1`)).body).toMatchObject({
      status: "ahead",
      ahead_by: 2,
    });
    expect(fake.violations()).toEqual([]);
  });
});
