import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Codegen from "./support/Codegen.ts";
import * as Command from "./support/Command.ts";

const doctor = ["doctor", "--config", "config.yaml"] as const;

const atNobody = `codegen:
  org_id: 1
  api_token: sk-secret
  base_url: http://127.0.0.1:1
`;

const plan = "tasks:\n  - { id: a, run: echo a }\n";

/** A folder with a repository whose only branch is main. */
const repository = Effect.fnUntraced(function* (files: Readonly<Record<string, string>> = {}) {
  const folder = yield* Command.folder(files);
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", args, { cwd: folder.path, stdio: "ignore" });
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Test");
  git("config", "user.email", "test@example.org");
  git("commit", "-q", "--allow-empty", "-m", "Start");
  return folder;
});

describe("orchestrator doctor", () => {
  it.live("finds everything well without a configuration, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const folder = yield* repository();
      const { code, error, out } = yield* folder.run("doctor");
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toMatch(/✓ node +Node \d+[^]*✓ git +git version[^]*✓ journal +.*locks hold/);
      expect(out).toMatch(/✓ repository +.*, branch main at [0-9a-f]{9}\n/);
      expect(out).not.toContain("codegen");
      expect(yield* folder.names()).toEqual([".git"]);
    }),
  );

  it.live("says what a run would fail at: no repository, no commit, no base branch", () =>
    Effect.gen(function* () {
      const none = yield* Command.folder({ "plan.yaml": plan });
      const outside = yield* none.run("doctor");
      expect(outside.code).toBe(1);
      expect(outside.out).toMatch(/✗ repository +.*is not in a git repository/);
      execFileSync("git", ["init", "-q"], { cwd: none.path });
      const empty = yield* none.run("doctor");
      expect(empty.code).toBe(1);
      expect(empty.out).toMatch(/✗ repository +.*has no commits/);
      const based = yield* repository({ "plan.yaml": `base: trunk\n${plan}` });
      const missing = yield* based.run("doctor");
      expect(missing.code).toBe(1);
      expect(missing.out).toMatch(/✗ repository +The base branch trunk does not exist/);
    }),
  );

  it.live("needs no repository for a plan that needs none", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "plan.yaml": `isolation: none\n${plan}` });
      const { code, out } = yield* folder.run("doctor");
      expect(code).toBe(0);
      expect(out).toMatch(/✓ repository +plan\.yaml needs none/);
    }),
  );

  it.live("says what is wrong with a journal, and leaves it as it is", () =>
    Effect.gen(function* () {
      for (const content of ["", "garbage ".repeat(200), undefined]) {
        const folder = yield* repository();
        mkdirSync(folder.file(".orchestrator"));
        const file = ".orchestrator/journal.db";
        if (content === undefined) mkdirSync(folder.file(file));
        else yield* folder.write(file, content);
        const { code, out } = yield* folder.run("doctor");
        expect(code).toBe(1);
        expect(out).toMatch(/✗ journal +.*journal\.db/);
        expect(yield* folder.names(".orchestrator")).toEqual(["journal.db"]);
        if (content !== undefined) expect(yield* folder.read(file)).toBe(content);
      }
    }),
  );

  it.live("asks the service for the user, the organisation and the repository", () =>
    Effect.gen(function* () {
      const folder = yield* Codegen.scene({ config: "github: { repository: acme/shop }\n" });
      const { code, error, out } = yield* folder.run(...doctor);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(out).toMatch(/✓ codegen token[^]*✓ codegen organization[^]*✓ codegen repository/);
      expect(folder.launches().size).toBe(0);
    }),
  );

  it.live("says that a token is refused, and what to do", () =>
    Effect.gen(function* () {
      const folder = yield* Codegen.scene({ environment: { FAKE_TOKEN: "sk-wrong" } });
      const { code, out } = yield* folder.run(...doctor);
      expect(code).toBe(1);
      expect(out).toMatch(/✗ codegen token +.*codegen\.com\/token/);
      expect(out).not.toContain("sk-wrong");
    }),
  );

  it.live("says of a host that answers with pages that the service may be discontinued", () =>
    Effect.gen(function* () {
      const folder = yield* Codegen.scene({ faults: [{ fault: { kind: "html", status: 200 } }] });
      const { code, out } = yield* folder.run(...doctor, "--json");
      expect(code).toBe(1);
      expect(JSON.parse(out)).toContainEqual({
        about: "codegen address",
        level: "problem",
        message: expect.stringContaining("may be discontinued"),
      });
    }),
  );

  it.live("says that nobody answers, without the token", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "config.yaml": atNobody }, { factor: 30 });
      const { code, error, out } = yield* folder.run(...doctor);
      expect({ code, error }).toEqual({ code: 1, error: "" });
      expect(out).toMatch(/✗ codegen address/);
      expect(out).not.toContain("sk-secret");
    }),
  );

  it.live("warns of a token that others may read", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ "config.yaml": atNobody }, { factor: 30 });
      const { out } = yield* folder.run(...doctor);
      expect(out).toMatch(/! configuration +.*other users may read it.*chmod 600/);
    }),
  );

  it.live("says what is wrong in a configuration that cannot be used", () =>
    Effect.gen(function* () {
      const text = "codegen:\n  org_id: 1\n  api_token: ${NO_SUCH_TOKEN}\n";
      const folder = yield* Command.folder({ "config.yaml": text });
      const { code, out } = yield* folder.run(...doctor);
      expect(code).toBe(1);
      expect(out).toMatch(
        /✗ configuration +.*config\.yaml:3:14 {1,2}codegen\.api_token: needs the variable NO_SUCH_TOKEN/,
      );
    }),
  );

  it.live("says that no journal can be kept in a folder that cannot be written", () =>
    Effect.gen(function* () {
      const folder = yield* Command.folder({ ".orchestrator": "not a folder" });
      const { code, out } = yield* folder.run("doctor");
      expect(code).toBe(1);
      expect(out).toMatch(/✗ journal +.*cannot keep a journal/);
    }),
  );
});
