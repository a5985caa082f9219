/** Held tasks for people: each with what it asks and what may be answered. */
import type { Held } from "../operator/HeldTasks.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Steps from "./Steps.ts";
import { count, limits, looks } from "./Words.ts";

/** In the order in which they are offered. */
export const decisions = ["approve", "reject", "adopt", "wait", "relaunch", "skip"] as const;

/** What each of them means. */
export const meanings: Readonly<Record<(typeof decisions)[number], string>> = {
  approve: "yes: what depends on it goes on",
  reject: "no: it fails",
  adopt: "its agent run works on it, or did: go on with that",
  wait: "look again",
  relaunch: "nothing works on it: launch it",
  skip: "leave it out",
};

/** The whole text, as lines. */
export const lines = (
  run: string,
  held: ReadonlyArray<Held>,
  paint: Paint,
): ReadonlyArray<string> => {
  if (held.length === 0) return [`Nothing waits for a decision in the run ${Text.line(run)}.`];
  const verb = held.length === 1 ? "waits" : "wait";
  return [
    `${count(held.length, "task")} of the run ${Text.line(run)} ${verb} for a decision`,
    ...held.flatMap((task) => ofTask(task, paint)),
  ];
};

const ofTask = (held: Held, paint: Paint): ReadonlyArray<string> => {
  const { symbol, style } = looks.Held;
  const [question = "", ...more] = Text.lines(Text.shorten(held.question, limits.reason));
  const steps = held.decisions.map(({ command, decision }) => ({
    what: meanings[decision],
    command,
  }));
  return [
    "",
    `${paint(style, `${symbol} ${Text.line(held.task)}`)}: ${question}`,
    ...more.map((line) => `    ${line}`),
    ...facts(held).map((fact) => paint("dim", `    ${fact}`)),
    ...Steps.lines(steps).map((step) => `  ${step}`),
  ];
};

const facts = (held: Held): ReadonlyArray<string> => {
  const { agent, agent_run, attempt, since, title, url, waiting } = held;
  return [
    ...(title === null ? [] : [Text.line(title, limits.line)]),
    ...(since === null ? [] : [`held since ${since}`]),
    ...(attempt === null ? [] : [`attempt ${attempt} by ${Text.line(agent ?? "")}`]),
    ...(agent_run === null ? [] : [`agent run ${Text.line(agent_run)}`]),
    ...(url === null ? [] : [Text.line(url)]),
    ...(waiting === 0
      ? []
      : [`${count(waiting, "task")} ${waiting === 1 ? "waits" : "wait"} for it`]),
  ];
};
