import { describe, expect, it } from "vitest";
import { ask, query, shopOf, startGitHub } from "./support/github.ts";

const shop = "/repos/acme/shop";
const mark = /<!-- ours (\w+) -->/;

describe("the judge", () => {
  it("finds comments that were written twice, although one is gone", async () => {
    const fake = await startGitHub({ world: shopOf([{}, {}]) });
    const write = (number: number, body: string) =>
      ask(fake, `${shop}/issues/${number}/comments`, { body: { body } });
    const first = await write(1, "a <!-- ours run1 -->");
    await write(2, "a <!-- ours run1 -->");
    await write(1, "a <!-- ours run2 -->");
    fake.people.comment("acme/shop#1", "forged <!-- ours run1 -->");
    expect(fake.judge.duplicatedComments(mark).size).toBe(0);
    const second = await write(1, "b <!-- ours run1 -->");
    fake.people.deleteComment("acme/shop#1", 0);
    expect([...fake.judge.duplicatedComments(mark)]).toEqual([
      ["acme/shop#1 run1", [first.body["id"], second.body["id"]]],
    ]);
    expect(fake.judge.commentsOf("acme/shop#1")).toHaveLength(3);
  });

  it("tells merges in their order, and how labels and cards came and went", async () => {
    const fake = await startGitHub({
      world: {
        ...shopOf([{}, { pull: true }, { pull: true }]),
        projects: [{ owner: "acme", items: ["acme/shop#1"] }],
      },
    });
    fake.people.merge("acme/shop#3", { by: "ann" });
    await ask(fake, `${shop}/pulls/2/merge`, {
      method: "PUT",
      body: { sha: fake.world.issue("acme/shop#2")!.pull!.sha, merge_method: "squash" },
    });
    expect(fake.judge.merges()).toMatchObject([
      { pull: "acme/shop#3", by: "ann", way: "people" },
      { pull: "acme/shop#2", by: "operator", way: "api", method: "squash" },
    ]);
    expect(fake.judge.mergesOf("acme/shop#2")).toHaveLength(1);
    fake.people.label("acme/shop#1", "a");
    fake.people.unlabel("acme/shop#1", "a", { by: "ann" });
    expect(fake.judge.labelHistory("acme/shop#1")).toMatchObject([
      { label: "a", isSet: true, by: "operator" },
      { label: "a", isSet: false, by: "ann" },
    ]);
    expect(fake.summary()).toMatchObject({ merges: ["acme/shop#3", "acme/shop#2"], forbidden: [] });
  });

  it("blames clients for what they must not do, and people for nothing", async () => {
    const issues = [{ comments: [{ body: "mine", by: "ann" }] }, { pull: true }, { pull: true }];
    const fake = await startGitHub({
      world: shopOf(issues as never, { protection: { next: { checks: ["build"] } } }),
    });
    fake.people.close("acme/shop#3");
    fake.people.push("acme/shop#2", { force: true });
    fake.people.editComment("acme/shop#1", 0, "of the operator");
    expect(fake.judge.forbidden()).toEqual([]);
    const write = (path: string, method: string, body?: object) =>
      ask(fake, shop + path, { method, ...(body === undefined ? {} : { body }) });
    const { id } = fake.world.issue("acme/shop#1")!.comments[0]!;
    const main = fake.world.repo("acme/shop")!.git.tip("main")!.sha;
    await write(`/issues/comments/${id}`, "PATCH", { body: "of the client" });
    await write("/git/refs/heads/branch-2", "PATCH", { sha: main, force: true });
    await write("/git/refs/heads/branch-3", "DELETE");
    await write("/issues/2", "PATCH", { state: "closed" });
    fake.people.reopen("acme/shop#2");
    fake.people.push("acme/shop#2");
    await write("/pulls/2/merge", "PUT", {});
    expect(fake.judge.forbidden()).toEqual([
      "operator changed somebody else's comment on acme/shop#1",
      "operator forced refs/heads/branch-2 of acme/shop to another history",
      "operator deleted refs/heads/branch-3 of acme/shop with unmerged work",
      "operator closed the pull request acme/shop#2",
      "operator merged acme/shop#2 without saying which head",
    ]);
  });

  it("hears of auto-merge that pins no head", async () => {
    const fake = await startGitHub({
      world: shopOf([{ pull: true }], { protection: { main: { checks: ["build"] } } }),
    });
    const id = fake.world.issue("acme/shop#1")!.nodeId;
    const text = `mutation EnableAutoMerge { enablePullRequestAutoMerge(input: { pullRequestId: "${id}" }) { pullRequest { id } } }`;
    expect((await query(fake, text)).errors).toBe(undefined);
    expect(fake.judge.forbidden()).toEqual([
      "operator switched auto-merge of acme/shop#1 on without saying which head",
    ]);
  });
});
