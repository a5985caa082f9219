import { describe, expect, it } from "vitest";
import type { GitHub } from "../src/index.ts";
import { ask, query, shopOf, startGitHub } from "./support/github.ts";

const shop = "/repos/acme/shop";

const pull = (more: Exclude<GitHub.PullInput, true> = {}): GitHub.IssueInput => ({ pull: more });

const protectedShop = (
  issues: ReadonlyArray<GitHub.IssueInput>,
  protection: GitHub.ProtectionInput,
  more: Partial<GitHub.RepoInput> = {},
) => shopOf(issues, { protection: { main: protection }, ...more });

type Fake = Awaited<ReturnType<typeof startGitHub>>;

const headOf = (fake: Fake, number: number) => fake.world.issue(`acme/shop#${number}`)!.pull!.sha;

const merge = (fake: Fake, number: number, body: object = {}) =>
  ask(fake, `${shop}/pulls/${number}/merge`, {
    method: "PUT",
    body: { sha: headOf(fake, number), merge_method: "squash", ...body },
  });

const message = async (answer: Promise<{ status: number; body: Record<string, unknown> }>) => {
  const { status, body } = await answer;
  return `${status} ${String(body["message"])}`;
};

describe("whether a pull request can be merged", () => {
  it("is not known for a while after a push to its head or its base", async () => {
    const fake = await startGitHub({ world: shopOf([pull(), pull()]) });
    const look = async () => {
      const { mergeable, mergeable_state } = (await ask(fake, `${shop}/pulls/1`)).body;
      return [mergeable, mergeable_state];
    };
    expect(await look()).toEqual([true, "clean"]);
    fake.people.push("acme/shop#1");
    expect(await look()).toEqual([null, "unknown"]);
    await fake.advance(2);
    expect(await look()).toEqual([true, "clean"]);
    fake.people.merge("acme/shop#2");
    expect(await look()).toEqual([null, "unknown"]);
    await fake.advance(2);
    expect(await look()).toEqual([true, "clean"]);
    expect(fake.violations()).toEqual([]);
  });

  it("depends on the files that its base has changed since", async () => {
    const world = shopOf([pull({ files: ["a.ts", "b.ts"] }), pull({ files: ["b.ts"] })]);
    const fake = await startGitHub({ world });
    expect(await merge(fake, 2)).toMatchObject({ status: 200 });
    await fake.advance(2);
    const look = async () => (await ask(fake, `${shop}/pulls/1`)).body;
    expect(await look()).toMatchObject({ mergeable: false, mergeable_state: "dirty" });
    expect(await message(merge(fake, 1))).toBe("405 Pull Request is not mergeable");
    const compared = await ask(fake, `${shop}/compare/${headOf(fake, 1)}...main`);
    expect(compared.body).toMatchObject({ status: "diverged", files: [{ filename: "b.ts" }] });
    fake.people.push("acme/shop#1", { rebase: true, files: ["b.ts"] });
    await fake.advance(2);
    expect(await look()).toMatchObject({ mergeable: true, mergeable_state: "clean" });
    const files = (await ask(fake, `${shop}/pulls/1/files`)).body;
    expect(files.map(({ filename }) => filename)).toEqual(["a.ts", "b.ts"]);
    expect(await merge(fake, 1)).toMatchObject({ status: 200 });
    expect(fake.violations()).toEqual([]);
  });
});

