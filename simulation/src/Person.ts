/** What people do with a run, who look at the back-end before they answer. */
import { Operator, type Orchestrator } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { Row } from "./BackEnd.ts";
import type { Simulation } from "./Simulation.ts";

/** How often somebody decides in any way; afterwards only so that it ends. */
const mostDecisions = 12;

/** Asks for something while the run goes on. */
export const request = (
  { checkers, random }: Simulation,
  handle: Orchestrator.RunHandle,
): Effect.Effect<unknown> => {
  const tasks = [...checkers.state.tasks()].map(({ task }) => task.id);
  const draw = random.next();
  if (draw < 0.45 && tasks.length > 0) return handle.cancelTask(random.pick(tasks));
  if (draw < 0.75) return handle.suspend();
  if (draw < 0.8) return handle.cancel();
  return Effect.exit(handle.change({ _tag: "Reopen", tasks: Operator.failed(checkers.state) }));
};

/** What is to change in a run that has ended; nothing if all is done. */
export const afterwards = (
  simulation: Simulation,
  decisions: number,
): ReadonlyArray<Operator.Change> | "wait" => {
  const { checkers, network, random } = simulation;
  const { state } = checkers;
  if (network.inFlight > 0) return "wait";
  const held = Operator.held(state).map(({ task }) => task);
  const [first] = held;
  if (first !== undefined) return [decide(simulation, first.task.id, decisions)];
  const failed = Operator.failed(state);
  const { decides } = simulation.scenario;
  const isAgain =
    decides === "anything" && decisions < mostDecisions && failed.length > 0 && random.chance(0.2);
  if (!isAgain) return [];
  const some = failed.filter((task) => simulation.worksOn(task) === undefined);
  return some.length === 0 ? [] : [{ _tag: "Reopen", tasks: some }];
};

/** Nobody says that nothing works on a task while something does. */
const decide = (simulation: Simulation, task: string, decisions: number): Operator.Change => {
  const { checkers, random, scenario } = simulation;
  const row = simulation.worksOn(task);
  const state = checkers.state.get(task)!;
  const last = state.attempts.at(-1);
  if (row !== undefined) return adopt(simulation, task, row);
  const done = simulation.rowOf(task, last?.number ?? 0);
  const isUnknown = done !== undefined && last?.ref === undefined;
  if (isUnknown && (scenario.decides === "relaunch" || random.chance(0.5))) {
    return adopt(simulation, task, done);
  }
  if (scenario.decides === "relaunch") return { _tag: "Decide", task, decision: "relaunch" };
  if (decisions > mostDecisions) return { _tag: "Decide", task, decision: "skip" };
  return { _tag: "Decide", task, decision: random.pick(["relaunch", "skip", "relaunch"] as const) };
};

const adopt = ({ checkers }: Simulation, task: string, { backEnd, id }: Row): Operator.Change => {
  const isKnown = checkers.state.get(task)?.attempts.at(-1)?.ref !== undefined;
  const named = isKnown ? {} : { ref: { agent: backEnd, id } };
  return { _tag: "Decide", task, decision: "adopt", ...named };
};
