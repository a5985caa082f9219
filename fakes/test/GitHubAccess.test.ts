import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { GitHub } from "../src/index.ts";
import { ask, numbersAt, query, queryShop, startGitHub } from "./support/github.ts";

const world: GitHub.WorldInput = {
  users: ["operator", "reader", "eve"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      private: true,
      permissions: { operator: "admin", reader: "read" },
      issues: [{}, { blockedBy: ["#1", "acme/vault#1"] }, { pull: true }],
    },
    { name: "acme/vault", private: true, permissions: { operator: "admin" }, issues: [{}] },
    { name: "acme/open", issues: [{}] },
  ],
  projects: [
    { owner: "acme", items: ["acme/shop#1"] },
    { owner: "operator", title: "Mine" },
  ],
  tokens: [
    { token: "classic", kind: "classic", user: "operator", scopes: ["repo", "read:project"] },
    { token: "no-scope", kind: "classic", user: "operator", scopes: [] },
    { token: "no-project", kind: "classic", user: "operator", scopes: ["repo"] },
    { token: "reader", kind: "classic", user: "reader", scopes: ["repo"] },
    { token: "fine", kind: "fine-grained", user: "operator", permissions: { issues: "read" } },
    {
      token: "one",
      kind: "fine-grained",
      user: "operator",
      permissions: { issues: "read" },
      repos: ["acme/shop"],
    },
    { token: "bare", kind: "fine-grained", user: "operator", permissions: { contents: "read" } },
    {
      token: "boards",
      kind: "fine-grained",
      user: "operator",
      permissions: { organization_projects: "read" },
    },
    {
      token: "workflow",
      kind: "actions",
      repo: "acme/shop",
      permissions: { issues: "read", pull_requests: "read" },
    },
    {
      token: "old",
      kind: "classic",
      user: "operator",
      scopes: ["repo"],
      expiresAt: "2026-01-01T01:00:00Z",
    },
  ],
};

const list = "/repos/acme/shop/issues";