describe("a merge", () => {
  it("moves the base, and closes what the pull request names", async () => {
    const issues = [{}, {}, { ...pull({ closes: ["#2"] }), body: "Fixes #1" }];
    const fake = await startGitHub({ world: shopOf(issues) });
    const tip = async () =>
      (await ask(fake, `${shop}/branches/main`)).body["commit"] as Record<string, unknown>;
    const before = (await tip())["sha"];
    const merged = await merge(fake, 3);
    expect(merged.body).toMatchObject({
      merged: true,
      message: "Pull Request successfully merged",
    });
    expect(await tip()).toMatchObject({ sha: merged.body["sha"], parents: [{ sha: before }] });
    expect((await ask(fake, `${shop}/pulls/3`)).body).toMatchObject({
      state: "closed",
      merged: true,
      merged_by: { login: "operator" },
      merge_commit_sha: merged.body["sha"],
    });
    for (const number of [1, 2])
      expect((await ask(fake, `${shop}/issues/${number}`)).body["state"]).toBe("closed");
    expect((await ask(fake, `${shop}/git/ref/heads/branch-3`)).status).toBe(200);
    expect(await message(merge(fake, 3))).toBe("405 Pull Request is not mergeable");
    expect(fake.violations()).toEqual([]);
  });

  it("closes nothing on another base than the default one", async () => {
    const issues = [{}, { ...pull({ base: "next" }), body: "Fixes #1" }];
    const fake = await startGitHub({ world: shopOf(issues) });
    expect((await merge(fake, 2)).status).toBe(200);
    expect((await ask(fake, `${shop}/issues/1`)).body["state"]).toBe("open");
  });

  it("is refused in the service's words", async () => {
    const world = protectedShop(
      [pull({ checks: [{ name: "build" }] }), pull({ draft: true }), pull()],
      { checks: ["build"], reviews: 1 },
      { merging: { rebase: false } },
    );
    const fake = await startGitHub({ world });
    const { people } = fake;
    expect(await message(merge(fake, 1, { sha: "0".repeat(40) }))).toBe(
      "409 Head branch was modified. Review and try the merge again.",
    );
    expect(await message(merge(fake, 1))).toBe(
      "405 At least 1 approving review is required by reviewers with write access.",
    );
    expect(await message(merge(fake, 1, { merge_method: "rebase" }))).toBe(
      "405 Rebase merges are not allowed on this repository.",
    );
    expect(await message(merge(fake, 2))).toBe("405 Pull Request is still a draft");
    people.setPermission("acme/shop", "ann", "write");
    people.approve("acme/shop#3", { by: "ann" });
    expect(await message(merge(fake, 3))).toBe('405 Required status check "build" is expected.');
    people.setMerging("acme/shop", { raceSeconds: 5 });
    people.pushTo("acme/shop", "main");
    expect(await message(merge(fake, 1))).toBe(
      "405 Base branch was modified. Review and try the merge again.",
    );
    people.protect("acme/shop", "main", { queue: true });
    await fake.advance(5);
    expect(await message(merge(fake, 1))).toBe("405 Changes must be made through the merge queue");
    expect(fake.violations()).toEqual([]);
  });

  it("meets a race with its base when a fault says so", async () => {
    const fault = { kind: "refusal", name: "base-modified" } as const;
    const faults = [{ on: "pulls.merge", calls: 1, fault }];
    const fake = await startGitHub({ world: shopOf([pull()]), faults });
    expect(await message(merge(fake, 1))).toBe(
      "405 Base branch was modified. Review and try the merge again.",
    );
    expect((await merge(fake, 1)).status).toBe(200);
  });

  it("needs the right to write contents", async () => {
    const token = "fine";
    const fake = await startGitHub({
      world: {
        ...shopOf([pull()]),
        tokens: [
          {
            token,
            kind: "fine-grained",
            user: "operator",
            permissions: { pull_requests: "write" },
          },
        ],
      },
    });
    const refused = await merge(fake, 1);
    expect(refused).toMatchObject({
      status: 403,
      body: { message: "Resource not accessible by personal access token" },
    });
    expect(refused.headers.get("x-accepted-github-permissions")).toBe("contents=write");
  });

  it("may be done although its answer is lost", async () => {
    const fake = await startGitHub({
      world: shopOf([pull()]),
      faults: [{ on: "pulls.merge", calls: 1, fault: { kind: "reset", effect: "done" } }],
    });
    await expect(merge(fake, 1)).rejects.toThrow("fetch failed");
    expect((await ask(fake, `${shop}/pulls/1`)).body["merged"]).toBe(true);
  });
});

