import { assert, describe, it } from "@effect/vitest";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as RepositorySurvey from "../src/RepositorySurvey.ts";
import { simulated } from "./support/simulated.ts";

const world = (scopes: ReadonlyArray<string>): GitHub.WorldInput => ({
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [{ name: "acme/shop", permissions: { operator: "admin" }, labels: ["ready", "bug"] }],
  projects: [
    { owner: "acme", title: "Roadmap", fields: {} },
    { owner: "acme", title: "Old", closed: true, fields: {} },
  ],
  tokens: [{ token: "ghp_a", kind: "classic", user: "operator", scopes }],
});

const survey = Effect.fnUntraced(function* (scopes: ReadonlyArray<string>) {
  const { client, within } = yield* simulated({ world: world(scopes) });
  return yield* within(60, RepositorySurvey.look(yield* client(), "acme/shop"));
});

describe("RepositorySurvey", () => {
  it.effect("tells the default branch, the labels and the open boards", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* survey(["repo", "read:project"]), {
        defaultBranch: "main",
        labels: ["ready", "bug"],
        boards: [{ number: 1, title: "Roadmap" }],
      });
    }),
  );

  it.effect("tells the rest where a token may see no boards", () =>
    Effect.gen(function* () {
      const found = yield* survey(["repo"]);
      assert.deepStrictEqual(found.boards, []);
      assert.deepStrictEqual(found.labels, ["ready", "bug"]);
    }),
  );
});
