/** What people may do about a task that is not running. */
import type { Explanation } from "@orchestrator/core";
import * as HeldTasks from "./HeldTasks.ts";
import * as Shell from "../terminal/Shell.ts";
import * as HeldText from "../view/HeldText.ts";
import type { Step } from "../view/Steps.ts";
import type { Subject } from "./WhySubject.ts";

/** What the steps are for, and how the orchestrator is called. */
export interface About {
  readonly explanation: Explanation.Explanation;
  readonly subject: Subject;
  readonly command: string;
}

/** As many tasks are named in one command. */
const mostTasks = 5;

type All = ReadonlyArray<Required<Step>>;

/** In the order in which they help. */
export const make = (about: About): All => {
  switch (about.subject.place.kind) {
    case "plan":
      return ofPlan(about);
    case "run":
      return [...decisions(about), ...again(about), ...goOn(about), ...history(about)];
    case "github":
      return [];
  }
};

const line = ({ command }: About, ...words: ReadonlyArray<string>): string =>
  `${command} ${Shell.line(...words)}`;

const ofPlan = (about: About): All => {
  const { called } = about.subject;
  return about.explanation.halted === null
    ? [{ what: "run the plan", command: line(about, "run", called) }]
    : [{ what: "see what is wrong with the plan", command: line(about, "plan", called) }];
};

/** The decisions about the first held task that it comes down to. */
const decisions = ({ command, explanation, subject }: About): All => {
  const first = explanation.roots.find(({ state }) => state === "Held");
  if (first === undefined) return [];
  const held = HeldTasks.list(subject.run!, subject.called, command);
  const of = first.id === explanation.id ? "" : `${first.id}: `;
  const choices = held.find(({ task }) => task === first.id)?.decisions ?? [];
  return choices.map((choice) => ({
    what: `${of}${HeldText.meanings[choice.decision]}`,
    command: choice.command,
  }));
};

const again = (about: About): All => {
  const ended = about.explanation.roots.filter(
    ({ state }) => state === "Failed" || state === "Cancelled" || state === "Skipped",
  );
  if (ended.length === 0) return [];
  const ids = ended.slice(0, mostTasks).map(({ id }) => id);
  const command = line(about, "retry", ...ids, "--run", about.subject.called);
  return [{ what: ids.length === 1 ? `try ${ids[0]} again` : "try them again", command }];
};

const goOn = (about: About): All => {
  const { called, place } = about.subject;
  const isLeft = place.standing === "suspended" || place.standing === "interrupted";
  return isLeft ? [{ what: "go on with the run", command: line(about, "resume", called) }] : [];
};

/** Of a task that was launched there is more to read. */
const history = (about: About): All => {
  const { explanation, subject } = about;
  if (subject.run!.get(explanation.id)!.attempts.length === 0) return [];
  const command = line(about, "log", subject.called, "--task", explanation.id);
  return [{ what: "see what happened to it", command }];
};
