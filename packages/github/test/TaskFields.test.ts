import { assert, describe, it } from "@effect/vitest";
import { Task } from "@orchestrator/core";
import { type IssueFacts, TaskFields } from "@orchestrator/github";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";

interface Given {
  readonly body?: string;
  readonly labels?: ReadonlyArray<string>;
  readonly fields?: Readonly<Record<string, IssueFacts.FieldValue>>;
}

const read = ({ body = "", fields = {}, labels = [] }: Given, mapping?: TaskFields.Mapping) =>
  TaskFields.read(
    { body, fields, labels, id: "acme/shop#1", url: "https://github.com/acme/shop/issues/1" },
    mapping,
  );

const front = (yaml: string) => read({ body: `---\n${yaml}\n---\nThe text.` });

const message = (given: Given, mapping?: TaskFields.Mapping): string => {
  const { problems } = read(given, mapping);
  assert.lengthOf(problems, 1);
  assert.isTrue(problems[0]!.message.startsWith(problems[0]!.place));
  return problems[0]!.message;
};

describe("TaskFields", () => {
  it("reads every value from fields of a board", () => {
    const fields = {
      Priority: "High",
      Estimate: "2h",
      Timeout: "1h 30m",
      Agent: "codegen",
      Claims: "src/{a, b}/**, docs",
      Resources: "gpu=2 staging",
      Until: "PR open",
    };
    const { problems, until, values } = read({ fields });
    assert.deepStrictEqual(values, {
      priority: 10,
      estimateSeconds: 7200,
      timeoutSeconds: 5400,
      agent: "codegen",
      claims: ["src/{a, b}/**", "docs"],
      resources: { gpu: 2, staging: 1 },
    });
    assert.deepStrictEqual([until, problems], ["pr-open", []]);
  });

  it("reads every value from labels, whose claims and resources count together", () => {
    const labels = [
      "bug",
      "Priority: P0",
      "estimate:45s",
      "timeout:250ms",
      "agent:codegen",
      "claims:src/auth/**",
      "claims:docs",
      "resource:gpu",
      "resource:gpu=2",
      "until:checks-green",
    ];
    const { problems, until, values } = read({ labels });
    assert.deepStrictEqual(values, {
      priority: 20,
      estimateSeconds: 45,
      timeoutSeconds: 0.25,
      agent: "codegen",
      claims: ["src/auth/**", "docs"],
      resources: { gpu: 2 },
    });
    assert.deepStrictEqual([until, problems], ["checks-green", []]);
  });

  it("reads every value from the front matter", () => {
    const yaml = `priority: 7
estimate: 90
timeout: 30m
agent: codegen
claims: [src/**]
resources: { gpu: 0.5 }
until: merged
retry: { attempts: 3, delay: 1m }
expect_change: false
on-dependency-failure: hold`;
    const { body, line, problems, until, values } = front(yaml);
    assert.deepStrictEqual(values, {
      priority: 7,
      estimateSeconds: 90,
      timeoutSeconds: 1800,
      agent: "codegen",
      claims: ["src/**"],
      resources: { gpu: 0.5 },
      retry: { attempts: 3, delaySeconds: 60 },
      expectChange: false,
      onDependencyFailure: "hold",
    });
    assert.deepStrictEqual([until, problems, body, line], ["merged", [], "The text.", 13]);
  });

  it("reads the dependencies of the front matter", () => {
    const { dependsOn, problems } = front(`agent: a
dependsOn:
  - 2
  - "#3"
  - o/r#4
  - https://github.com/o/r/issues/5
  - { task: 6, until: pr-open }`);
    assert.deepStrictEqual(
      dependsOn.map(({ line, on, until }) => [on, until, line]),
      [
        ["acme/shop#2", undefined, 3],
        ["acme/shop#3", undefined, 3],
        ["o/r#4", undefined, 3],
        ["o/r#5", undefined, 3],
        ["acme/shop#6", "pr-open", 3],
      ],
    );
    assert.deepStrictEqual(problems, []);
    assert.deepStrictEqual(front("dependsOn: 2").dependsOn[0]?.on, "acme/shop#2");
  });

  it("reads which dependency an issue is to begin at, and on which branch", () => {
    const { branch, dependsOn, problems } = front(`branch: refs/heads/feature/cart
dependsOn: [{ task: 6, until: pr-open, stack: true }, { task: 7, stack: false }]`);
    assert.deepStrictEqual([branch, problems], ["feature/cart", []]);
    assert.deepStrictEqual(
      dependsOn.map(({ on, stack }) => [on, stack]),
      [
        ["acme/shop#6", true],
        ["acme/shop#7", undefined],
      ],
    );
    const name = 'be the name of a branch, as "feature/basket"';
    assert.include(message({ body: "---\nbranch: a..b\n---" }), name);
  });

  it("says why a bare # in the front matter is no dependency", () => {
    assert.include(message({ body: "---\ndependsOn: #2\n---" }), 'write 12 or "#12" in quotes');
  });

  it.each([
    "[a]",
    "foo",
    "[{ task: 2, until: soon }]",
    "[{ task: 2, when: now }]",
    "[{ task: 2, stack: maybe }]",
    "{}",
    "-1",
    "[[2]]",
  ])("reports dependsOn: %s", (value) => {
    assert.include(
      message({ body: `---\ndependsOn: ${value}\n---` }),
      "dependsOn must hold issues",
    );
  });

  it("prefers the field, then labels, then the front matter", () => {
    const body = "---\npriority: 1\n---\n";
    const labels = ["priority:2"];
    assert.strictEqual(read({ body, labels, fields: { Priority: 3 } }).values.priority, 3);
    assert.strictEqual(read({ body, labels }).values.priority, 2);
    assert.strictEqual(read({ body }).values.priority, 1);
    assert.isUndefined(read({}).values.priority);
  });

  it("goes on to the next place where a value is not valid", () => {
    const { problems, values } = read({ labels: ["priority:low"], fields: { Priority: "soon" } });
    assert.strictEqual(values.priority, -10);
    assert.deepStrictEqual(
      problems.map(({ place }) => place),
      ['the field "Priority"'],
    );
  });

  it("takes the first of labels that contradict each other, and says so", () => {
    const labels = ["priority:high", "priority:p1", "priority:low"];
    assert.strictEqual(read({ labels }).values.priority, 10);
    assert.strictEqual(
      message({ labels }),
      'the label "priority:high" and the label "priority:low" say two things; keep one of them',
    );
  });

  it.each([
    ["🔥 P0 - Urgent", 20],
    ["p1", 10],
    ["Medium", 0],
    ["-2.5", -2.5],
    [4, 4],
  ])("reads the priority %j", (value, priority) => {
    assert.strictEqual(read({ fields: { priority: value } }).values.priority, priority);
  });

  it.each([
    ["priority:soon", 'the label "priority:soon" must be a number or one of urgent, critical, p0'],
    ["priority:high or low", "must be a number or one of"],
    ["estimate:2", "must say its unit, as in 2h"],
    ["estimate:0h", "must be a duration above 0"],
    ["timeout:-3m", "must be a duration above 0"],
    ["timeout:1m1h", "must be a duration above 0"],
    ["agent:", "must be the name of an agent"],
    ["claims: ", "must be globs of files"],
    ["resource:gpu=0", "must be names of resources with numbers above 0"],
    ["resource:=1", "must be names of resources with numbers above 0"],
    ["until:done", "must be one of agent-ended, pr-open, checks-green, merged"],
  ])("reports the label %s", (label, expected) => {
    assert.include(message({ labels: [label] }), expected);
  });

  it.each([
    ["retry: 3", "must be a mapping { attempts, delay }"],
    ["retry: { attempts: -1 }", "must be a mapping { attempts, delay }"],
    ["retry: { times: 1 }", "must be a mapping { attempts, delay }"],
    ["expectChange: maybe", 'must be true or false, found "maybe"'],
    ["onDependencyFailure: stop", "must be one of skip, run-anyway, hold"],
    ["claims: [1]", "must be globs of files"],
    ["claims: []", "must be globs of files"],
    ["resources: { gpu: -1 }", "must be names of resources"],
    ["priorty: 3", 'front matter line 2 has the unknown key "priorty"; did you mean priority?'],
    ["colour: red", "allowed are claims, "],
    ["dependsOn: 2\ndepends_on: 3", 'front matter line 3 gives "depends_on" a second time'],
    ["a: [", "front matter line 3: not valid YAML"],
  ])("reports the front matter %s", (yaml, expected) => {
    assert.include(message({ body: `---\n${yaml}\n---\n` }), expected);
  });

  it.each([
    ["dependsOn: [foo]", 1],
    ["dependsOn: 2\ndepends_on: 3", 1],
    ["dependOn: 2", 1],
    ["blockedBy: 2", 1],
    ["dependsOn: [2", 1],
    ["priorty: 3", 0],
    ["priority: soon", 0],
    ["dependsOn: 2", 0],
  ])("tells whether a dependency may be lost in %s", (yaml, count) => {
    const { lost, problems } = front(yaml);
    assert.lengthOf(lost, count);
    assert.includeMembers([...problems], [...lost]);
  });

  it("guesses no unit of a number in a field", () => {
    assert.include(message({ fields: { Estimate: 3 } }), "must say its unit, as in 3h");
    const mapping = { estimate: { unit: "days" }, timeout: { unit: "minutes" } } as const;
    const { values } = read({ fields: { Estimate: 2, Timeout: "90" } }, mapping);
    assert.deepStrictEqual(values, { estimateSeconds: 172_800, timeoutSeconds: 5400 });
  });

  it("looks where the mapping says, and at the defaults for the rest", () => {
    const mapping = {
      priority: { field: "Rank", values: { now: 5 } },
      agent: { label: "bot/", key: "" },
      claims: { field: undefined },
    };
    const given = {
      body: "---\nestimate: 1m\n---\n",
      labels: ["bot/x", "agent:y", "priority:now"],
      fields: { Rank: "", Priority: "low", Claims: "docs" },
    };
    const { problems, values } = read(given, mapping);
    assert.deepStrictEqual(values, {
      priority: 5,
      estimateSeconds: 60,
      agent: "x",
      claims: ["docs"],
    });
    assert.deepStrictEqual(problems, []);
  });

  it("names the fields of a board that it looks at", () => {
    assert.deepStrictEqual(
      TaskFields.fieldNames({ priority: { field: "Rank" }, until: { field: "" } }),
      ["Rank", "Estimate", "Timeout", "Agent", "Claims", "Resources"],
    );
  });

  it("never throws, and gives values that a task may have", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("2h", "high", "a=1", "**", "[1]"),
    );
    const names = fc.constantFrom(
      "priority",
      "estimate",
      "timeout",
      "agent",
      "claims",
      "resource",
      "until",
    );
    const label = fc.tuple(names, text).map(([name, value]) => `${name}:${value}`);
    const yaml = fc.array(
      fc.tuple(fc.constantFrom("retry", "resources", "claims", "timeout"), fc.json()),
    );
    fc.assert(
      fc.property(fc.array(label), yaml, text, (labels, pairs, field) => {
        const body = `---\n${pairs.map(([key, value]) => `${key}: ${value}`).join("\n")}\n---\n`;
        const { values } = read({ body, labels, fields: { Priority: field, Claims: field } });
        assert.isTrue(Schema.is(Task.Task)({ id: "a", ...values }));
      }),
      { numRuns: 500 },
    );
  });
});
