import { describe, expect, it } from "vitest";
import { GitHub } from "../src/index.ts";
import { ask, fetchFrom, numbersAt, shopOf, startGitHub } from "./support/github.ts";

const list = "/repos/acme/shop/issues";

describe("the list of issues", () => {
  it("is of what is open, newest first, with pull requests in it", async () => {
    const fake = await startGitHub({
      world: shopOf([{}, { state: "closed" }, { pull: true }, {}]),
    });
    const { body } = await ask(fake, list);
    expect(body.map((issue) => issue["number"])).toEqual([4, 3, 1]);
    expect(body.map((issue) => "pull_request" in issue)).toEqual([false, true, false]);
    expect(await numbersAt(fake, `${list}?state=all`)).toEqual([4, 3, 2, 1]);
    expect(await numbersAt(fake, `${list}?state=closed`)).toEqual([2]);
    expect(fake.violations()).toEqual([]);
  });

  it("is filtered by labels that must all be there, without case", async () => {
    const fake = await startGitHub({
      world: shopOf([{ labels: ["Bug", "ui"] }, { labels: ["bug"] }, {}]),
    });
    expect(await numbersAt(fake, `${list}?labels=bug`)).toEqual([2, 1]);
    expect(await numbersAt(fake, `${list}?labels=BUG,ui`)).toEqual([1]);
    expect(await numbersAt(fake, `${list}?labels=nothing`)).toEqual([]);
  });

  it("is filtered by milestone, assignee, creator, mention and type", async () => {
    const fake = await startGitHub({
      world: shopOf([
        { milestone: "v1", assignees: ["ann"], author: "ann", type: "Bug" },
        { body: "ask @Ann about it" },
      ]),
    });
    for (const [filter, found] of [
      ["milestone=1", [1]],
      ["milestone=none", [2]],
      ["milestone=*", [1]],
      ["assignee=ANN", [1]],
      ["assignee=none", [2]],
      ["assignee=*", [1]],
      ["creator=ann", [1]],
      ["mentioned=ann", [2]],
      ["type=bug", [1]],
      ["type=none", [2]],
    ] as const) {
      expect([filter, await numbersAt(fake, `${list}?${filter}`)]).toEqual([filter, found]);
    }
    expect(fake.violations()).toEqual([]);
  });

  it("is sorted by creation, update or comments, both ways", async () => {
    const fake = await startGitHub({
      world: shopOf([
        {
          createdAt: "2025-12-01",
          updatedAt: "2025-12-09",
          comments: [{ body: "a", at: "2025-12-02" }],
        },
        { createdAt: "2025-12-02", updatedAt: "2025-12-03" },
      ]),
    });
    expect(await numbersAt(fake, `${list}?sort=created&direction=asc`)).toEqual([1, 2]);
    expect(await numbersAt(fake, `${list}?sort=updated`)).toEqual([1, 2]);
    expect(await numbersAt(fake, `${list}?sort=comments&direction=asc`)).toEqual([2, 1]);
  });

  it("leaves out what was not updated since, and keeps what was at that very second", async () => {
    const fake = await startGitHub({
      world: shopOf([{ updatedAt: "2025-12-09T00:00:01Z" }, { updatedAt: "2025-12-09T00:00:00Z" }]),
    });
    expect(await numbersAt(fake, `${list}?since=2025-12-09T00:00:01Z`)).toEqual([1]);
  });

  it("has pages that lead on by the number of the repository, 100 rows at most", async () => {
    const fake = await startGitHub({ world: shopOf(Array.from({ length: 250 }, () => ({}))) });
    const { body, headers } = await ask(fake, `${list}?per_page=500`);
    expect(body).toHaveLength(100);
    const next = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1] ?? "";
    expect(next).toMatch(
      new RegExp(`^${fake.url}/repositories/\\d+/issues\\?per_page=500&page=2$`),
    );
    const second = await ask(fake, next);
    expect(second.body).toHaveLength(100);
    expect(second.headers.get("link")).toMatch(/rel="prev".*rel="next".*rel="last".*rel="first"/);
    const third = await ask(fake, next.replace("page=2", "page=3"));
    expect(third.body).toHaveLength(50);
    expect(third.headers.get("link")).not.toContain('rel="next"');
    expect(fake.violations()).toEqual([]);
  });

  it("is gone where issues are disabled", async () => {
    const fake = await startGitHub({ world: shopOf([], { issuesDisabled: true }) });
    expect((await ask(fake, list)).status).toBe(410);
  });
});

