import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as GraphPicture from "../src/GraphPicture.ts";
import type { Task } from "../src/Task.ts";

const plan: ReadonlyArray<Task> = [
  { id: "api", title: "Build the API" },
  { id: "ui", dependsOn: ["api", "ui"] },
  { id: "docs", dependsOn: [{ task: "api", until: "merged" }, "ghost", "ui"] },
];
const states: Record<string, string> = { api: "Succeeded", ui: "Running", docs: "on fire" };
const state = (id: string) => states[id];

/** Text that tries to end its label, to script, to style, or to turn the line around. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        "`",
        "\\",
        "]",
        "}",
        ")",
        "|",
        ">",
        "<b>",
        "&lt;",
        "#35;",
        ";",
        "\n",
        "\r",
        "%%{init}%%",
        ":::x",
        "-->",
        "click t0 href",
        "\u202e",
        "\0",
        "\ud800",
        "\\N",
        " ",
        "a",
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

const hostileTasks = fc
  .array(fc.tuple(hostile, hostile, hostile), { minLength: 1, maxLength: 5 })
  .map((rows) =>
    rows.map(([id, title, dependency]): Task => ({ id, title, dependsOn: [dependency] })),
  );

const unseen = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

describe("mermaid", () => {
  it("draws titles, gates, states, missing and self dependencies", () => {
    expect(GraphPicture.mermaid(plan, { state })).toBe(
      `flowchart LR
  t0["api<br/>Build the API<br/>Succeeded"]:::Succeeded
  t1["ui<br/>Running"]:::Running
  t2["docs<br/>on fire"]
  m0["ghost<br/>missing"]:::missing
  t0 --> t1
  t0 -->|"merged"| t2
  t1 --> t2
  t1 --> t1
  m0 --> t2
  classDef Running fill:#bfdbfe,stroke:#1d4ed8,color:#111111
  classDef Succeeded fill:#dcfce7,stroke:#16a34a,color:#111111
  classDef missing fill:#ffffff,stroke:#dc2626,color:#111111,stroke-dasharray:4
`,
    );
  });

  it("writes everything that could mean something as an entity", () => {
    const [, line] = GraphPicture.mermaid([
      { id: "my-task_1/x", title: '- "<script>" `x` 1. end' },
    ]).split("\n");
    expect(line).toBe('  t0["my-task_1/x<br/>#45; #34;#60;script#62;#34; #96;x#96; 1#46; end"]');
  });

  it("has nothing but known syntax around labels, whatever they contain", () => {
    const label = String.raw`(?:[A-Za-z0-9 ]|[A-Za-z0-9][-_/](?=[A-Za-z0-9])|#\d+;|<br\/>|[^\x00-\x7f])+`;
    const line = new RegExp(
      String.raw`^(flowchart LR|  [tm]\d+\["${label}"\](:::\w+)?|  [tm]\d+ --> t\d+|  classDef \w+ [\w:#,-]+|)$`,
      "u",
    );
    fc.assert(
      fc.property(hostileTasks, hostile, (tasks, given) => {
        for (const text of GraphPicture.mermaid(tasks, { state: () => given }).split("\n")) {
          expect(text).toMatch(line);
          expect(text).not.toMatch(unseen);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("dot", () => {
  it("draws titles, gates, states, missing and self dependencies", () => {
    expect(GraphPicture.dot(plan, { state })).toBe(
      String.raw`digraph plan {
  rankdir=LR;
  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  t0 [label="api\nBuild the API\nSucceeded", fillcolor="#dcfce7", color="#16a34a"];
  t1 [label="ui\nRunning", fillcolor="#bfdbfe", color="#1d4ed8"];
  t2 [label="docs\non fire"];
  m0 [label="ghost\nmissing", fillcolor="#ffffff", color="#dc2626", style="rounded,filled,dashed"];
  t0 -> t1;
  t0 -> t2 [label="merged"];
  t1 -> t2;
  t1 -> t1;
  m0 -> t2;
}
`,
    );
  });

  it("keeps labels inside their quotes and shows them as they are", () => {
    const [, , , , line] = GraphPicture.dot([{ id: String.raw`a"\N`, title: "x\n<b>&lt;" }]).split(
      "\n",
    );
    expect(line).toBe(String.raw`  t0 [label="a\"\\N\nx <b>&amp;lt;"];`);
  });

  it("has nothing but known syntax around labels, whatever they contain", () => {
    const line =
      /^(digraph plan \{|\}|| {2}rankdir=LR;| {2}(node|edge) \[[^\]]+\];| {2}[tm]\d+ \[label="(?:[^"\\]|\\["\\n])*"(, \w+="[\w#,]+")*\];| {2}[tm]\d+ -> t\d+;)$/u;
    fc.assert(
      fc.property(hostileTasks, hostile, (tasks, given) => {
        for (const text of GraphPicture.dot(tasks, { state: () => given }).split("\n")) {
          expect(text).toMatch(line);
          expect(text).not.toMatch(unseen);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("both pictures", () => {
  it.each([GraphPicture.mermaid, GraphPicture.dot])("draw nothing from nothing", (picture) => {
    expect(picture([])).not.toMatch(/t0/);
  });

  it.each([GraphPicture.mermaid, GraphPicture.dot])(
    "cut long titles and show blank ones",
    (picture) => {
      const text = picture([{ id: "\n \t", title: "🙂".repeat(1_000_000) }]);
      expect(text.length).toBeLessThan(500);
      expect(text).toMatch(/blank/);
      expect(text).toMatch(/🙂…/u);
      expect(text).not.toMatch(/\p{Cs}/u);
    },
  );

  it.each([GraphPicture.mermaid, GraphPicture.dot])("draw 100,000 tasks", (picture) => {
    const tasks = Array.from({ length: 100_000 }, (_, at): Task =>
      at === 0 ? { id: "t" } : { id: `t-${at}`, dependsOn: ["t"] },
    );
    expect(picture(tasks).match(/t0 --?> t\d+/g)).toHaveLength(99_999);
  });
});
