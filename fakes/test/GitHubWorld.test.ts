import { describe, expect, it } from "vitest";
import { GitHub } from "../src/index.ts";
import { ask, numbersAt, query, shopOf, startGitHub } from "./support/github.ts";

const list = "/repos/acme/shop/issues";

describe("what people do", () => {
  it("moves the time of the last update, except for ties between issues", async () => {
    const fake = await startGitHub({ world: shopOf([{}, {}, {}]) });
    const updated = async () => (await ask(fake, `${list}/1`)).body["updated_at"];
    const before = await updated();
    await fake.advance(60);
    fake.people.block("acme/shop#1", "acme/shop#2");
    fake.people.adopt("acme/shop#1", "acme/shop#3");
    expect(await updated()).toBe(before);
    fake.people.label("acme/shop#1", "bug");
    expect(await updated()).toBe("2026-01-01T00:01:00Z");
    await fake.advance(60);
    fake.people.label("acme/shop#1", "bug");
    expect(await updated()).toBe("2026-01-01T00:01:00Z");
    fake.people.comment("acme/shop#1", "hello");
    expect(await updated()).toBe("2026-01-01T00:02:00Z");
  });

  it("closes, reopens, edits, assigns, plans and ties again", async () => {
    const fake = await startGitHub({ world: shopOf([{}, { blockedBy: ["#1"], parent: "#1" }]) });
    const { people } = fake;
    people.close("acme/shop#1", { reason: "not_planned", by: "ann" });
    expect((await ask(fake, `${list}/1`)).body).toMatchObject({
      state: "closed",
      state_reason: "not_planned",
      closed_by: { login: "ann" },
      closed_at: "2026-01-01T00:00:00Z",
    });
    people.reopen("acme/shop#1");
    people.edit("acme/shop#1", { title: "New", body: "new" });
    people.assign("acme/shop#1", ["ann", "bob"]);
    people.plan("acme/shop#1", "v2");
    people.unblock("acme/shop#2", "acme/shop#1");
    people.adopt("acme/shop#2", null);
    expect((await ask(fake, `${list}/1`)).body).toMatchObject({
      state: "open",
      state_reason: "reopened",
      title: "New",
      body: "new",
      assignees: [{ login: "ann" }, { login: "bob" }],
      milestone: { title: "v2", open_issues: 1 },
      sub_issues_summary: { total: 0 },
      issue_dependencies_summary: { total_blocking: 0 },
    });
    people.plan("acme/shop#1", null);
    expect((await ask(fake, `${list}/1`)).body["milestone"]).toBe(null);
    expect(fake.violations()).toEqual([]);
  });

  it("merges a pull request and closes what it names", async () => {
    const fake = await startGitHub({ world: shopOf([{}, { pull: { closes: ["#1"] } }]) });
    fake.people.merge("acme/shop#2");
    expect((await ask(fake, `${list}/1`)).body["state"]).toBe("closed");
    expect((await ask(fake, `${list}/2`)).body["pull_request"]).toMatchObject({
      merged_at: "2026-01-01T00:00:00Z",
    });
    expect(() => fake.people.merge("acme/shop#1")).toThrow("only a pull request is merged");
  });

  it("moves cards, with values that their fields can hold", async () => {
    const fake = await startGitHub({
      world: {
        ...shopOf([{}]),
        projects: [{ owner: "acme", fields: { Status: ["Todo", "Done"] } }],
        tokens: [{ token: "t", kind: "classic", user: "operator", scopes: ["project", "repo"] }],
        orgs: [{ login: "acme", members: ["operator"] }],
      },
    });
    const board = fake.people.board("acme");
    fake.people.addItem(board, "acme/shop#1");
    fake.people.setValue("acme/shop#1", board, "Status", "Done");
    expect(() => fake.people.setValue("acme/shop#1", board, "Status", "Dome")).toThrow(
      "the field Status has no Dome; it has Todo, Done",
    );
    expect(() => fake.people.setValue("acme/shop#1", board, "State", "Done")).toThrow(
      /has no field State; it has Title, .*Status/,
    );
    const { data } = await query(
      fake,
      `{ organization(login: "acme") { projectV2(number: 1) { items(first: 5) { nodes { fieldValueByName(name: "Status") { ... on ProjectV2ItemFieldSingleSelectValue { name } } } } } } }`,
    );
    expect(data).toEqual({
      organization: { projectV2: { items: { nodes: [{ fieldValueByName: { name: "Done" } }] } } },
    });
  });

  it("renames a repository and makes it private", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    fake.people.renameRepo("acme/shop", "store");
    expect((await ask(fake, list)).status).toBe(301);
    expect((await ask(fake, "/repos/acme/store")).body["full_name"]).toBe("acme/store");
    fake.people.setPrivate("acme/store", true);
    expect((await ask(fake, "/repos/acme/store", { token: null })).status).toBe(404);
  });

  it("is refused for an issue that is not there", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    expect(() => fake.people.close("acme/shop#7")).toThrow("the world has no issue acme/shop#7");
    expect(() => fake.people.open("acme/nothing")).toThrow("no repository acme/nothing");
  });
});

