import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Place from "./Place.ts";
import * as RemoteKills from "./remoteKills.ts";
import * as Totals from "./Totals.ts";

/** Milliseconds; a dozen processes one after the other take a while on a busy machine. */
const timeout = 180_000;

let root = "";

beforeAll(async () => {
  root = await Place.temporary();
});

afterAll(() => Place.remove(root));

describe("a run on a service that outlives its process", () => {
  it("launches every task once, wherever its process is killed", { timeout }, async () => {
    const points = ["sent POST", "before append AgentRunStarted", "before append AgentRunEnded"];
    const cases = await Totals.all(points, (at) => RemoteKills.kill(root, at));
    expect(cases.flatMap(({ problems }) => problems)).toEqual([]);
    expect(Totals.kills(cases)).toBe(points.length);
  });

  it(
    "asks a person about a launch that nothing was heard of while nothing was ever heard",
    { timeout },
    async () => {
      const found = await RemoteKills.kill(root, "before POST");
      expect(found).toMatchObject({ problems: [], note: "held" });
    },
  );
});
