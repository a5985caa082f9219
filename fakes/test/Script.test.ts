import { describe, expect, it } from "vitest";
import type { Fate } from "../src/index.ts";
import { ask, idsOf, launch, launchOf, paths } from "./support/client.ts";
import { startFake } from "./support/fake.ts";

/** A run with a fate, and how it looks after so many seconds each. */
const follow = async (fate: Fate, seconds: ReadonlyArray<number>) => {
  const fake = await startFake({ script: { fallback: fate } });
  const { id } = (await launch(fake, "a")).body;
  const seen = [];
  let now = 0;
  for (const at of seconds) {
    await fake.advance(at - now);
    now = at;
    seen.push((await ask(fake, paths.run(id))).body);
  }
  return { fake, id, seen };
};

describe("the fate of a run", () => {
  it("goes through its statuses, unknown, null and missing ones and back again", async () => {
    const steps = [
      { at: 0, status: "PENDING" },
      { at: 2, status: "EVALUATION" },
      { at: 4, status: "DREAMING" },
      { at: 6, status: null },
      { at: 8 },
      { at: 12, status: "ACTIVE" },
      { at: 14, status: "COMPLETE" },
    ];
    const { seen } = await follow({ seconds: 10, steps }, [1, 3, 5, 7, 9, 11, 13, 15]);
    expect(seen.map((body) => body["status"])).toEqual([
      "PENDING",
      "EVALUATION",
      "DREAMING",
      null,
      undefined,
      "COMPLETE",
      "ACTIVE",
      "COMPLETE",
    ]);
    expect(seen[4]).not.toHaveProperty("status");
  });

  it("tells result and summary at the end, not before", async () => {
    const fate = { seconds: 5, result: "Done.", summary: "Did it." };
    const { seen } = await follow(fate, [4, 5]);
    expect(seen[0]).toMatchObject({ result: null, summary: null, github_pull_requests: [] });
    expect(seen[1]).toMatchObject({ result: "Done.", summary: "Did it." });
  });

  it("has several pull requests, null titles, an empty list or null", async () => {
    const of = async (pullRequests: Fate["pullRequests"]) => {
      const { seen } = await follow(
        { seconds: 1, ...(pullRequests === undefined ? {} : { pullRequests }) },
        [1],
      );
      return seen[0]!["github_pull_requests"];
    };
    expect(await of(3)).toHaveLength(3);
    expect(await of(0)).toEqual([]);
    expect(await of(null)).toBeNull();
    expect(await of([{ title: null }, { number: 9, url: null }])).toMatchObject([
      { title: null, url: "https://github.com/acme/shop/pull/1" },
      { title: "Change 9", url: null },
    ]);
  });

  it("fails with the reason as its result", async () => {
    const fate = { seconds: 1, end: "FAILED", result: "No tests.", pullRequests: null };
    const { seen, fake, id } = await follow(fate, [1]);
    expect(seen[0]).toMatchObject({
      status: "FAILED",
      result: "No tests.",
      github_pull_requests: null,
    });
    expect(JSON.stringify((await ask(fake, paths.logs(id))).body)).toContain('"ERROR"');
  });

  it("never ends when it is told so", async () => {
    const { seen, fake } = await follow({ seconds: null }, [1_000_000]);
    expect(seen[0]!["status"]).toBe("ACTIVE");
    expect(fake.runs()).toMatchObject([{ endedAt: null }]);
  });

  it("pauses with a question and goes on when it is resumed", async () => {
    const fate = {
      seconds: 1,
      end: "PAUSED",
      result: "Which?",
      resumed: { seconds: 2, result: "Ok." },
    };
    const { fake, id, seen } = await follow(fate, [1]);
    expect(seen[0]).toMatchObject({ status: "PAUSED", result: "Which?" });
    const resume = { agent_run_id: id, prompt: "This one" };
    expect((await ask(fake, paths.resume, { body: resume })).body["status"]).toBe("ACTIVE");
    await fake.advance(2);
    expect((await ask(fake, paths.run(id))).body).toMatchObject({
      status: "COMPLETE",
      result: "Ok.",
    });
    expect(fake.runs()).toMatchObject([{ resumes: ["This one"] }]);
  });

  it("keeps what it delivered while it works on a follow-up, and is news again at its end", async () => {
    const fate = { seconds: 1, result: "One.", resumed: { seconds: 4, result: "Two." } };
    const { fake, id, seen } = await follow(fate, [1]);
    const [first] = seen[0]!["github_pull_requests"] as ReadonlyArray<{ url: string }>;
    await ask(fake, paths.resume, { body: { agent_run_id: id, prompt: "More" } });
    const working = {
      status: "ACTIVE",
      result: "One.",
      github_pull_requests: [{ url: first!.url }],
    };
    expect((await ask(fake, paths.run(id))).body).toMatchObject(working);
    expect(fake.detectionLags()).toEqual([]);
    await fake.advance(6);
    const ended = {
      status: "COMPLETE",
      result: "Two.",
      github_pull_requests: [{ url: first!.url }],
    };
    expect((await ask(fake, paths.run(id))).body).toMatchObject(ended);
    expect(fake.detectionLags()).toEqual([2]);
  });

  it("vanishes from the list, from the single answer, or from both, and may come back", async () => {
    const absences = [
      { from: "list", after: 0, seconds: 5 },
      { from: "get", after: 10, seconds: 5 },
      { from: "both", after: 20 },
    ] as const;
    const fake = await startFake({ script: { fallback: { absences } } });
    const { id } = (await launch(fake, "a")).body;
    const seen = [];
    for (let second = 0; second < 30; second += 5) {
      const listed = idsOf(await ask(fake, paths.list)).length;
      seen.push([listed, (await ask(fake, paths.run(id))).status]);
      await fake.advance(5);
    }
    expect(seen).toEqual([
      [0, 200],
      [1, 200],
      [1, 404],
      [1, 200],
      [0, 404],
      [0, 404],
    ]);
  });

  it("loses fields and gains others", async () => {
    const overlay = { mood: "good", web_url: null, github_pull_requests: "none" };
    const { seen } = await follow({ omit: ["metadata", "created_at"], overlay }, [1]);
    expect(seen[0]).toMatchObject(overlay);
    expect(seen[0]).not.toHaveProperty("metadata");
    expect(seen[0]).not.toHaveProperty("created_at");
  });

  it("may not stop although the ban is answered, or only later", async () => {
    const statusAfterBan = async (ban: NonNullable<Fate["ban"]>) => {
      const { fake, id } = await follow({ seconds: 100, ban }, [1]);
      expect((await ask(fake, paths.ban, { body: { agent_run_id: id } })).status).toBe(200);
      const seen = [];
      for (let second = 0; second < 2; second++) {
        await fake.advance(5);
        seen.push((await ask(fake, paths.run(id))).body["status"]);
      }
      return seen;
    };
    expect(await statusAfterBan({ does: "nothing" })).toEqual(["ACTIVE", "ACTIVE"]);
    expect(await statusAfterBan({ does: "stop", seconds: 7 })).toEqual(["ACTIVE", "CANCELLED"]);
  });
});