describe("a world", () => {
  it("may tell of edits, renames and labels that were taken away", async () => {
    const fake = await startGitHub({
      world: shopOf([
        {
          title: "New",
          labels: [{ name: "ok", by: "ann", at: "2025-12-20" }],
          unlabeled: ["old"],
          edited: { at: "2025-12-21", by: "eve" },
          renamed: [{ from: "Old", at: "2025-12-22", by: "eve" }],
        },
      ]),
    });
    const { data } = await query(
      fake,
      `{ repository(owner: "acme", name: "shop") { issue(number: 1) { lastEditedAt editor { login } updatedAt
         timelineItems(first: 9) { nodes { __typename ... on LabeledEvent { actor { login } } } } } } }`,
    );
    expect(data).toEqual({
      repository: {
        issue: {
          lastEditedAt: "2025-12-21T00:00:00Z",
          editor: { login: "eve" },
          updatedAt: "2025-12-22T00:00:00Z",
          timelineItems: {
            nodes: [
              { __typename: "LabeledEvent", actor: { login: "operator" } },
              { __typename: "UnlabeledEvent" },
              { __typename: "LabeledEvent", actor: { login: "ann" } },
              { __typename: "RenamedTitleEvent" },
            ],
          },
        },
      },
    });
  });

  it("derives what an author is to a repository", async () => {
    const fake = await startGitHub({
      world: {
        users: ["operator", "ann"],
        orgs: [{ login: "acme", members: ["operator"] }],
        repos: [
          {
            name: "acme/shop",
            permissions: { ann: "read" },
            issues: [
              {},
              { author: "ann" },
              { author: "eve" },
              { author: "eve", association: "CONTRIBUTOR" },
            ],
          },
          { name: "operator/own", issues: [{}] },
        ],
      },
    });
    const { body } = await ask(fake, `${list}?direction=asc`);
    expect(body.map((issue) => issue["author_association"])).toEqual([
      "MEMBER",
      "COLLABORATOR",
      "NONE",
      "CONTRIBUTOR",
    ]);
    const own = await ask(fake, "/repos/operator/own/issues/1");
    expect(own.body["author_association"]).toBe("OWNER");
  });

  it("is refused with the place of every mistake", async () => {
    const world = {
      repos: [{ name: "acme", issues: [{ titel: "x" }, { state: "done" }] }],
      tokens: [{ token: "t", kind: "fine-graned" }],
    } as never;
    await expect(GitHub.make({ world })).rejects.toThrow(
      /at \/repos\/0\/name: [^]*at \/repos\/0\/issues\/0: .*allowed: number, title[^]*at \/repos\/0\/issues\/1\/state: .*allowed: open, closed[^]*at \/tokens\/0: .*allowed: classic, fine-grained, actions/,
    );
  });

  it("is refused when it names an issue that is not there, or one twice", async () => {
    await expect(GitHub.make({ world: shopOf([{ blockedBy: ["#9"] }]) })).rejects.toThrow(
      "the world has no issue acme/shop#9",
    );
    await expect(GitHub.make({ world: shopOf([{ number: 2 }, { number: 2 }]) })).rejects.toThrow(
      "acme/shop#2 is there twice",
    );
  });
});

describe("a large world", () => {
  it("is the same for a seed, has every kind of dependency and no cycle", () => {
    expect(GitHub.many({ issues: 60 })).toEqual(GitHub.many({ issues: 60 }));
    expect(GitHub.many({ issues: 60, seed: 2 })).not.toEqual(GitHub.many({ issues: 60 }));
    const issues = GitHub.many({ issues: 60 }).repos?.[0]?.issues ?? [];
    const has = (test: (issue: GitHub.IssueInput) => unknown) => issues.some(test);
    expect(has(({ blockedBy }) => blockedBy?.[0]?.startsWith("#"))).toBe(true);
    expect(has(({ blockedBy }) => blockedBy?.[0]?.startsWith("acme/other#"))).toBe(true);
    expect(has(({ parent }) => parent)).toBe(true);
    expect(has(({ milestone }) => milestone)).toBe(true);
    expect(has(({ body }) => body?.includes("Depends on #"))).toBe(true);
    expect(has(({ labels }) => labels?.some((label) => String(label).startsWith("depends:")))).toBe(
      true,
    );
    expect(has(({ comments }) => comments)).toBe(true);
    const backwards = issues.flatMap((issue, index) =>
      [...(issue.blockedBy ?? []), issue.parent ?? ""].filter(
        (name) => name.startsWith("#") && Number(name.slice(1)) >= index + 1,
      ),
    );
    expect(backwards).toEqual([]);
  });

  it("is read whole in pages without a violation, and for nothing the second time", async () => {
    const fake = await startGitHub({ world: GitHub.many({ issues: 1000, board: true }) });
    const tags: Array<readonly [string, string]> = [];
    let numbers = 0;
    for (let url: string | undefined = `${list}?state=all&per_page=100`; url !== undefined;) {
      const { body, headers } = await ask(fake, url);
      numbers += body.length;
      tags.push([url, headers.get("etag") ?? ""]);
      url = /<([^>]+)>; rel="next"/.exec(headers.get("link") ?? "")?.[1];
    }
    expect(numbers).toBe(1000);
    for (const [url, tag] of tags)
      expect((await ask(fake, url, { headers: { "if-none-match": tag } })).status).toBe(304);
    expect(fake.summary()).toMatchObject({ points: { core: 10 }, notModified: 10, violations: [] });
    expect(await numbersAt(fake, `${list}?labels=priority:high&per_page=3`)).toHaveLength(3);
  });
});
