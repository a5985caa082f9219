import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { boardItems } from "../src/internal/queries/boardItems.ts";
import { issuesByName } from "../src/internal/queries/issuesByName.ts";
import { moreOfIssues } from "../src/internal/queries/moreOfIssues.ts";
import { connections, optional, type Without } from "../src/internal/queries/parts.ts";
import { relationsOfIssues } from "../src/internal/queries/relationsOfIssues.ts";
import { simulated } from "./support/simulated.ts";

const wanted = { blockedBy: true, subIssues: true, parent: true, comments: true };
const nothing: Without = new Set();

/** A repository whose first issue has one of everything, and a board with it. */
const world = {
  repos: [
    {
      name: "acme/shop",
      issues: [
        { blockedBy: ["#2"], subIssues: ["#3"], parent: "#4", comments: ["Hi"] },
        {},
        {},
        {},
      ],
    },
  ],
  projects: [{ owner: "acme", items: ["acme/shop#1"] }],
};

const made = Effect.fnUntraced(function* () {
  const simulation = yield* simulated({ world });
  const client = yield* simulation.client();
  const named = [{ owner: "acme", repository: "shop", numbers: [1] }];
  const { data } = yield* client.query(issuesByName(named, wanted, nothing));
  const issue = data["r0"]?.["i0"];
  if (issue?.__typename !== "Issue") return yield* Effect.die("no issue");
  return { ...simulation, client, issue };
});

describe("the queries", () => {
  for (const name of connections) {
    it.effect(`read on from the cursor of ${name}`, () =>
      Effect.gen(function* () {
        const { client, fake, issue } = yield* made();
        const cursor = issue[name]?.pageInfo.endCursor;
        const from = [{ nodeId: issue.id, cursor: cursor ?? "none" }];
        const { data, errors } = yield* client.query(moreOfIssues(name, from, nothing));
        expect(errors).toEqual([]);
        expect(data["i0"]?.[name]).toEqual({
          pageInfo: { hasNextPage: false, endCursor: null },
          nodes: [],
        });
        expect(fake.violations()).toEqual([]);
      }),
    );
  }

  it.effect("are whole without each part that a server may not know", () =>
    Effect.gen(function* () {
      const { client, fake, issue } = yield* made();
      const address = { owner: "acme", number: 1 };
      const asked = { size: 1, after: undefined, search: undefined, fields: [], wanted };
      for (const without of [...optional.map((name) => new Set([name])), new Set(optional)]) {
        yield* client.query(relationsOfIssues([issue.id], wanted, without));
        yield* client.query(boardItems(address, asked, without));
      }
      expect(fake.violations()).toEqual([]);
    }),
  );
});
