import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Faults from "./backlogFaults.ts";
import * as Kills from "./backlogKills.ts";
import * as Rivals from "./backlogRivals.ts";
import * as Place from "./Place.ts";

/** Milliseconds; several processes one after the other take a while on a busy machine. */
const timeout = 180_000;

let root = "";

beforeAll(async () => {
  root = await Place.temporary();
});

afterAll(() => Place.remove(root));

describe.concurrent("a backlog on GitHub, worked on by Codegen", () => {
  it(
    "is launched, told and merged once and in order, whatever is killed and lost",
    { timeout },
    async () => {
      const kills = ["answered POST /v1", "sent PUT", "150. change"];
      const options = { name: "short", seed: 1, size: 20, kills, faults: Faults.ofAll };
      const found = await Kills.work(root, options);
      expect(found.problems).toEqual([]);
      expect(found.points).toHaveLength(kills.length);
      expect(found.faults).toBeGreaterThan(0);
    },
  );

  it(
    "is left by the second of two that begin at once, who names the first",
    { timeout },
    async () => {
      const found = await Rivals.two(root, 2, 6);
      expect(found.problems).toEqual([]);
    },
  );

  it("goes on with a new token where the old one was revoked", { timeout }, async () => {
    const found = await Rivals.revoked(root, 3, 8);
    expect(found.problems).toEqual([]);
  });
});