describe("the script", () => {
  it("takes the first rule that matches by task, attempt, prompt, metadata and number", async () => {
    const end = (text: string) => ({ seconds: 1, end: text });
    const rules = [
      { match: { task: "a", nth: 2 }, fate: end("SECOND") },
      { match: { task: "a", attempt: 1 }, fate: end("A") },
      { match: { prompt: "Do b" }, fate: end("B") },
      { match: { metadata: { "orchestrator.run": "r1" } }, fate: end("OURS") },
    ];
    const fake = await startFake({ script: { rules, fallback: end("OTHER") } });
    for (const task of ["a", "a", "a", "b", "c"]) await launch(fake, task);
    await ask(fake, paths.create, { body: { prompt: "Do z" } });
    await fake.advance(1);
    expect(fake.runs().map((run) => run.status)).toEqual([
      "A",
      "SECOND",
      "A",
      "B",
      "OURS",
      "OTHER",
    ]);
  });

  it("lets other people's runs begin in between", async () => {
    const others = [{ everySeconds: 10, userId: 11, sourceType: "CHAT", metadata: { x: 1 } }];
    const fake = await startFake({ script: { others } });
    await fake.advance(25);
    const mine = (await launch(fake, "a")).body["id"];
    await fake.advance(10);
    const ids = idsOf(await ask(fake, paths.list));
    expect([ids.length, ids.indexOf(mine)]).toEqual([4, 1]);
    expect(idsOf(await ask(fake, `${paths.list}?source_type=API`))).toEqual([mine]);
    expect(fake.launched()).toHaveLength(1);
  });

  it("is refused with the place of every mistake", async () => {
    const script = { rules: [{ match: { tsk: "a" }, fate: { end: 3 } }] } as never;
    await expect(startFake({ script })).rejects.toThrow(
      /at \/rules\/0\/match: .*allowed: task, attempt[^]*at \/rules\/0\/fate\/end: must be string,null, found 3/,
    );
  });
});

