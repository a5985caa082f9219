/** What docs/guides/local-agents.md says of each coding agent, and its plan files. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import * as Result from "effect/Result";
import * as PlanFile from "../src/PlanFile.ts";
import * as Presets from "../src/presets/Presets.ts";

const guide = readFileSync(
  new URL("../../../docs/guides/local-agents.md", import.meta.url),
  "utf8",
);

/** The rows of the table whose first two columns are named so, without what only people read. */
const rows = (first: string, second: string) => {
  const lines = guide.split("\n");
  const isHead = (line: string) => new RegExp(`^\\| ${first} +\\| ${second} +\\|`).test(line);
  const rest = lines.slice(lines.findIndex(isHead) + 2);
  return rest
    .slice(
      0,
      rest.findIndex((line) => !line.startsWith("|")),
    )
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
};

const code = (text: string) => `\`${text}\``;

describe("the guide of local agents", () => {
  it("names the command lines and what is counted", () => {
    const shown = rows("agent", "command line").map(([name, line = "", , counts]) => [
      name,
      line.split(", with ")[0],
      counts,
    ]);
    const stated = Presets.all.map(({ args, measures, name, permissions }) => [
      code(name),
      code([name, ...args, ...permissions.args].join(" ")),
      measures.join(", "),
    ]);
    expect(shown).toEqual(stated);
    const variables = Presets.all.flatMap(({ permissions }) =>
      Object.entries(permissions.variables),
    );
    for (const [name, value] of variables) expect(guide).toContain(`${name}=${value}`);
  });

  it("names the variables of each, and how people sign in", () => {
    const stated = Presets.all.map(({ environment, name, signIn }) => [
      code(name),
      environment.map(code).join(", "),
      signIn,
    ]);
    expect(rows("agent", "variables")).toEqual(stated);
  });

  it("has a plan file for each of them, without a mistake", () => {
    const plans = [...guide.matchAll(/```yaml\n# (\S+)\n([^]*?)```/g)];
    const agents = plans.flatMap(([, name = "", text = ""]) => {
      const parsed = PlanFile.parse(text, name);
      expect(Result.isFailure(parsed) ? parsed.failure.message : "").toBe("");
      return Result.isSuccess(parsed) ? parsed.success.tasks.map(({ agent }) => agent) : [];
    });
    expect([...new Set(agents)].toSorted()).toEqual(Presets.names);
  });
});
