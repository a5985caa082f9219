import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { type Codegen, everyFault, type FaultRule } from "../src/index.ts";
import type { Fault } from "../src/shared/Fault.ts";
import { Faults } from "../src/shared/Faults.ts";
import { ask, fetchFrom, idsOf, launch, launchOf, paths } from "./support/client.ts";
import { startFake } from "./support/fake.ts";

/** A fake whose first launch meets a fault. */
const withFault = (fault: Fault) => startFake({ faults: [{ on: "create", calls: 1, fault }] });

const arrived = (fake: Codegen.Codegen) =>
  vi.waitFor(() => expect(fake.audit.entries).not.toEqual([]), { interval: 5 });

describe.for([
  ["over HTTP", false],
  ["without a network", true],
] as const)("faults %s", ([, inMemory]) => {
  /** The first launch, as it comes over the wire. */
  const tryLaunch = (fake: Codegen.Codegen, signal?: AbortSignal) =>
    fetchFrom(fake, paths.create, {
      body: launchOf("a"),
      inMemory,
      ...(signal === undefined ? {} : { signal }),
    });

  it.for([
    [429, "Rate limit exceeded. Please try again later."],
    [
      402,
      "Alloted agent runs for the current billing plan have been reached. Please upgrade your plan to continue.",
    ],
    [403, "You do not have access to this organization."],
  ] as const)("answers %i in the service's words", async ([status, message]) => {
    const fake = await withFault({ kind: "status", status });
    const response = await tryLaunch(fake);
    expect([response.status, await response.json()]).toEqual([
      status,
      { message, status_code: status },
    ]);
    expect(response.headers.get("retry-after")).toBeNull();
    expect(fake.launched()).toEqual([]);
  });

  it("says when to come back, in any words", async () => {
    const date = "Thu, 01 Jan 2026 00:01:00 GMT";
    for (const retryAfter of [7, date, "soon"]) {
      const fake = await withFault({ kind: "status", status: 429, retryAfter });
      expect((await tryLaunch(fake)).headers.get("retry-after")).toBe(String(retryAfter));
    }
  });

  it("withdraws a token in the middle", async () => {
    const faults = [{ calls: { from: 2, to: 3 }, fault: { kind: "status", status: 401 } }] as const;
    const fake = await startFake({ faults });
    const seen = [];
    for (let call = 0; call < 4; call++) seen.push((await ask(fake, paths.me)).status);
    expect(seen).toEqual([200, 401, 401, 200]);
  });

  it.for(["none", "done"] as const)("answers 500 with the effect %s", async (effect) => {
    const fake = await withFault({ kind: "status", status: 500, body: { oops: 1 }, effect });
    const response = await tryLaunch(fake);
    expect([response.status, await response.json()]).toEqual([500, { oops: 1 }]);
    expect(fake.launched()).toHaveLength(effect === "done" ? 1 : 0);
    expect(fake.audit.entries).toMatchObject([{ fault: "status", status: 500 }]);
    expect(fake.audit.entries[0]!.effect?.type).toBe(effect === "done" ? "created" : undefined);
  });

  it.for(["none", "done"] as const)("resets the connection with the effect %s", async (effect) => {
    const fake = await withFault({ kind: "reset", effect });
    await expect(tryLaunch(fake)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(fake.launched()).toHaveLength(effect === "done" ? 1 : 0);
    expect(fake.audit.entries).toMatchObject([{ fault: "reset", status: null, bytesOut: 0 }]);
  });

  it.for(["none", "done"] as const)(
    "hangs until the client goes, with the effect %s",
    async (effect) => {
      const fake = await withFault({ kind: "hang", effect });
      const client = new AbortController();
      const response = tryLaunch(fake, client.signal);
      await arrived(fake);
      client.abort();
      await expect(response).rejects.toThrow(/abort/i);
      expect(fake.launched()).toHaveLength(effect === "done" ? 1 : 0);
    },
  );

  it("is closed although a client hangs", async () => {
    const fake = await withFault({ kind: "hang" });
    const response = tryLaunch(fake);
    await arrived(fake);
    await Promise.all([expect(response).rejects.toThrow("fetch failed"), fake.close()]);
  });

  it("answers late, and does the work before or after the wait", async () => {
    for (const effect of ["none", "done"] as const) {
      const fake = await withFault({ kind: "delay", seconds: 10, effect });
      const response = tryLaunch(fake);
      await arrived(fake);
      expect(fake.launched()).toHaveLength(effect === "done" ? 1 : 0);
      await fake.advance(10);
      expect((await response).status).toBe(200);
      expect(fake.launched()).toHaveLength(1);
    }
  });

  it("launches late although the client has died", async () => {
    const fake = await withFault({ kind: "delay", seconds: 10 });
    const client = new AbortController();
    const response = tryLaunch(fake, client.signal);
    await arrived(fake);
    client.abort();
    await expect(response).rejects.toThrow(/abort/i);
    expect(fake.launched()).toEqual([]);
    await fake.advance(10);
    expect(fake.launched()).toMatchObject([{ task: "a" }]);
  });

  it("sends a body slowly, whole in the end", async () => {
    const fake = await withFault({ kind: "slow-body", seconds: 10 });
    const response = await tryLaunch(fake);
    let isRead = false;
    const body = response.json().finally(() => (isRead = true));
    await fake.advance(8);
    expect(isRead).toBe(false);
    await fake.advance(3);
    expect(await body).toMatchObject({ status: "ACTIVE" });
  });

  it("stalls in the middle of a body", async () => {
    const fake = await withFault({ kind: "slow-body" });
    const client = new AbortController();
    const response = await tryLaunch(fake, client.signal);
    const reader = response.body!.getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    client.abort();
    await expect(reader.closed).rejects.toThrow(/abort/i);
    expect(fake.launched()).toHaveLength(1);
  });

  it("ends the connection in the middle of a body", async () => {
    const fake = await withFault({ kind: "truncated" });
    const response = await tryLaunch(fake);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
    expect(fake.launched()).toHaveLength(1);
  });

  it("sends JSON that ends in the middle", async () => {
    const fake = await withFault({ kind: "malformed" });
    const text = await (await tryLaunch(fake)).text();
    expect(text).toMatch(/^\{"id":100001/);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it("sends a web page", async () => {
    const fake = await withFault({ kind: "html", status: 502 });
    const response = await tryLaunch(fake);
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
    expect(await response.text()).toContain("<h1>");
    expect(fake.launched()).toEqual([]);
  });

  it("sends nothing in an answer", async () => {
    const fake = await withFault({ kind: "empty" });
    const response = await tryLaunch(fake);
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(fake.launched()).toHaveLength(1);
  });

  it("sends JSON under another content type", async () => {
    const fake = await withFault({ kind: "content-type" });
    const response = await tryLaunch(fake);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(await response.json()).toMatchObject({ status: "ACTIVE" });
  });

  it("sends the client elsewhere", async () => {
    const location = "http://127.0.0.1:9/x";
    const fake = await withFault({ kind: "redirect", location, status: 307 });
    const response = await tryLaunch(fake);
    expect([response.status, response.headers.get("location")]).toEqual([307, location]);
    expect(fake.launched()).toEqual([]);
  });

  it("sends more than anybody wants to read", async () => {
    const fake = await withFault({ kind: "oversized", bytes: 3_000_000 });
    const text = await (await tryLaunch(fake)).text();
    expect(text.length).toBeGreaterThan(3_000_000);
    expect(JSON.parse(text)).toMatchObject({ status: "ACTIVE" });
  });

  it("strikes whoever calls, known or not", async () => {
    const fake = await startFake({ faults: [{ fault: { kind: "html" } }] });
    const response = await fetchFrom(fake, "/anything", { token: null, inMemory });
    expect([response.status, await response.text()]).toEqual([
      200,
      expect.stringContaining("<h1>"),
    ]);
  });
});

describe("a client that dies while it sends", () => {
  it("has asked for nothing", async () => {
    const fake = await startFake();
    const socket = connect(fake.port, "127.0.0.1");
    const head = `POST ${paths.create} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${fake.token}\r\n`;
    const half = 'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"prompt":"x"}';
    await new Promise((resolve) => socket.write(head + half, resolve));
    socket.destroy();
    await once(socket, "close");
    expect((await ask(fake, paths.list)).body["total"]).toBe(0);
    expect(fake.audit.entries.map((entry) => entry.endpoint)).toEqual(["list"]);
  });
});

describe("what is odd in the service's own work", () => {
  it("leaves new runs out of the list for a while", async () => {
    const faults = [{ on: "list", fault: { kind: "list-lag", seconds: 5 } }] as const;
    const fake = await startFake({ faults });
    const { id } = (await launch(fake, "a")).body;
    expect(idsOf(await ask(fake, paths.list))).toEqual([]);
    expect((await ask(fake, paths.run(id))).status).toBe(200);
    await fake.advance(5);
    expect(idsOf(await ask(fake, paths.list))).toEqual([id]);
  });

  it("tells how things were", async () => {
    const faults = [{ fault: { kind: "stale", seconds: 5 } }] as const;
    const fake = await startFake({ faults, script: { fallback: { seconds: 10 } } });
    const { id } = (await launch(fake, "a")).body;
    expect((await ask(fake, paths.run(id))).status).toBe(404);
    await fake.advance(12);
    expect((await ask(fake, paths.run(id))).body["status"]).toBe("ACTIVE");
    await fake.advance(3);
    expect((await ask(fake, paths.run(id))).body["status"]).toBe("COMPLETE");
  });

  it("shifts the pages under a reader", async () => {
    const faults = [{ on: "list", calls: 2, fault: { kind: "insert", count: 1 } }] as const;
    const fake = await startFake({ faults });
    for (const task of ["a", "b", "c"]) await launch(fake, task);
    const query = `${paths.list}?user_id=11&source_type=API&limit=2`;
    const first = idsOf(await ask(fake, query));
    const second = idsOf(await ask(fake, `${query}&skip=2`));
    expect(second[0]).toBe(first[1]);
    expect(second).toHaveLength(2);
  });
});

describe("fault rules", () => {
  const target = { endpoint: "list", kind: "reads", task: "a", age: 0 };
  const reset: Fault = { kind: "reset" };
  const strikes = (rule: Omit<FaultRule, "fault">, count = 6, seed = 1) => {
    const faults = new Faults([{ fault: reset, ...rule }], seed);
    return Array.from({ length: count }, () =>
      faults.decide(target).wire === null ? "." : "x",
    ).join("");
  };

  it("choose calls by number, by list, by range and by step", () => {
    expect(strikes({})).toBe("xxxxxx");
    expect(strikes({ calls: 2 })).toBe(".x....");
    expect(strikes({ calls: [1, 4] })).toBe("x..x..");
    expect(strikes({ calls: { from: 3, to: 4 } })).toBe("..xx..");
    expect(strikes({ calls: { from: 5 } })).toBe("....xx");
    expect(strikes({ calls: { every: 3 } })).toBe("..x..x");
    expect(strikes({ times: 2 })).toBe("xx....");
  });

  it("choose requests by endpoint, class, task and the age of the fake", () => {
    const age = { ...target, age: 100 };
    const isStruck = (rule: Omit<FaultRule, "fault">, at = target) =>
      new Faults([{ fault: reset, ...rule }], 1).decide(at).wire !== null;
    expect([
      isStruck({ on: "list" }),
      isStruck({ on: ["reads"] }),
      isStruck({ on: "get" }),
    ]).toEqual([true, true, false]);
    expect([isStruck({ task: "a" }), isStruck({ task: "b" })]).toEqual([true, false]);
    const during = { from: 50, to: 150 };
    expect([isStruck({ during }), isStruck({ during }, age)]).toEqual([false, true]);
  });

  it("draw by seed, the same each time", () => {
    const drawn = strikes({ chance: 0.3 }, 400);
    expect(strikes({ chance: 0.3 }, 400)).toBe(drawn);
    expect(strikes({ chance: 0.3 }, 400, 2)).not.toBe(drawn);
    const share = drawn.replaceAll(".", "").length / 400;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.38);
    expect([strikes({ chance: 0 }), strikes({ chance: 1 })]).toEqual(["......", "xxxxxx"]);
  });

  it("yield to the first with a fault on the wire, while bends add up", () => {
    const lag: Fault = { kind: "list-lag", seconds: 1 };
    const insert: Fault = { kind: "insert", count: 1 };
    const faults = new Faults(
      [{ fault: lag }, { fault: reset }, { fault: { kind: "hang" } }, { fault: insert }],
      1,
    );
    expect(faults.decide(target)).toEqual({ wire: reset, bends: [lag, insert] });
  });

  it("come and go while the fake runs", async () => {
    const fake = await startFake();
    fake.faults.add({ fault: { kind: "status", status: 503 } });
    expect((await ask(fake, paths.me)).status).toBe(503);
    fake.faults.clear();
    expect((await ask(fake, paths.me)).status).toBe(200);
  });

  it("are refused with the place of every mistake", async () => {
    const faults = [
      { on: "creat", fault: { kind: "rest" } },
      { fault: { kind: "delay" } },
    ] as never;
    await expect(startFake({ faults })).rejects.toThrow(
      /at \/0\/fault: .*allowed: status, reset, hang[^]*at \/0\/on: .*allowed: create[^]*at \/1\/fault: must have required property 'seconds'/,
    );
  });
});

describe("the same seed", () => {
  /** What a client sees and the fake notes, for the same requests. */
  const story = async (seed: number) => {
    const script = {
      fallback: { seconds: [5, 50] as const, pullRequests: 2 },
      others: [{ everySeconds: 7 }],
    };
    const limits = { creates: null, reads: null };
    const faults = everyFault({ chance: 0.03, hangs: false }).filter(
      ({ fault }) => fault.kind !== "slow-body" && fault.kind !== "delay",
    );
    const fake = await startFake({ seed, script, limits, faults });
    const seen: Array<unknown> = [];
    for (let step = 0; step < 40; step++) {
      const path = step % 3 === 0 ? paths.create : paths.list;
      const options = step % 3 === 0 ? { body: launchOf(`t${step}`) } : {};
      seen.push(await fetchFrom(fake, path, options).then(textOf, causeOf));
      await fake.advance(3);
    }
    return { seen, entries: fake.audit.entries, runs: fake.runs() };
  };
  const textOf = async (response: Response) => [
    response.status,
    await response.text().catch(causeOf),
  ];
  const causeOf = (error: Error) => error.message;

  it("and the same requests give the same answers, faults and runs", async () => {
    const first = await story(3);
    expect(await story(3)).toEqual(first);
    expect(new Set(first.entries.map((entry) => entry.fault)).size).toBeGreaterThan(3);
    expect(await story(4)).not.toEqual(first);
  });
});
