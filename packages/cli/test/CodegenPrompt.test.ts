import { describe, expect, it } from "@effect/vitest";
import { Clock, Codegen } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";

const factor = 30;

/** A service in this process, which tells what it was asked to do, and a folder with a configuration for it. */
const scene = Effect.fnUntraced(function* (
  files: Readonly<Record<string, string>>,
  more = "",
  seconds = 5,
) {
  const fate = { seconds, pullRequests: 1, result: "Kiwi" };
  const fake = yield* Effect.acquireRelease(
    Effect.promise(() =>
      Codegen.make({ clock: Clock.real({ factor }), script: { fallback: fate } }),
    ),
    (made) => Effect.promise(() => made.close()),
  );
  const config = `codegen:
  org_id: ${fake.orgId}
  api_token: \${TOKEN}
  base_url: ${fake.url}
  repo_id: 7001
${more}`;
  const folder = yield* Command.folder(
    { "config.yaml": config, ...files },
    { environment: { TOKEN: fake.token }, factor },
  );
  return { fake, folder };
});

const run = ["run", "plan.yaml", "--config", "config.yaml", "--no-preflight"] as const;

const plan = `tasks:
  - id: name
    title: Choose a name
    prompt: Name the fruit.
  - id: use
    prompt: Use the name.
    dependsOn: [name]
    acceptance: ["{{ tasks.name.output.result }} stands in the README.", Tests pass.]
    links: https://example.com/names
    rules: [Add no dependency.]
    branch: "{{ tasks.name.output.result }}/next"
    model: model-a
`;

/** A prompt whose fences have the number 1. */
const plain = (prompt: string | null | undefined) =>
  (prompt ?? "").replace(/ [0-9a-f]{16}\n/g, " 1\n");

describe("orchestrator run with tasks for Codegen", () => {
  it.live("tells the agent what the keys of a task say, and asks for its model", () =>
    Effect.gen(function* () {
      const { fake, folder } = yield* scene({ "plan.yaml": plan });
      const { code, error } = yield* folder.run(...run);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      const [first, second] = fake.launched();
      expect(plain(first?.prompt)).not.toContain("It is done when:");
      expect(plain(second?.prompt)).toContain(
        "It is done when:\n<<< acceptance 1\n- Kiwi stands in the README.\n- Tests pass.\n>>> acceptance 1",
      );
      expect(plain(second?.prompt)).toContain("- https://example.com/names\n");
      expect(plain(second?.prompt)).toContain("<<< branch 1\nKiwi/next\n>>> branch 1");
      expect(plain(second?.prompt)).toContain("<<< rules 1\n- Add no dependency.\n>>> rules 1");
      expect(fake.violations()).toEqual([]);
    }),
  );

  it.live("makes every prompt by the file that the configuration names", () =>
    Effect.gen(function* () {
      const template = "Be brief.\n\n{{title}}\n\n{{ body }}\n\n{{links}}\nWrite \\{{ this }}.\n";
      const files = { "plan.yaml": plan, "task.md": template };
      const { fake, folder } = yield* scene(files, "  prompt_file: task.md\n");
      const { code, error } = yield* folder.run(...run);
      expect({ code, error }).toEqual({ code: 0, error: "" });
      expect(fake.launched().map(({ prompt }) => plain(prompt))).toEqual([
        "Be brief.\n\n<<< title 1\nChoose a name\n>>> title 1\n\nWhat is wanted:\n<<< task 1\nName the fruit.\n>>> task 1\n\nWrite {{ this }}.\n",
        "Be brief.\n\n<<< title 1\nuse\n>>> title 1\n\nWhat is wanted:\n<<< task 1\nUse the name.\n>>> task 1\n\nWorth reading:\n<<< links 1\n- https://example.com/names\n>>> links 1\nWrite {{ this }}.\n",
      ]);
    }),
  );

  it.live("starts nothing with a prompt file that cannot be used, and says where it is wrong", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": plan, "task.md": "{{title}}\nDo {{boddy}}\n" };
      const { fake, folder } = yield* scene(files, "  prompt_file: task.md\n");
      const refused = yield* folder.run(...run);
      expect(refused.code).toBe(78);
      expect(refused.error).toMatch(
        /config\.yaml:6:16 {2}codegen\.prompt_file: \S+\/task\.md:2:4 \{\{boddy\}\} stands for nothing; allowed are \{\{title\}\}, .*; did you mean \{\{body\}\}\?/,
      );
      yield* folder.write("task.md", " \n");
      expect((yield* folder.run("plan", "--config", "config.yaml")).error).toMatch(
        /task\.md:1:1 is empty; allowed are/,
      );
      yield* folder.write(
        "config.yaml",
        "codegen: { prompt_file: tsak.md, org_id: 1, api_token: x }",
      );
      const missing = yield* folder.run(...run);
      expect(missing.code).toBe(78);
      expect(missing.error).toContain("tsak.md does not exist; a relative name counts from");
      expect(fake.audit.entries).toEqual([]);
      expect(yield* folder.names()).not.toContain(".orchestrator");
    }),
  );

  it.live("takes the prompt file as it is when a run goes on", () =>
    Effect.gen(function* () {
      const files = { "plan.yaml": plan, "task.md": "Old. {{body}}" };
      const { fake, folder } = yield* scene(files, "  prompt_file: task.md\n", 60);
      const started = yield* folder.start(...run, "--json");
      yield* started.saw(/Codegen says ACTIVE/);
      yield* started.signal("SIGKILL");
      yield* started.ended;
      yield* folder.write("task.md", "New. {{body}}");
      const { code, error } = yield* folder.run("resume");
      expect({ code, error }).toMatchObject({ code: 0 });
      const begins = fake.launched().map(({ prompt }) => prompt?.slice(0, 4));
      expect(begins).toEqual(["Old.", "New."]);
    }),
  );
});
