import { describe, expect, it } from "@effect/vitest";
import * as Routing from "../src/plan/Routing.ts";

const command = { id: "command", payload: { run: "true" } };
const prompt = { id: "prompt", prompt: "Do it" };

describe("the agent of a task", () => {
  it("is the one it names, else the local one for a command and Codegen for a prompt", () => {
    expect(Routing.agentOf({ ...command, agent: "codegen" }, false)).toBe("codegen");
    expect(Routing.agentOf(command, true)).toBe("local");
    expect(Routing.agentOf(prompt, true)).toBe("codegen");
    expect(Routing.agentOf(prompt, false)).toBe("local");
  });
});

describe("routing", () => {
  it("leaves tasks alone that have nothing to do with Codegen", () => {
    const tasks = [command, { id: "b", dependsOn: ["command"], payload: { run: "true" } }];
    expect(Routing.route(tasks, true)).toEqual(tasks);
  });

  it("lets dependents of Codegen wait for its agent, unless they say otherwise", () => {
    const own = { task: "prompt", until: "merged" } as const;
    const tasks = [
      prompt,
      { id: "b", payload: { run: "true" }, dependsOn: ["prompt", "command"] },
      { id: "c", payload: { run: "true" }, dependsOn: [own] },
      command,
    ];
    const [routed, b, c] = Routing.route(tasks, true);
    expect(routed).toEqual({ ...prompt, agent: "codegen" });
    expect(b!.dependsOn).toEqual([{ task: "prompt", until: "agent-ended" }, { task: "command" }]);
    expect(c!.dependsOn).toEqual([own]);
  });
});
