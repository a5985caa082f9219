/** What somebody is told who leaves a run before its end: what goes on, and how to take it up again. */
import type { RunState } from "@orchestrator/core";
import type { Paint } from "../terminal/Paint.ts";
import * as RunLimits from "../run/RunLimits.ts";
import * as RunStatus from "../run/RunStatus.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as BudgetText from "./BudgetText.ts";
import * as Steps from "./Steps.ts";
import { count } from "./Words.ts";

/** How other commands are called about a run, as people would type it. */
export interface Places {
  readonly command: string;
  readonly name: string;
  readonly resume: string;
}

/** The run was left in order. */
export const lines = (
  state: RunState.RunState,
  { command, name, resume }: Places,
  signal: string | undefined,
  paint: Paint,
): ReadonlyArray<string> => {
  const why = signal === undefined ? "" : ` at ${signal}`;
  const of = `${state.count("Succeeded")} of ${count(state.size, "task")} succeeded`;
  const pauses = RunStatus.pauses(state);
  const [pause] = pauses;
  const more = RunLimits.raised(pause?.limit).map((word) => Shell.line(word));
  const steps = [
    ...(more.length === 0
      ? []
      : [{ what: "go on and allow more", command: [resume, ...more].join(" ") }]),
    // At a limit that time does not lift it would pause at once.
    ...(more.length > 0 && pause?.until === undefined
      ? []
      : [{ what: "go on with the run", command: resume }]),
    { what: "end it and its agents", command: `${command} ${Shell.line("cancel", name)}` },
  ];
  return [
    "",
    paint("yellow", `■ left${why}: ${of}; ${working(state.atWork)}${landing(state)}`),
    ...pauses.map((one) => paint("yellow", `  ${BudgetText.pause(one)}`)),
    ...Steps.lines(steps).map(
      (step, index) => paint("bold", (index === 0 ? "Next" : "").padEnd(9)) + step,
    ),
  ];
};

/** Somebody does not wait for that. */
export const atOnce = (state: RunState.RunState, { resume }: Places): string =>
  `ending at once: ${working(state.atWork)}. Go on with the run: ${Text.verbatim(resume)}`;

/** The journal failed: nobody knows better than it does what has happened. */
export const broken = (state: RunState.RunState, { resume }: Places): ReadonlyArray<string> => [
  `Nothing is launched any more; ${working(state.count("Running"))}.`,
  `Once the cause is removed, go on with the run: ${Text.verbatim(resume)}`,
];

/** Changes on their way into the base. */
const landing = (state: RunState.RunState): string => {
  const changes = state.count("Landing");
  if (changes === 0) return "";
  return `, ${count(changes, "change")} ${changes === 1 ? "has" : "have"} not landed yet`;
};

/** What becomes of agents. */
const working = (agents: number): string => {
  if (agents === 0) return "no agent is at work";
  return `${count(agents, "agent")} ${agents === 1 ? "goes" : "go"} on working`;
};