const rolled = `statusCheckRollup { state contexts(first: 100) { nodes { __typename
  ... on CheckRun { id databaseId name status conclusion title isRequired(pullRequestNumber: 1) checkSuite { app { slug } workflowRun { event workflow { name } } } }
  ... on StatusContext { context state isRequired(pullRequestNumber: 1) } } } }`;

const lookAt = async (fake: Fake, selection: string, number = 1, token = fake.token) => {
  const text = `{ repository(owner: "acme", name: "shop") { pullRequest(number: ${number}) { ${selection} } } }`;
  const { data, errors } = await query(fake, text, { token });
  const repository = data?.["repository"] as Record<string, Record<string, unknown>> | undefined;
  return { pull: repository?.["pullRequest"], errors };
};

describe("checks", () => {
  const checks: ReadonlyArray<GitHub.CheckInput> = [
    { name: "build", seconds: 30, conclusion: ["failure", "success"], title: "2 tests failed" },
    { name: "lint", waits: 10, seconds: 10, conclusion: "neutral" },
    { name: "deploy", status: true, appears: 20, seconds: 5 },
  ];

  it("run by their script, and are rolled up into one state", async () => {
    const world = protectedShop([pull({ checks })], { checks: ["build"] });
    const fake = await startGitHub({ world });
    fake.people.push("acme/shop#1");
    const state = async () =>
      ((await lookAt(fake, rolled)).pull!["statusCheckRollup"] as { state: string }).state;
    expect(await state()).toBe("PENDING");
    await fake.advance(30);
    const { pull: found, errors } = await lookAt(fake, `${rolled} mergeStateStatus`);
    expect(errors).toBe(undefined);
    expect(found).toMatchObject({
      mergeStateStatus: "BLOCKED",
      statusCheckRollup: {
        state: "FAILURE",
        contexts: {
          nodes: [
            {
              __typename: "CheckRun",
              name: "build",
              status: "COMPLETED",
              conclusion: "FAILURE",
              title: "2 tests failed",
              isRequired: true,
              checkSuite: { app: { slug: "github-actions" } },
            },
            { name: "lint", conclusion: "NEUTRAL", isRequired: false },
            { __typename: "StatusContext", context: "deploy", state: "SUCCESS" },
          ],
        },
      },
    });
    expect(fake.violations()).toEqual([]);
  });

  it("can be run again, as a job or as a check run", async () => {
    const fake = await startGitHub({ world: protectedShop([pull({ checks })], { checks: [] }) });
    fake.people.push("acme/shop#1");
    const runs = async () =>
      (await ask(fake, `${shop}/commits/${headOf(fake, 1)}/check-runs`)).body[
        "check_runs"
      ] as ReadonlyArray<Record<string, unknown>>;
    const [first] = await runs();
    const job = `${shop}/actions/jobs/${String(first!["id"])}`;
    expect((await ask(fake, `${job}/rerun`, { method: "POST" })).status).toBe(403);
    await fake.advance(30);
    expect((await ask(fake, job)).body).toMatchObject({ run_attempt: 1, conclusion: "failure" });
    expect((await ask(fake, `${job}/rerun`, { method: "POST" })).status).toBe(201);
    const second = (await runs()).find(({ name }) => name === "build")!;
    expect(second).toMatchObject({ status: "in_progress" });
    expect(second["id"]).not.toBe(first!["id"]);
    await fake.advance(30);
    const again = `${shop}/actions/jobs/${String(second["id"])}`;
    expect((await ask(fake, again)).body).toMatchObject({ run_attempt: 2, conclusion: "success" });
    const lint = (await runs()).find(({ name }) => name === "lint")!;
    const path = `${shop}/check-runs/${String(lint["id"])}/rerequest`;
    expect((await ask(fake, path, { method: "POST" })).status).toBe(201);
    expect(fake.violations()).toEqual([]);
  });

  it("of a base are its tip's", async () => {
    const fake = await startGitHub({
      world: shopOf([pull()], {
        baseChecks: [{ name: "main", seconds: 10, conclusion: "failure" }],
      }),
    });
    const selection = "baseRef { target { oid ... on Commit { statusCheckRollup { state } } } }";
    const state = async () => {
      const { baseRef } = (await lookAt(fake, selection)).pull as {
        baseRef: { target: { statusCheckRollup: { state: string } | null } };
      };
      return baseRef.target.statusCheckRollup?.state;
    };
    expect(await state()).toBe("FAILURE");
    fake.people.pushTo("acme/shop", "main");
    expect(await state()).toBe("PENDING");
    await fake.advance(10);
    expect(await state()).toBe("FAILURE");
  });

  it("may be hidden from a fine-grained token, one by one or all of them", async () => {
    const token = (name: string, permissions: Record<string, "read">) =>
      ({ token: name, kind: "fine-grained", user: "operator", permissions }) as const;
    const fake = await startGitHub({
      world: {
        ...shopOf([pull({ checks })], { private: true }),
        tokens: [
          token("some", { pull_requests: "read", contents: "read", statuses: "read" }),
          token("none", { pull_requests: "read", contents: "read" }),
        ],
      },
    });
    const some = await lookAt(fake, rolled, 1, "some");
    expect(some.errors).toMatchObject([{ type: "FORBIDDEN" }, { type: "FORBIDDEN" }]);
    expect(some.pull).toMatchObject({
      statusCheckRollup: { contexts: { nodes: [null, null, { context: "deploy" }] } },
    });
    const none = await lookAt(fake, rolled, 1, "none");
    expect(none.errors).toMatchObject([{ type: "FORBIDDEN" }]);
    expect(none.pull).toEqual({ statusCheckRollup: null });
  });
});