describe("a token on REST", () => {
  it("must be known and must not have expired", async () => {
    const fake = await startGitHub({ world });
    expect(await ask(fake, list, { token: "nonsense" })).toMatchObject({
      status: 401,
      body: { message: "Bad credentials" },
    });
    expect((await ask(fake, list, { token: "old" })).status).toBe(200);
    await fake.advance(3601);
    expect((await ask(fake, list, { token: "old" })).status).toBe(401);
    fake.tokens.revoke("classic");
    expect((await ask(fake, list, { token: "classic" })).status).toBe(401);
  });

  it("does not see a private repository without the scope, the permission or the selection", async () => {
    const fake = await startGitHub({ world });
    const statusOf = async (token: string | null, path: string) =>
      (await ask(fake, path, { token })).status;
    expect(await statusOf("no-scope", list)).toBe(404);
    expect(await statusOf(null, list)).toBe(404);
    expect(await statusOf("reader", "/repos/acme/vault/issues")).toBe(404);
    expect(await statusOf("one", "/repos/acme/vault/issues")).toBe(404);
    expect(await statusOf("workflow", "/repos/acme/vault/issues")).toBe(404);
    expect(await statusOf(null, "/repos/acme/open/issues")).toBe(200);
    expect(await statusOf("no-scope", "/repos/acme/open/issues")).toBe(200);
  });

  it("is told which permission it lacks in a repository that it sees", async () => {
    const fake = await startGitHub({ world });
    const { status, headers, body } = await ask(fake, list, { token: "bare" });
    expect([status, body["message"]]).toEqual([
      403,
      "Resource not accessible by personal access token",
    ]);
    expect(headers.get("x-accepted-github-permissions")).toBe("issues=read");
    expect(headers.get("x-oauth-scopes")).toBe(null);
  });

  it("is told its scopes when it is a classic one", async () => {
    const fake = await startGitHub({ world });
    const { headers } = await ask(fake, list);
    expect(headers.get("x-oauth-scopes")).toBe("repo, read:project");
    expect(headers.get("x-accepted-github-permissions")).toBe(null);
  });

  it("sees no pull requests without that permission, and no issue of a repository it does not see", async () => {
    const fake = await startGitHub({ world });
    expect(await numbersAt(fake, list, { token: "fine" })).toEqual([2, 1]);
    expect(await numbersAt(fake, list, { token: "workflow" })).toEqual([3, 2, 1]);
    const blockers = await ask(fake, `${list}/2/dependencies/blocked_by`, { token: "one" });
    expect(blockers.body).toHaveLength(1);
    const { body } = await ask(fake, `${list}/2`, { token: "one" });
    expect(body["issue_dependencies_summary"]).toMatchObject({ total_blocked_by: 2 });
  });

  it("must be of somebody who may push to be told what others may", async () => {
    const fake = await startGitHub({ world });
    const path = (login: string) => `/repos/acme/shop/collaborators/${login}/permission`;
    const refused = await ask(fake, path("operator"), { token: "reader" });
    expect(refused).toMatchObject({
      status: 403,
      body: { message: "Must have push access to view collaborator permission." },
    });
    const levels = async (login: string) =>
      (await ask(fake, path(login), { token: "workflow" })).body["permission"];
    expect(await levels("operator")).toBe("admin");
    expect(await levels("reader")).toBe("read");
    expect(await levels("eve")).toBe("none");
    expect((await ask(fake, path("nobody"))).status).toBe(404);
    fake.people.setPermission("acme/shop", "eve", "maintain");
    const { body } = await ask(fake, path("eve"));
    expect([body["permission"], body["role_name"]]).toEqual(["write", "maintain"]);
  });

  it("of a workflow is nobody", async () => {
    const fake = await startGitHub({ world });
    expect((await ask(fake, "/user")).body["login"]).toBe("operator");
    expect(await ask(fake, "/user", { token: "workflow" })).toMatchObject({
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
  });
});

describe("a token on GraphQL", () => {
  const board = `{ organization(login: "acme") { projectV2(number: 1) { title } } }`;
  const errorOf = async (fake: GitHub.GitHub, text: string, token: string) => {
    const { data, errors } = await query(fake, text, { token });
    return { data, type: errors?.[0]?.["type"], message: errors?.[0]?.["message"] };
  };

  it("is needed", async () => {
    const fake = await startGitHub({ world });
    expect((await query(fake, "{ viewer { login } }", { token: null })).status).toBe(401);
  });

  it("needs a scope for boards, and without it the whole query is refused", async () => {
    const fake = await startGitHub({ world });
    expect((await query(fake, board)).data).toEqual({
      organization: { projectV2: { title: "Board 1" } },
    });
    expect(await errorOf(fake, board, "no-project")).toEqual({
      data: undefined,
      type: "INSUFFICIENT_SCOPES",
      message: expect.stringContaining("['read:project']"),
    });
  });

  it("of a workflow has no boards, a fine-grained one those of organisations only", async () => {
    const fake = await startGitHub({ world });
    expect(await errorOf(fake, board, "workflow")).toEqual({
      data: { organization: { projectV2: null } },
      type: "FORBIDDEN",
      message: "Resource not accessible by integration",
    });
    expect((await query(fake, board, { token: "boards" })).errors).toBe(undefined);
    expect(await errorOf(fake, board, "fine")).toMatchObject({ type: "FORBIDDEN" });
    const mine = `{ user(login: "operator") { projectV2(number: 1) { title } } }`;
    expect((await query(fake, mine)).errors).toBe(undefined);
    expect(await errorOf(fake, mine, "boards")).toMatchObject({ type: "FORBIDDEN" });
  });

  it("that may not read issues is forbidden to, where the repository is there", async () => {
    const fake = await startGitHub({ world });
    const { shop, errors } = await queryShop(fake, "name issue(number: 1) { title }", "bare");
    expect(shop).toEqual({ name: "shop", issue: null });
    expect(errors).toMatchObject([{ type: "FORBIDDEN", path: ["repository", "issue"] }]);
    const hidden = `{ repository(owner: "acme", name: "vault") { name } }`;
    expect(await errorOf(fake, hidden, "one")).toMatchObject({ type: "NOT_FOUND" });
  });

  it("sees the blockers that it may see", async () => {
    const fake = await startGitHub({ world });
    const selection = "issue(number: 2) { blockedBy(first: 9) { totalCount } }";
    const count = async (token: string) =>
      (await queryShop(fake, selection, token)).shop?.["issue"];
    expect(await count("classic")).toEqual({ blockedBy: { totalCount: 2 } });
    expect(await count("one")).toEqual({ blockedBy: { totalCount: 1 } });
  });
});

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

const jwtOf = (claims: object, key = privateKey) => {
  const text = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`;
};

describe("an app", () => {
  const withApp: GitHub.WorldInput = {
    ...world,
    apps: [
      {
        id: 77,
        publicKey,
        installation: {
          id: 5,
          owner: "acme",
          repos: ["shop"],
          permissions: { issues: "write", organization_projects: "read" },
        },
      },
    ],
  };
  const now = Date.UTC(2026, 0, 1) / 1000;
  const good = jwtOf({ iss: 77, iat: now - 10, exp: now + 300 });

  it("finds its installation and gets a token for an hour", async () => {
    const fake = await startGitHub({ world: withApp });
    const found = await ask(fake, "/repos/acme/shop/installation", { token: good });
    expect([found.status, found.body["id"]]).toEqual([200, 5]);
    const { status, body } = await ask(fake, "/app/installations/5/access_tokens", {
      token: good,
      method: "POST",
    });
    expect([status, body["expires_at"]]).toEqual([201, "2026-01-01T01:00:00Z"]);
    const token = body["token"] as string;
    expect(await numbersAt(fake, list, { token })).toEqual([2, 1]);
    expect((await ask(fake, "/repos/acme/vault/issues", { token })).status).toBe(404);
    const board = `{ organization(login: "acme") { projectV2(number: 1) { title } } }`;
    expect((await query(fake, board, { token })).errors).toBe(undefined);
    await fake.advance(3601);
    expect((await ask(fake, list, { token })).status).toBe(401);
    expect(fake.violations()).toEqual([]);
  });

  it("gets no more than it was given", async () => {
    const fake = await startGitHub({ world: withApp });
    const asked = (body: object) =>
      ask(fake, "/app/installations/5/access_tokens", { token: good, body });
    expect((await asked({ permissions: { issues: "read" } })).status).toBe(201);
    expect((await asked({ permissions: { contents: "read" } })).status).toBe(422);
    expect((await asked({ repositories: ["vault"] })).status).toBe(422);
  });

  it("is refused with a JWT that is forged, of nobody, over or too long", async () => {
    const fake = await startGitHub({ world: withApp });
    const other = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const claims = { iss: 77, iat: now - 10, exp: now + 300 };
    for (const token of [
      jwtOf(claims, other.privateKey),
      jwtOf({ ...claims, iss: 78 }),
      jwtOf({ ...claims, exp: now - 1 }),
      jwtOf({ ...claims, exp: now + 3600 }),
      jwtOf({ ...claims, iat: now + 60 }),
      "a.b.c",
    ]) {
      const { status } = await ask(fake, "/repos/acme/shop/installation", { token });
      expect(status).toBe(401);
    }
  });
});