describe("the reports", () => {
  it("counts the launched agents at work, in time", async () => {
    const rules = [{ match: { task: "paused" }, fate: { seconds: 5, end: "PAUSED" } }];
    const fake = await startFake({ script: { rules, fallback: { seconds: 10 } } });
    fake.addRun({ userId: 11 });
    await launch(fake, "a");
    await fake.advance(4);
    await launch(fake, "paused");
    await fake.advance(6);
    await launch(fake, "b");
    await fake.advance(20);
    expect(fake.activity().map(({ active }) => active)).toEqual([1, 2, 1, 0, 1, 0]);
    expect(fake.highWater()).toBe(2);
  });

  it("measures from the end of a run until a client knew", async () => {
    const fake = await startFake({ script: { fallback: { seconds: 10 } } });
    const { id } = (await launch(fake, "a")).body;
    await launch(fake, "b");
    await fake.advance(12);
    await ask(fake, paths.run(id));
    await fake.advance(4);
    await ask(fake, paths.list);
    await ask(fake, paths.run(id));
    expect(fake.detectionLags()).toEqual([2, 6]);
    expect(fake.summary()).toMatchObject({
      meanLagSeconds: 4,
      maxLagSeconds: 6,
      ended: 2,
      launched: 2,
    });
  });

  it("does not take a client for told whose answer was spoiled", async () => {
    const faults = [{ on: "get", calls: 1, fault: { kind: "malformed" } }] as const;
    const fake = await startFake({ faults, script: { fallback: { seconds: 1 } } });
    const { id } = (await launch(fake, "a")).body;
    await fake.advance(1);
    await expect(ask(fake, paths.run(id))).rejects.toThrow(SyntaxError);
    expect(fake.launched()).toMatchObject([{ toldAt: null }]);
    await ask(fake, paths.run(id));
    expect(fake.detectionLags()).toEqual([0]);
  });

  it("finds what was launched twice under one key", async () => {
    const fake = await startFake();
    const first = (await launch(fake, "a")).body["id"];
    const second = (await launch(fake, "a")).body["id"];
    await launch(fake, "b");
    expect([...fake.duplicates()]).toEqual([["k-a", [first, second]]]);
  });

  it("keeps the requests with what was answered and done, and no secret", async () => {
    const fake = await startFake();
    await launch(fake, "a");
    await fake.advance(61);
    await ask(fake, paths.me, { token: "wrong" });
    expect(fake.audit.entries).toMatchObject([
      {
        seq: 1,
        method: "POST",
        kind: "creates",
        status: 200,
        who: "operator",
        effect: { type: "created", task: "a" },
      },
      { seq: 2, path: "/v1/users/me", kind: "reads", status: 401, who: null, effect: null },
    ]);
    expect(fake.audit.perMinute()).toEqual([{ creates: 1 }, { reads: 1 }]);
    expect(JSON.stringify(fake.audit.entries)).not.toContain(fake.token);
  });

  it("takes launches without a marker, and reports them without task and key", async () => {
    const fake = await startFake();
    const { orchestrator } = launchOf("a").metadata;
    await ask(fake, paths.create, { body: { prompt: "x" } });
    await ask(fake, paths.create, { body: { prompt: "x", metadata: { orchestrator } } });
    expect(fake.launched()).toMatchObject([
      { task: null, key: null },
      { task: "a", key: "k-a" },
    ]);
  });
});