const mutate = (fake: Fake, name: string, input: Record<string, unknown>, payload: string) =>
  query(
    fake,
    `mutation Change($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${payload} } }`,
    { variables: { input } },
  );

const nodeOf = (fake: Fake, number = 1) => fake.world.issue(`acme/shop#${number}`)!.nodeId;

const enable = (fake: Fake, more: object = {}) =>
  mutate(
    fake,
    "enablePullRequestAutoMerge",
    { pullRequestId: nodeOf(fake), mergeMethod: "SQUASH", ...more },
    "pullRequest { autoMergeRequest { enabledBy { login } mergeMethod } }",
  );

describe("auto-merge", () => {
  it("merges as soon as the requirements are met", async () => {
    const world = protectedShop([pull({ checks: [{ name: "build", seconds: 30 }] })], {
      checks: ["build"],
    });
    const fake = await startGitHub({ world });
    fake.people.push("acme/shop#1");
    expect(await enable(fake, { expectedHeadOid: headOf(fake, 1) })).toMatchObject({
      data: {
        enablePullRequestAutoMerge: {
          pullRequest: {
            autoMergeRequest: { enabledBy: { login: "operator" }, mergeMethod: "SQUASH" },
          },
        },
      },
    });
    await fake.advance(100);
    expect((await ask(fake, `${shop}/pulls/1`)).body).toMatchObject({
      merged: true,
      merged_at: "2026-01-01T00:00:30Z",
      auto_merge: null,
    });
    expect(fake.violations()).toEqual([]);
  });

  it("is refused in every wording", async () => {
    const build = { name: "build", seconds: 0 };
    const fake = await startGitHub({
      world: protectedShop(
        [pull({ checks: [build, { name: "slow", seconds: null }] })],
        { checks: ["build"] },
        { merging: { auto: false } },
      ),
    });
    const { people } = fake;
    const words = async () => (await enable(fake)).errors;
    const refusal = (text: string) => [
      { type: "UNPROCESSABLE", message: JSON.stringify([`Pull request ${text}`]) },
    ];
    expect(await words()).toMatchObject(refusal("Auto merge is not allowed for this repository"));
    people.setMerging("acme/shop", { auto: true });
    expect(await words()).toMatchObject(refusal("Pull request is in unstable status"));
    people.setCheck("acme/shop#1", { name: "slow", seconds: 0 });
    expect(await words()).toMatchObject(refusal("Pull request is in clean status"));
    people.draft("acme/shop#1", true);
    expect(await words()).toMatchObject(refusal("Pull request is in draft status"));
    people.protect("acme/shop", "main", null);
    expect(await words()).toMatchObject(
      refusal("Protected branch rules not configured for this branch"),
    );
    fake.faults.add({
      on: "Change",
      calls: 1,
      fault: { kind: "refusal", name: "auto-merge-hyphen" },
    });
    expect(await words()).toMatchObject(refusal("Auto-merge is not allowed for this repository"));
    expect(fake.violations()).toEqual([]);
  });

  it("is switched off by people, which the timeline tells", async () => {
    const world = protectedShop([pull()], { checks: ["build"] });
    const fake = await startGitHub({ world });
    await enable(fake);
    fake.people.disableAutoMerge("acme/shop#1", { by: "ann" });
    const events = `autoMergeRequest { enabledAt } timelineItems(last: 5, itemTypes: [AUTO_MERGE_DISABLED_EVENT]) { nodes {
      __typename ... on AutoMergeDisabledEvent { reason reasonCode actor { __typename login } } } }`;
    expect((await lookAt(fake, events)).pull).toMatchObject({
      autoMergeRequest: null,
      timelineItems: {
        nodes: [{ __typename: "AutoMergeDisabledEvent", actor: { login: "ann" } }],
      },
    });
    expect(fake.violations()).toEqual([]);
  });
});

