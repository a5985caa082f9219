import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Screens from "./support/Screens.ts";

const release = `# Kept by hand.
description: Ships it.
parameters:
  env: { type: string, enum: [test, prod], description: Where to. }
  hosts: { type: list, default: [a, b] }
isolation: none
resources: { dock: 1 }
tasks:
  - { id: build, run: "echo '{\\"files\\": [\\"x\\", \\"y\\"]}' > $ORCHESTRATOR_OUTPUT" }
  - { id: ship, forEach: "{{ params.hosts }}", run: "echo {{ item }} {{ params.env }} >> shipped", dependsOn: [build], resources: { dock: 1 } }
  - { id: sign, forEach: "{{ tasks.build.output.files }}", run: "echo sig={{ item }}.sig > $ORCHESTRATOR_OUTPUT" }
  - { id: drill, run: "false", dependsOn: [build], when: 'params.env == "test"' }
  - { id: note, uses: workflow.notify, with: { text: "to {{ params.env }}" }, dependsOn: [ship, sign] }
  - { id: ask, uses: approval.wait, with: { question: "Open {{ params.env }}?" }, dependsOn: [note] }
outputs:
  signed: "{{ tasks.sign.output }}"
  said: "{{ tasks.note.output.said }}"
  opened: "{{ tasks.ask.output.approved }}"
`;

const notify = `parameters: { text: { type: string } }
tasks:
  - { id: say, run: "echo said={{ params.text }} > $ORCHESTRATOR_OUTPUT" }
outputs: { said: "{{ tasks.say.output.said }}" }
`;

describe("orchestrator workflow", () => {
  it.live("writes nothing where a link of the clone leads", () =>
    Effect.gen(function* () {
      const { call, folder } = yield* Screens.make({});
      mkdirSync(join(folder, ".orchestrator"));
      mkdirSync(join(folder, "..", "home"));
      symlinkSync("../../home", join(folder, ".orchestrator", "workflows"));
      const exit = yield* call("workflow", "create", "x");
      expect(String(exit)).toContain("workflows could not be written: it is a symbolic link");
      expect(readdirSync(join(folder, "..", "home"))).toEqual([]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live(
    "creates, lists, checks, runs, resumes and deletes workflows, and remembers their parameters",
    () =>
      Effect.gen(function* () {
        const folder = yield* Command.folder({
          "plan.yaml": release,
          ".gitignore": ".orchestrator/\n",
        });
        const created = yield* folder.run("workflow", "create", "release", "--from", "plan.yaml");
        expect(created.out).toContain("Wrote .orchestrator/workflows/release.yaml. Run it:");
        expect(created.error).toContain("/.orchestrator/* and !/.orchestrator/workflows/");
        expect(yield* folder.read(".orchestrator/workflows/release.yaml")).toContain(
          "# Kept by hand.",
        );
        yield* folder.write(".orchestrator/workflows/notify.yaml", notify);
        yield* folder.write(
          ".orchestrator/workflows/loop.yaml",
          "tasks: [{ id: a, uses: workflow.loop }]\n",
        );
        const listed = yield* folder.run("workflow", "list");
        expect(listed.out).toMatch(/release +env: string, hosts=\["a","b"\] +Ships it\./);
        const checked = yield* folder.run("workflow", "validate");
        expect(checked.code).toBe(65);
        expect(checked.error).toContain(
          ".orchestrator/workflows/loop.yaml:1:24 tasks[0].uses: a workflow cannot be a task of itself: loop → loop; remove one of these",
        );
        const wrong = yield* folder.run(
          "workflow",
          "run",
          "release",
          "--param",
          "env=prd",
          "-p",
          "host=a",
        );
        expect(wrong.code).toBe(2);
        expect(wrong.error).toContain(
          '- host: unknown parameter; there are env, hosts; did you mean "hosts"?',
        );
        expect(wrong.error).toContain(
          '- env: must be one of "test", "prod", found the text "prd"; did you mean "prod"?',
        );

        const ran = yield* folder.run(
          "workflow",
          "run",
          "release",
          "--param",
          "env=prod",
          "-p",
          "hosts=a,b c",
        );
        expect([ran.code, ran.error]).toEqual([3, ""]);
        expect((yield* folder.read("shipped")).split("\n").toSorted()).toEqual([
          "",
          "a prod",
          "b c prod",
        ]);
        const status = yield* folder.run("status", "--json");
        expect(JSON.parse(status.out)).toMatchObject({
          plan: "release",
          workflow: { name: "release", params: { env: "prod", hosts: ["a", "b c"] } },
        });
        expect((yield* folder.run("decide", "ask", "approve")).code).toBe(0);
        yield* folder.write(".orchestrator/workflows/release.yaml", `${release}# Changed.\n`);
        const resumed = yield* folder.run("resume");
        expect(resumed.code).toBe(0);
        expect(resumed.error).toContain(
          'workflow run release --param env=prod --param \'hosts=["a","b c"]\'',
        );
        const exported = JSON.parse((yield* folder.run("export")).out) as {
          readonly workflow: object;
          readonly tasks: ReadonlyArray<{ readonly task_id: string; readonly output: unknown }>;
        };
        expect(exported.workflow).toEqual({
          name: "release",
          params: { env: "prod", hosts: ["a", "b c"] },
        });
        expect(exported.tasks.find((task) => task.task_id === "outputs")?.output).toEqual({
          signed: [{ sig: "x.sig" }, { sig: "y.sig" }],
          said: "to prod",
          opened: true,
        });
        expect(
          JSON.parse((yield* folder.run("workflow", "delete", "loop", "--yes", "--json")).out),
        ).toMatchObject({ deleted: true });
        expect(yield* folder.names(".orchestrator/workflows")).toEqual([
          "notify.yaml",
          "release.yaml",
        ]);
      }),
    { timeout: 120_000 },
  );
});
