import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Command from "./support/Command.ts";

/** Prints what Claude Code prints, and changes a file; the key of its API comes from the environment. */
const claude = `#!/bin/sh
cat >prompt
printf '%s\\n' "$ANTHROPIC_API_KEY \${OPENAI_API_KEY-none} $MINE" >key
cat <<'END'
{"type":"assistant","message":{"content":[{"type":"tool_use","name":"Edit","input":{"file_path":"prompt"}}]},"session_id":"s-1"}
{"type":"result","subtype":"success","is_error":false,"result":"All done.","session_id":"s-1","total_cost_usd":0.25,"usage":{"input_tokens":3,"output_tokens":4}}
END
`;

/** A folder in which programs of tests come first on the PATH. */
const folderWith = (plan: string, programs: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    const bin = yield* fs.makeTempDirectoryScoped();
    for (const [name, text] of Object.entries(programs)) {
      yield* fs.writeFileString(`${bin}/${name}`, text, { mode: 0o755 });
    }
    const environment = {
      PATH: `${bin}:/usr/bin:/bin`,
      ANTHROPIC_API_KEY: "key-1",
      OPENAI_API_KEY: "key-2",
      MINE: "key-3",
    };
    return yield* Command.folder({ "plan.yaml": plan }, { environment });
  }).pipe(Effect.provide(NodeServices.layer), Effect.orDie);

describe("a plan with tasks for coding agents of this machine", () => {
  it.live("is refused with what is missing, what does not fit, and what was meant", () =>
    Effect.gen(function* () {
      const folder = yield* folderWith(`tasks:
  - { id: a, agent: claude, prompt: Do it }
  - { id: b, agent: claude, prompt: Do more }
  - { id: c, agent: codex, run: "true" }
  - { id: d, agent: gemini }
  - { id: e, agent: opencod, prompt: Do it }
  - { id: f, agent: opencode, prompt: Do it, branch: main, env: { PATH: /opt } }
defaults: { prompt: " " }
`);
      const { code, out, error } = yield* folder.run("plan");
      const all = out + error;
      expect(code).toBe(65);
      expect(all).toContain(
        'plan.yaml:2:11: error: Task "a" needs Claude Code, and there is no program claude on the PATH. Install it (npm install -g @anthropic-ai/claude-code), or name another agent',
      );
      expect(all).not.toContain('Task "b" needs');
      expect(all).toContain(
        'plan.yaml:4:11: error: Task "c" has a command, and Codex runs none: say in its prompt what is to be done and leave run out, or leave agent: codex out',
      );
      expect(all).toContain(
        'plan.yaml:5:11: error: Task "d" has no prompt, which Gemini CLI needs. Add one',
      );
      expect(all).toMatch(
        /6:11: error: Task "e" wants the agent "opencod", which does not exist \(.*opencode.*\)\. Did you mean "opencode"\?/,
      );
      expect(all).toContain(
        'plan.yaml:7:11: warning: Task "f" has branch, and OpenCode works from the base of the plan: leave it out',
      );
      expect(all).not.toContain("no program opencode");
    }).pipe(Effect.scoped),
  );

  it.live(
    "runs them in their worktrees, with their own variables and those the plan passes on",
    () =>
      Effect.gen(function* () {
        const folder = yield* folderWith(
          `agents: { claude: { passEnv: [MINE] } }
tasks:
  - { id: a, agent: claude, prompt: Make it work, acceptance: It is green }
  - { id: b, run: "echo {{ tasks.a.output.result }} > said", dependsOn: [a] }
`,
          { claude },
        );
        const git = (...args: ReadonlyArray<string>) =>
          spawnSync("git", ["-C", folder.path, ...args], { encoding: "utf8" }).stdout;
        git("init", "-q", "-b", "main");
        git(
          "-c",
          "user.name=a",
          "-c",
          "user.email=a@b",
          "commit",
          "-q",
          "--allow-empty",
          "-m",
          "a",
        );
        const ended = yield* folder.run("run", "plan.yaml", "--results", "results.json");
        expect({ code: ended.code, error: ended.error }).toEqual({ code: 0, error: "" });
        const merged = git(
          "for-each-ref",
          "--format=%(refname:short)",
          "refs/heads/*/*/@merged",
        ).trim();
        const shown = (file: string) => git("show", `${merged}:${file}`);
        expect(shown("prompt")).toBe("Make it work\n\nIt is done when:\n\n- It is green");
        expect(shown("key")).toBe("key-1 none key-3\n");
        expect(shown("said")).toBe("All done.\n");
        const results = yield* folder.read("results.json");
        expect(results).toContain('"session": "s-1"');
      }).pipe(Effect.scoped),
  );
});
