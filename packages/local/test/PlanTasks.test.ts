import { describe, it } from "@effect/vitest";
import { Task } from "@orchestrator/core";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as fc from "fast-check";
import { expect } from "vitest";
import * as Yaml from "yaml";
import * as PlanFile from "../src/PlanFile.ts";
import { unanswered } from "../src/plan/Ancestors.ts";
import { parseSeconds } from "../src/plan/PlanDuration.ts";

const text = fc.string({ minLength: 1, maxLength: 20 }).map((any) => `x${any.replaceAll("{", "")}`);
const amount = fc.integer({ min: 1, max: 1_000_000 }).map((thousandths) => thousandths / 1000);
const names = fc.stringMatching(/^[A-Z_]{1,8}$/);
const choose = <const A extends ReadonlyArray<string>>(words: A) => fc.constantFrom(...words);
const policy = choose(["skip", "run-anyway", "hold"]);

const texts = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 }));

const optional = {
  title: text,
  acceptance: texts,
  links: texts,
  rules: texts,
  branch: fc.stringMatching(/^[a-z]{1,5}(\/[a-z]{1,5})?$/),
  model: text,
  prompt: text,
  agent: text,
  priority: fc.integer(),
  timeout: amount,
  estimate: amount,
  retry: fc.record({ attempts: fc.nat(9), delay: fc.nat(9) }, { requiredKeys: [] }),
  onDependencyFailure: policy,
  resources: fc.dictionary(text, amount, { maxKeys: 3 }),
  claims: fc.array(text, { maxLength: 3 }),
  env: fc.dictionary(names, text, { maxKeys: 3 }),
};

/** Without isolation there are no changes to expect or to merge. */
const isolations = {
  worktree: {
    expectChange: fc.boolean(),
    until: choose(["agent-ended", "pr-open", "checks-green", "merged"]),
  },
  none: {
    expectChange: fc.constant(false),
    until: choose(["agent-ended", "pr-open", "checks-green"]),
  },
};

const dependency = (ids: ReadonlyArray<string>, until: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.constantFrom(...ids),
    fc.record(
      {
        task: fc.constantFrom(...ids),
        until,
        onFailure: policy,
        stack: fc.boolean(),
      },
      { requiredKeys: ["task"] },
    ),
  );

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.constantFrom("worktree" as const, "none" as const),
);

const plans = shapes.chain(([count, isolation]) => {
  const { expectChange, until } = isolations[isolation];
  const ids = Array.from({ length: count }, (_, at) => `task-${at}.x`);
  const tasks = ids.map((id) =>
    fc.record(
      {
        ...optional,
        expectChange,
        id: fc.constant(id),
        run: fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
        dependsOn: fc.array(dependency(ids, until), { maxLength: 3 }),
      },
      { requiredKeys: ["id", "run"] },
    ),
  );
  return fc.record({ tasks: fc.tuple(...tasks), isolation: fc.constant(isolation) });
});

const withoutSource = (stated: string | Task.Dependency) => {
  const { task, until, onFailure, stack } = Task.dependency(stated);
  return {
    task,
    ...(until && { until }),
    ...(onFailure && { onFailure }),
    ...(stack !== undefined && { stack }),
  };
};

/** Writes a task of the engine the way a plan file does. */
const render = (task: Task.Task) => {
  const { payload, timeoutSeconds, estimateSeconds, retry, dependsOn, ...same } = task;
  return {
    ...same,
    ...(payload as object),
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds }),
    ...(estimateSeconds === undefined ? {} : { estimate: estimateSeconds }),
    ...(retry === undefined
      ? {}
      : {
          retry: {
            ...(retry.attempts === undefined ? {} : { attempts: retry.attempts }),
            ...(retry.delaySeconds === undefined ? {} : { delay: retry.delaySeconds }),
          },
        }),
    ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map(withoutSource) }),
  };
};

describe("a plan that was written down", () => {
  it.each([
    ["plan.yaml", (plan: unknown) => Yaml.stringify(plan, { aliasDuplicateObjects: false })],
    ["plan.json", (plan: unknown) => JSON.stringify(plan, undefined, 2)],
  ])("is read as the same plan from %s", (file, write) => {
    fc.assert(
      fc.property(plans, (stated) => {
        const read = (plan: unknown) => Result.getOrThrow(PlanFile.parse(write(plan), file));
        const once = read(stated);
        expect(once.tasks.map(({ id }) => id)).toEqual(stated.tasks.map(({ id }) => id));
        const again = read({ isolation: once.isolation, tasks: once.tasks.map(render) });
        expect(again.tasks.map(render)).toEqual(once.tasks.map(render));
        expect(again.isolation).toBe(stated.isolation);
        for (const task of once.tasks) {
          expect(Schema.decodeUnknownSync(Task.Task)(JSON.parse(JSON.stringify(task)))).toEqual(
            task,
          );
        }
      }),
    );
  });
});

describe("a duration", () => {
  it.each([
    ["45s", 45],
    ["10m", 600],
    ["1h30m", 5400],
    ["1h2m3s4ms", 3723.004],
    ["1.5h", 5400],
    ["250ms", 0.25],
    ["0s", 0],
    [90, 90],
  ])("%s has %d seconds", (duration, seconds) => {
    expect(parseSeconds(duration)).toBe(seconds);
  });

  it.each([
    "",
    "s",
    "10",
    "1d",
    "m5",
    "5m1h",
    "1h 30m",
    "-5s",
    "1e3s",
    ".5s",
    "5.s",
    "10M",
    "9".repeat(200),
  ])("is not written as %j", (duration) => {
    expect(parseSeconds(duration)).toBeUndefined();
  });
});

describe("the question what comes first", () => {
  it("is answered as by following every dependency", () => {
    const edge = fc.tuple(fc.nat(7), fc.nat(7));
    fc.assert(
      fc.property(
        fc.array(edge, { maxLength: 14 }),
        fc.array(edge, { maxLength: 8 }),
        (edges, asked) => {
          const dependsOn = new Map(
            [0, 1, 2, 3, 4, 5, 6, 7].map((task) => [
              String(task),
              edges.filter(([from]) => from === task).map(([, to]) => String(to)),
            ]),
          );
          const before = (task: string): Set<string> => {
            const all = new Set(dependsOn.get(task));
            for (const one of all) for (const next of dependsOn.get(one)!) all.add(next);
            return all;
          };
          const questions = asked.map(([task, target]) => ({
            task: `${task}`,
            target: `${target}`,
          }));
          expect(unanswered(dependsOn, questions)).toEqual(
            questions.filter(({ task, target }) => !before(task).has(target)),
          );
        },
      ),
    );
  });
});