describe("the merge queue", () => {
  const enqueue = (fake: Fake, number: number) =>
    mutate(
      fake,
      "enqueuePullRequest",
      { pullRequestId: nodeOf(fake, number), expectedHeadOid: headOf(fake, number) },
      "mergeQueueEntry { position }",
    );

  it("merges one after the other, and throws out what fails in it", async () => {
    const issues = [pull(), pull({ failsInQueue: true }), pull()];
    const fake = await startGitHub({ world: protectedShop(issues, { queue: 20 }) });
    for (const number of [1, 2, 3]) expect((await enqueue(fake, number)).errors).toBe(undefined);
    const selection = `state isMergeQueueEnabled isInMergeQueue mergeQueueEntry { position state enqueuer { login } }
      mergedBy { login } timelineItems(last: 5, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) { nodes { ... on RemovedFromMergeQueueEvent { reason } } }`;
    const look = async (number: number) => (await lookAt(fake, selection, number)).pull;
    expect(await look(2)).toMatchObject({ mergeQueueEntry: { position: 2, state: "QUEUED" } });
    await fake.advance(20);
    expect(await look(1)).toMatchObject({
      state: "MERGED",
      mergedBy: { login: "github-merge-queue" },
    });
    expect(await look(2)).toMatchObject({ mergeQueueEntry: { position: 1 } });
    await fake.advance(40);
    expect(await look(2)).toMatchObject({
      state: "OPEN",
      isInMergeQueue: false,
      timelineItems: { nodes: [{ reason: "failed_checks" }] },
    });
    expect(await look(3)).toMatchObject({ state: "MERGED" });
    expect(fake.violations()).toEqual([]);
  });

  it("is left again by the client or by people", async () => {
    const fake = await startGitHub({ world: protectedShop([pull(), pull()], { queue: true }) });
    await enqueue(fake, 1);
    await enqueue(fake, 2);
    const left = await mutate(
      fake,
      "dequeuePullRequest",
      { id: nodeOf(fake) },
      "mergeQueueEntry { id }",
    );
    expect(left.errors).toBe(undefined);
    fake.people.dequeue("acme/shop#2", { by: "ann" });
    await fake.advance(600);
    expect((await ask(fake, `${shop}/pulls?state=closed`)).body).toEqual([]);
    expect(fake.violations()).toEqual([]);
  });
});