describe("an issue", () => {
  it("tells how many of its blockers are open, and how many there are", async () => {
    const fake = await startGitHub({
      world: shopOf([{ state: "closed" }, {}, { blockedBy: ["#1", "#2"] }]),
    });
    const { body } = await ask(fake, `${list}/3`);
    expect(body["issue_dependencies_summary"]).toEqual({
      blocked_by: 1,
      blocking: 0,
      total_blocked_by: 2,
      total_blocking: 0,
    });
    expect(await numbersAt(fake, `${list}/3/dependencies/blocked_by`)).toEqual([1, 2]);
    expect(await numbersAt(fake, `${list}/2/dependencies/blocking`)).toEqual([3]);
  });

  it("has ids above 2^31 and a number of its own", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { body } = await ask(fake, `${list}/1`);
    expect(body["id"]).toBeGreaterThan(2 ** 31);
    expect(body["number"]).toBe(1);
  });

  it("knows its parent and its children; a top-level issue is refused in other words than a missing one", async () => {
    const fake = await startGitHub({
      world: shopOf([{ subIssues: ["#2", "#3"] }, { state: "closed" }, {}]),
    });
    const { body } = await ask(fake, `${list}/1`);
    expect(body["sub_issues_summary"]).toEqual({ total: 2, completed: 1, percent_completed: 50 });
    expect(await numbersAt(fake, `${list}/1/sub_issues`)).toEqual([2, 3]);
    expect((await ask(fake, `${list}/2/parent`)).body["number"]).toBe(1);
    expect((await ask(fake, `${list}/2`)).body["parent_issue_url"]).toBe(`${fake.url}${list}/1`);
    const top = await ask(fake, `${list}/1/parent`);
    expect([top.status, top.body["message"]]).toEqual([404, "No parent issue found"]);
    expect((await ask(fake, `${list}/9/parent`)).body["message"]).toBe("Not Found");
  });

  it("has no author when that account is gone", async () => {
    const fake = await startGitHub({
      world: shopOf([{ author: null, comments: [{ body: "x", by: null }] }]),
    });
    const { body } = await ask(fake, `${list}/1`);
    expect([body["user"], body["author_association"]]).toEqual([null, "NONE"]);
    expect((await ask(fake, `${list}/1/comments`)).body[0]?.["user"]).toBe(null);
    expect(fake.violations()).toEqual([]);
  });
});

describe("a conditional request", () => {
  it("costs nothing while nothing has changed, and is answered anew after a change", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const etag = (await ask(fake, list)).headers.get("etag") ?? "";
    const same = await ask(fake, list, { headers: { "if-none-match": etag } });
    expect([same.status, same.body]).toEqual([304, undefined]);
    expect(same.headers.get("x-ratelimit-used")).toBe("1");
    fake.people.close("acme/shop#1");
    const changed = await ask(fake, list, { headers: { "if-none-match": etag } });
    expect([changed.status, changed.body]).toEqual([200, []]);
    expect(fake.summary()).toMatchObject({ notModified: 1, points: { core: 2 } });
  });

  it("has no body to spoil in a 304", async () => {
    const fake = await startGitHub({
      world: shopOf([{}]),
      faults: [{ on: "issues.list", calls: { from: 2 }, fault: { kind: "slow-body", seconds: 0 } }],
    });
    const etag = (await ask(fake, list)).headers.get("etag")!;
    const same = await ask(fake, list, { headers: { "if-none-match": etag } });
    expect([same.status, same.body]).toEqual([304, undefined]);
  });

  it("is answered with 304 over the network too", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const headers = { authorization: `Bearer ${fake.token}` };
    const first = await fetch(fake.api + list, { headers });
    await first.arrayBuffer();
    const etag = first.headers.get("etag") ?? "";
    const second = await fetch(fake.api + list, { headers: { ...headers, "if-none-match": etag } });
    expect([second.status, await second.text()]).toEqual([304, ""]);
  });

  it("has a tag of its own for each token", async () => {
    const world = {
      ...shopOf([{}]),
      tokens: ["a", "b"].map((token) => ({
        token,
        kind: "classic" as const,
        user: "operator",
        scopes: ["repo"],
      })),
    };
    const fake = await startGitHub({ world });
    const [a, b] = await Promise.all(["a", "b"].map((token) => ask(fake, list, { token })));
    expect(a?.headers.get("etag")).not.toBe(b?.headers.get("etag"));
  });
});

