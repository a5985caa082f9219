/**
 * What an agent of this machine is told about an issue.
 *
 * What people wrote stands between fences with a number that nobody can know before; nothing in it
 * is a reference, and none of it is an argument of a command.
 */
import { CodegenTask, Prompt, TaskPrompt } from "@orchestrator/codegen";
import type { Agent } from "@orchestrator/core";
import * as Effect from "effect/Effect";

const template = `Work on one issue, in this folder, which is a git worktree of the repository, until it is done.

${Prompt.wanted}

Rules:
- Leave the whole change in the files of this folder. It is committed, pushed and made a pull request for you.
- Change only what the issue needs, and run the tests of the project if you may.
- Do not rebase, reset or push: what others have seen of this branch stays as it is.
- Never write a secret into a file.
- If something only a person can decide is missing, say so and change nothing.
{{rules}}
`;

/** Writes it; `conflicts` are files with conflict markers that are to be put right. */
export const render = Effect.fn("CoderPrompt.render")(function* (
  request: Agent.LaunchRequest,
  conflicts: ReadonlyArray<string>,
) {
  const stated = yield* TaskPrompt.statedOf(request.task);
  const rules = [...CodegenTask.texts(stated.rules), ...merging(conflicts)];
  return yield* TaskPrompt.render(request, { ...stated, rules }, { template });
});

const shown = 50;

const merging = (conflicts: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (conflicts.length === 0) return [];
  const some = conflicts.slice(0, shown).map((file) => JSON.stringify(file));
  const rest = conflicts.length > shown ? ` and ${conflicts.length - shown} more` : "";
  return [
    `The base was merged into the work of the attempt before, and both changed ${some.join(", ")}${rest}. Put these files right first: what both sides want must hold, and no conflict marker (<<<<<<<, =======, >>>>>>>) may be left.`,
  ];
};
