/** Which agent takes a task, and what its dependents can wait for. */
import { Task } from "@orchestrator/core";

/** The names by which tasks route to agents. */
export const local = "local";
export const codegen = "codegen";

/** Whether a task says which command it is. */
export const hasCommand = ({ payload }: Pick<Task.Task, "payload">): boolean =>
  typeof payload === "object" && payload !== null && "run" in payload;

/** The agent that takes a task: the one it names; else the local one for a command, and Codegen for a prompt if it can be reached. */
export const agentOf = (task: Task.Task, hasCodegen: boolean): string =>
  task.agent ?? (hasCodegen && !hasCommand(task) ? codegen : local);

/** Whether a task is for Codegen, once it was routed. */
export const isForCodegen = ({ agent }: Task.Task): boolean => agent === codegen;

/**
 * Names the agent of every task for Codegen, and what their dependents wait for.
 *
 * Nothing here merges the pull requests of Codegen: who does not say otherwise
 * waits for the end of the agent.
 */
export const route = (
  tasks: ReadonlyArray<Task.Task>,
  hasCodegen: boolean,
): ReadonlyArray<Task.Task> => {
  const named = tasks.map((task) =>
    task.agent === undefined && agentOf(task, hasCodegen) === codegen
      ? { ...task, agent: codegen }
      : task,
  );
  const remote = new Set(named.filter(isForCodegen).map(({ id }) => id));
  return remote.size === 0 ? named : named.map((task) => waiting(task, remote));
};

const waiting = (task: Task.Task, remote: ReadonlySet<string>): Task.Task => {
  const dependencies = Task.dependencies(task);
  if (!dependencies.some(({ task: on }) => remote.has(on))) return task;
  return {
    ...task,
    dependsOn: dependencies.map((one) =>
      one.until === undefined && remote.has(one.task) ? { ...one, until: "agent-ended" } : one,
    ),
  };
};
