import { describe, expect, it } from "@effect/vitest";
import * as ConfigKeys from "../src/config/ConfigKeys.ts";
import * as ConfigLayers from "../src/config/ConfigLayers.ts";
import * as ConfigOverrides from "../src/config/ConfigOverrides.ts";

/** A value for a key, as a variable writes it and as it is meant. */
const sample = (shape: ConfigKeys.Shape): readonly [string, unknown] => {
  const { anyOf, enum: words, exclusiveMinimum, items, minimum, type } = shape;
  if (words !== undefined) return [words[0]!, words[0]];
  if (anyOf !== undefined) return sample(anyOf[0]!);
  if (items !== undefined) return listSample(items);
  if (type === "boolean") return ["TRUE", true];
  if (type === "number" || type === "integer") {
    const least = minimum ?? (exclusiveMinimum ?? 0) + 1;
    return [String(least), least];
  }
  return type === "object" ? ['{"a": 1}', { a: 1 }] : ["some text", "some text"];
};

const listSample = (items: ConfigKeys.Shape): readonly [string, unknown] => {
  if (items.type === "object") return ['[{"a": 1}]', [{ a: 1 }]];
  const [text, value] = sample(items);
  return [`${text}, ${text}`, [value, value]];
};

const read = (variables: Readonly<Record<string, string>>) => {
  const { layers, ...rest } = ConfigOverrides.read(variables);
  return { value: ConfigLayers.merge(layers), ...rest };
};

describe("a variable of the environment", () => {
  it.each(ConfigKeys.all.map((key) => [key.variable, key] as const))(
    "goes before its key: %s",
    (variable, key) => {
      const [text, meant] = sample(key.shape);
      const { value, warnings, wrong } = read({ [variable]: text });
      expect(wrong).toEqual([]);
      expect(warnings).toEqual([]);
      expect(ConfigLayers.at(value, key.path)).toEqual(meant);
    },
  );

  it("is for one key only", () => {
    const names = ConfigKeys.all.map(({ variable }) => variable);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("ORCHESTRATOR_LOGGING_LEVEL");
    expect(names).toContain("ORCHESTRATOR_GITHUB_PROJECT_NUMBER");
    expect(names).toContain("ORCHESTRATOR_GITHUB_PROJECT__NUMBER");
  });

  it("may be a list with commas or as JSON", () => {
    const labels = (text: string) => read({ ORCHESTRATOR_AUTOMATION_HOLD_LABELS: text }).value;
    expect(labels(" a, b c ,")).toEqual({ automation: { hold_labels: ["a", "b c"] } });
    expect(labels('["a, b"]')).toEqual({ automation: { hold_labels: ["a, b"] } });
  });

  it("of a key counts before that of the mapping around it", () => {
    const { value } = read({
      ORCHESTRATOR_GITHUB_ISSUES_STATE: "all",
      ORCHESTRATOR_GITHUB_ISSUES: '{ "state": "open", "type": "Bug" }',
    });
    expect(value).toEqual({ github: { issues: { state: "all", type: "Bug" } } });
  });

  it("says nothing where it is empty", () => {
    expect(read({ ORCHESTRATOR_AGENT_RETRY_ATTEMPTS: " " }).value).toEqual({});
  });

  it("that is for no key is told of, with the one that was meant, and never with its value", () => {
    const { warnings } = read({
      ORCHESTRATOR_AGENT_RETRY_ATEMPTS: "geheim",
      ORCHESTRATOR_ALLOWED_HOST: "geheim",
      ORCHESTRATOR_SOMETHING_ELSE: "geheim",
    });
    const of = (name: string, hint: string) =>
      `the variable ${name} is for no key of the configuration and says nothing; ${hint}`;
    expect(warnings).toEqual([
      of("ORCHESTRATOR_AGENT_RETRY_ATEMPTS", "did you mean ORCHESTRATOR_AGENT_RETRY_ATTEMPTS?"),
      of("ORCHESTRATOR_ALLOWED_HOST", "did you mean ORCHESTRATOR_ALLOWED_HOSTS?"),
      of("ORCHESTRATOR_SOMETHING_ELSE", "orchestrator config show --json names them all"),
    ]);
  });

  it("that commands are given, that allows hosts, or that holds a secret of a plan, is no mistake", () => {
    const given = ["RUN_ID", "TASK_ID", "ATTEMPT", "PROMPT_FILE", "OUTPUT", "DISCOVERED"];
    const names = [...given, "ALLOWED_HOSTS", "SECRET_DEPLOY"].map(
      (name) => `ORCHESTRATOR_${name}`,
    );
    expect(read(Object.fromEntries(names.map((name) => [name, "x"]))).warnings).toEqual([]);
  });
});
