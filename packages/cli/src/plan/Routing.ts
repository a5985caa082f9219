/** Which agent takes a task, and what its dependents can wait for. */
import { Action, Task } from "@orchestrator/core";
import { Presets } from "@orchestrator/local";

/** The names by which tasks route to agents. */
export const local = "local";
export const codegen = "codegen";

/** All of them, those of coding agents of this machine included. */
export const names: ReadonlyArray<string> = [local, codegen, Action.agentName, ...Presets.names];

/** Those that can work on issues. */
export const ofIssues: ReadonlyArray<string> = [codegen, local, ...Presets.names];

/** The coding agent of this machine that a task names. */
export const presetOf = ({ agent }: Task.Task): Presets.Preset | undefined => Presets.named(agent);

/** Whether a task says which command it is. */
export const hasCommand = ({ payload }: Pick<Task.Task, "payload">): boolean =>
  typeof payload === "object" && payload !== null && "run" in payload;

/** The agent that takes a task: the one it names; else the local one for a command, and Codegen for a prompt if it can be reached. */
export const agentOf = (task: Task.Task, hasCodegen: boolean): string =>
  task.agent ?? (hasCodegen && !hasCommand(task) ? codegen : local);

/** Whether a task is for Codegen, once it was routed. */
export const isForCodegen = ({ agent }: Task.Task): boolean => agent === codegen;

/** Whether a task is for an agent of this machine, once it was routed. */
export const isOwn = ({ agent }: Task.Task): boolean =>
  agent === local || Presets.named(agent) !== undefined;

/** Whether a task is a function of this program, and so needs neither a command nor a worktree. */
export const isAction = ({ agent }: Task.Task): boolean => agent === Action.agentName;

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