describe("reviews", () => {
  it("decide, each reviewer's last one, as far as they may write", async () => {
    const fake = await startGitHub({ world: protectedShop([pull()], { reviews: 1 }) });
    const { people } = fake;
    const decision = async () => (await lookAt(fake, "reviewDecision")).pull!["reviewDecision"];
    expect(await decision()).toBe("REVIEW_REQUIRED");
    people.approve("acme/shop#1", { by: "stranger" });
    expect(await decision()).toBe("REVIEW_REQUIRED");
    people.setPermission("acme/shop", "ann", "write");
    people.review("acme/shop#1", {
      by: "ann",
      state: "CHANGES_REQUESTED",
      body: "Please test it.",
      comments: [{ path: "a.ts", line: 3, body: "Here." }],
    });
    const selection = `reviewDecision latestOpinionatedReviews(first: 20, writersOnly: true) { nodes {
      id state url body author { login } commit { oid } comments(first: 5) { nodes { path line body url } } } }`;
    expect((await lookAt(fake, selection)).pull).toMatchObject({
      reviewDecision: "CHANGES_REQUESTED",
      latestOpinionatedReviews: {
        nodes: [
          {
            state: "CHANGES_REQUESTED",
            body: "Please test it.",
            commit: { oid: headOf(fake, 1) },
            comments: { nodes: [{ path: "a.ts", line: 3, body: "Here." }] },
          },
        ],
      },
    });
    people.approve("acme/shop#1", { by: "ann" });
    expect(await decision()).toBe("APPROVED");
    expect((await ask(fake, `${shop}/pulls/1/reviews`)).body).toHaveLength(3);
    expect(fake.violations()).toEqual([]);
  });
});

describe("a branch", () => {
  it("is brought up to date with its base", async () => {
    const world = protectedShop([pull(), pull()], { upToDate: true });
    const fake = await startGitHub({ world });
    await merge(fake, 2);
    await fake.advance(2);
    const state = async () => (await ask(fake, `${shop}/pulls/1`)).body["mergeable_state"];
    expect(await state()).toBe("behind");
    const update = (sha: string) =>
      ask(fake, `${shop}/pulls/1/update-branch`, {
        method: "PUT",
        body: { expected_head_sha: sha },
      });
    expect((await update("0".repeat(40))).status).toBe(422);
    expect((await update(headOf(fake, 1))).status).toBe(202);
    await fake.advance(2);
    expect(await state()).toBe("clean");
    expect((await ask(fake, `${shop}/pulls/1/files`)).body).toHaveLength(1);
    expect(fake.violations()).toEqual([]);
  });

  it("gives those on top of it the base into which it was merged when it goes", async () => {
    const on = (base: string) => pull({ head: `on-${base}`, base });
    const fake = await startGitHub({
      world: shopOf([pull({ head: "a" }), on("a"), pull({ head: "b" }), on("b")]),
    });
    fake.people.merge("acme/shop#1");
    fake.people.deleteBranch("acme/shop", "a");
    fake.people.deleteBranch("acme/shop", "b");
    const [merged, gone] = [2, 4].map((number) => fake.world.issue(`acme/shop#${number}`)!);
    expect(merged).toMatchObject({ isOpen: true, pull: { base: "main" } });
    expect(gone).toMatchObject({ isOpen: false, pull: { base: "b" } });
  });

  it("takes its pull request with it when it goes", async () => {
    const fake = await startGitHub({ world: shopOf([pull()]) });
    fake.people.deleteBranch("acme/shop", "branch-1");
    expect((await ask(fake, `${shop}/pulls/1`)).body).toMatchObject({
      state: "closed",
      merged: false,
    });
  });
});
