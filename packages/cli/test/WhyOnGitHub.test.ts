import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as GitHub from "./support/GitHub.ts";
import * as Journals from "./support/Journals.ts";

const world: NonNullable<GitHub.Options["world"]> = {
  users: ["operator", "eve"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      issues: [
        { title: "Design the API" },
        { title: "Write the API", body: "Depends on #1 and #7" },
        { title: "Write the UI", body: "Some words\n\nBlocked by: #2", labels: ["depends:#6"] },
        { title: "Publish", blockedBy: ["#3", "acme/api#1"], body: "Requires #999" },
        { title: "Mine coins", author: "eve" },
        { title: "Chicken", body: "After #8" },
        { title: "Old", state: "closed", stateReason: "completed" },
        { title: "Egg", body: "After #6" },
      ],
    },
    { name: "acme/api", permissions: { operator: "admin" }, issues: [{ title: "Elsewhere" }] },
  ],
};

const repo = ["--repo", "acme/shop"] as const;

describe("orchestrator why on GitHub", () => {
  it.live("goes down to the open, the missing and the circular beginnings of an issue", () =>
    Effect.gen(function* () {
      const { fake, run } = yield* GitHub.scene({ world });
      const { code, error, out } = yield* run("why", "#4", ...repo);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out.split("\n")).toEqual([
        "· acme/shop#4  Publish",
        "  waits for 3 of 3 dependencies: acme/shop#999, acme/api#1, acme/shop#3",
        "  trusted: its author operator is MEMBER",
        expect.stringMatching(/^ {2}https?:\/\/\S+\/acme\/shop\/issues\/4$/),
        "  GitHub: acme/shop issues",
        "",
        "Waits for",
        "! acme/shop#999 (body line 1): does not exist",
        "→ acme/api#1 (blocked by): open, not in the plan",
        "· acme/shop#3 (blocked by): waits for 2 of 2 dependencies: acme/shop#2, acme/shop#6",
        "  · acme/shop#2 (body line 3): waits for 1 of 2 dependencies: acme/shop#1",
        "    ○ acme/shop#1 (body line 1): ready, starts at once",
        "  · acme/shop#6 (label depends:#6): waits for 1 of 1 dependency: acme/shop#8",
        "    · acme/shop#8 (body line 1): waits for 1 of 1 dependency: acme/shop#6",
        "",
        "Begins with",
        "∞ acme/shop#6, 2 tasks wait for it: waits for itself: acme/shop#6 → acme/shop#8 → acme/shop#6",
        "! acme/shop#999, 1 task waits for it: does not exist",
        "→ acme/api#1, 1 task waits for it: open, not in the plan",
        "○ acme/shop#1, 3 tasks wait for it: ready, starts at once",
        "",
      ]);
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.live("says of an issue that it is not trusted, as JSON too", () =>
    Effect.gen(function* () {
      const { run } = yield* GitHub.scene({ world });
      const { out } = yield* run("why", "5", ...repo, "--json");
      expect(JSON.parse(out)).toMatchObject({
        id: "acme/shop#5",
        state: "Blocked",
        summary: expect.stringMatching(
          /^cannot run: it is not trusted, because its author eve is NONE/,
        ),
        trust: expect.stringMatching(/^not trusted: its author eve is NONE/),
        defaultGate: "merged",
        causes: [],
        roots: [{ id: "acme/shop#5" }],
        from: { kind: "github", name: "acme/shop issues", standing: null },
      });
    }),
  );

  it.live("says of an issue outside the plan how it stands and who waits for it", () =>
    Effect.gen(function* () {
      const { run } = yield* GitHub.scene({ world });
      const told = Effect.fnUntraced(function* (named: string) {
        const { code, error } = yield* run("why", named, ...repo);
        expect(code).toBe(65);
        return error.trim().replace(/ \[task-not-found\]$/, "");
      });
      expect(yield* told("7")).toBe(
        'error: there is no task "7" in acme/shop issues. acme/shop#7, a dependency of acme/shop#2, is closed as completed.',
      );
      expect(yield* told("acme/api#1")).toBe(
        'error: there is no task "acme/api#1" in acme/shop issues. acme/api#1, a dependency of acme/shop#4, is open. --with-dependencies takes it into the plan.',
      );
      expect(yield* told("#999")).toBe(
        'error: there is no task "#999" in acme/shop issues. acme/shop#999, a dependency of acme/shop#4, does not exist, or this token may not see it.',
      );
      expect(yield* told("77")).toBe(
        'error: there is no task "77" in acme/shop issues. Only issues that the sources give are tasks: usually the open ones, and no pull requests.',
      );
    }),
  );

  it.live("reads the issues for a task that the latest run does not have", () =>
    Effect.gen(function* () {
      const { clone, fake, path, run } = yield* GitHub.scene({ world });
      yield* clone({ origin: `${fake.url}/acme/shop.git` });
      yield* Journals.write(path, "r1", Journals.begun("r1"));
      const { out } = yield* run("why", "acme/shop#1");
      expect(out).toMatch(/^○ acme\/shop#1 {2}Design the API\n {2}ready, starts at once\n/);
      const { code, error } = yield* run("why", "acme/shop#77");
      expect(code).toBe(65);
      expect(error).toContain('no task "acme/shop#77" in acme/shop issues or the run r1.');
    }),
  );
});
