/** What people can ask an assistant to do with this server, in words that work. */
import * as McpServer from "effect/ai/McpServer";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as McpAnswer from "./McpAnswer.ts";

const planBacklog = (goal: string | undefined): string => `Plan a backlog that orchestrator can run.
${goal === undefined ? "Ask me first what is to be reached." : `The goal, in the words of the person who asks: ${goal}`}

1. Look at what is there: the tool plan without arguments shows the plan or the open issues of this folder, with its problems.
2. Cut the work into tasks that one coding agent finishes in one change. Give each a short id, a title and a prompt that can be understood without this conversation: what to change, where, and how to see that it is done.
3. State a dependency only where a task needs the merged change of another; everything else runs at the same time. Two tasks that change the same files should depend on each other, or state claims.
4. Write plan.yaml:

tasks:
  - id: schema
    title: Add the table
    agent: claude
    prompt: |
      Add the table to src/schema.sql, with a migration. The tests pass.
  - id: api
    agent: claude
    dependsOn: [schema]
    prompt: Serve it at /items. Write a test.

5. Check it with the tool plan, correct every problem, and show me the waves and the critical path. Start nothing before I say so.`;

const lookAtRun = (
  run: string | undefined,
): string => `Look at ${run === undefined ? "the run at work, or else the latest" : `the run ${run}`} and tell me how it is.

1. status and health say how far it is, and what needs somebody.
2. For what failed, results says why; for what does not start, why does.
3. list_held shows what waits for a decision. Tell me each question and what you would decide, and why; decide nothing before I say so.

${McpAnswer.dataNotice}`;

/** Offers them to whoever is connected. */
export const register = Effect.fn("McpPrompts.register")(function* () {
  yield* McpServer.registerPrompt({
    name: "plan_backlog",
    title: "Plan a backlog",
    description: "Cuts a goal into tasks with dependencies, as a plan that orchestrator checks",
    parameters: {
      goal: Schema.optionalKey(Schema.String.annotate({ description: "What is to be reached" })),
    },
    content: ({ goal }) => Effect.succeed(planBacklog(goal)),
  });
  yield* McpServer.registerPrompt({
    name: "look_at_run",
    title: "Look at a run",
    description: "Tells how a run is, what failed and why, and what waits for a decision",
    parameters: {
      run: Schema.optionalKey(Schema.String.annotate({ description: "The id of the run" })),
    },
    content: ({ run }) => Effect.succeed(lookAtRun(run)),
  });
});