describe("a renamed repository", () => {
  it("leads a reader on with 301", async () => {
    const fake = await startGitHub({ world: shopOf([{}], { formerly: ["acme/store"] }) });
    const { status, headers } = await ask(fake, "/repos/acme/store/issues?state=all");
    expect(status).toBe(301);
    const location = headers.get("location") ?? "";
    expect(location).toMatch(/\/repositories\/\d+\/issues\?state=all$/);
    expect(await numbersAt(fake, location)).toEqual([1]);
  });
});

describe("the other endpoints", () => {
  it("answer as the specification says", async () => {
    const fake = await startGitHub({ world: GitHub.many({ issues: 30, pulls: 2 }) });
    for (const path of [
      "/meta",
      "/user",
      "/rate_limit",
      "/repos/acme/shop",
      "/repos/acme/shop/collaborators/member/permission",
      "/repos/acme/shop/labels",
      "/repos/acme/shop/milestones?state=all",
      "/repos/acme/shop/pulls?state=all",
      "/repos/acme/shop/pulls/31",
      `${list}?state=all`,
      `${list}/12`,
      `${list}/12/comments`,
      `${list}/9/dependencies/blocked_by`,
      `${list}/9/dependencies/blocking`,
      `${list}/1/sub_issues`,
      `${list}/12/parent`,
      `${list}/comments?sort=updated&direction=desc`,
    ]) {
      expect([path, (await ask(fake, path)).status]).toEqual([path, 200]);
    }
    expect(fake.violations()).toEqual([]);
  });

  it("filter pull requests by head only when it names its owner", async () => {
    const fake = await startGitHub({
      world: shopOf([{ pull: { head: "a" } }, { pull: { head: "b", merged: true } }]),
    });
    const pulls = "/repos/acme/shop/pulls?state=all";
    expect(await numbersAt(fake, `${pulls}&head=acme:a`)).toEqual([1]);
    expect(await numbersAt(fake, `${pulls}&head=a`)).toEqual([2, 1]);
    expect((await ask(fake, "/repos/acme/shop/pulls/2")).body["merged"]).toBe(true);
  });
});

describe("what a client gets wrong", () => {
  it("is written down: unknown paths, unknown parameters, values that are not allowed", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    expect((await ask(fake, "/repos/acme/shop/isues")).status).toBe(404);
    expect((await ask(fake, `${list}?label=bug`)).status).toBe(200);
    expect((await ask(fake, `${list}?state=opened`)).status).toBe(422);
    expect((await ask(fake, `${list}?since=yesterday`)).status).toBe(422);
    await ask(fake, list, { headers: { "x-github-api-version": "2023-01-01" } });
    expect(fake.violations()).toEqual([
      expect.stringContaining("the fake does not know GET /repos/acme/shop/isues"),
      expect.stringContaining("query parameter label is not in the specification"),
      expect.stringContaining("query.state: Input should be one of open, closed, all"),
      expect.stringContaining("query.since"),
      expect.stringContaining("x-github-api-version 2023-01-01 is none of 2022-11-28"),
    ]);
  });
});

describe("a server of one's own", () => {
  it("has its API under /api/v3 and says its version", async () => {
    const fake = await startGitHub({ server: { version: "3.19.0" }, world: shopOf([{}]) });
    const { body, headers } = await ask(fake, `${list}?per_page=1&state=all`);
    expect(body[0]?.["url"]).toBe(`${fake.url}/api/v3${list}/1`);
    expect(headers.get("x-github-enterprise-version")).toBe("3.19.0");
    expect((await ask(fake, "/meta")).body["installed_version"]).toBe("3.19.0");
    expect((await fetchFrom(fake, fake.url + list)).status).toBe(404);
  });

  it("knows no dependencies before 3.19", async () => {
    const fake = await startGitHub({
      server: { version: "3.18.2" },
      world: shopOf([{}, { blockedBy: ["#1"] }]),
    });
    expect((await ask(fake, `${list}/2`)).body).not.toHaveProperty("issue_dependencies_summary");
    expect((await ask(fake, `${list}/2/dependencies/blocked_by`)).status).toBe(404);
  });
});
