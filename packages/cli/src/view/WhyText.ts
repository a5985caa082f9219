/** Why a task is not running, for people: on one screen. */
import type { Explanation, Task } from "@orchestrator/core";
import type { Paint, Style } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import type { Answer } from "../operator/WhyTask.ts";
import * as Steps from "./Steps.ts";
import { count, limits as lengths, looks as phases, some } from "./Words.ts";

/** How much of an explanation fits on a screen. */
export const limits = { dependencies: 20, causes: 8, roots: 4 } as const;

export interface View {
  readonly answer: Answer;
  /** Lines are cut to so many columns, if it is given. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

/** The whole text, as lines. */
export const lines = (view: View): ReadonlyArray<string> => {
  const { answer, paint } = view;
  const sections: ReadonlyArray<Section> = [
    { title: "Waits for", lines: causes(answer) },
    { title: "Depends on", lines: open(answer) },
    { title: "Done", lines: done(answer) },
    { title: "Begins with", lines: roots(answer), isWhole: true },
    { title: "Taken", lines: taken(answer) },
  ];
  return [
    ...head(view),
    ...sections.flatMap((section) => drawn(section, view)),
    // Commands are there to be copied: they are never cut.
    ...labelled("Next", Steps.lines(answer.steps), paint),
  ];
};

interface Section {
  readonly title: string;
  readonly lines: ReadonlyArray<Line>;
  /** Lines that say what to do are broken, not cut. */
  readonly isWhole?: true;
}

/** Text, and how it looks once it is cut. */
type Line = readonly [style: Style | undefined, text: string];

const drawn = (section: Section, { columns, paint }: View): ReadonlyArray<string> => {
  const { isWhole, lines: all, title } = section;
  const fitted = (text: string): ReadonlyArray<string> => {
    if (columns === undefined) return [text];
    return isWhole === true ? Width.wrap(text, columns) : [Width.fit(text, columns)];
  };
  const painted = all.flatMap(([style, text]) =>
    fitted(text).map((line) => (style === undefined ? line : paint(style, line))),
  );
  return labelled(title, painted, paint);
};

const labelled = (title: string, all: ReadonlyArray<string>, paint: Paint): ReadonlyArray<string> =>
  all.length === 0 ? [] : ["", paint("bold", title), ...all];

/** What the task is and where, whole: a question is not to be cut. */
const head = ({ answer, paint }: View): ReadonlyArray<string> => {
  const { from, halted, id, state, summary, title, trust, url } = answer;
  const { style, symbol } = looks[state];
  const name = title === null || title === id ? "" : `  ${Text.line(title, 100)}`;
  const standing = from.standing === null ? "" : `, ${from.standing}`;
  const isTold = trust === null || trust.startsWith("not trusted");
  const isSaid = halted === null || !waits.has(state) || summary.endsWith(halted);
  return [
    `${paint(style, `${symbol} ${Text.line(id)}`)}${name}`,
    `  ${Text.line(summary, lengths.reason)}`,
    ...(isSaid ? [] : [paint("yellow", `  nothing starts: ${Text.line(halted, lengths.line)}`)]),
    ...(isTold ? [] : [paint("dim", `  ${Text.line(trust, lengths.line)}`)]),
    ...(url === null ? [] : [paint("dim", `  ${Text.line(url)}`)]),
    paint("dim", `  ${kinds[from.kind]} ${Text.line(from.name, 100)}${standing}`),
  ];
};

/** Where it matters that nothing starts. */
const waits: ReadonlySet<Explanation.State> = new Set([
  "Pending",
  "Ready",
  "BackingOff",
  "Blocked",
]);

const kinds: Readonly<Record<Answer["from"]["kind"], string>> = {
  run: "run",
  plan: "plan",
  github: "GitHub:",
};

/** Symbols take one column. */
const looks: Readonly<
  Record<Explanation.State, { readonly symbol: string; readonly style: Style }>
> = {
  ...phases,
  Blocked: { symbol: "!", style: "red" },
  Outside: { symbol: "→", style: "yellow" },
  Missing: { symbol: "!", style: "red" },
  Cycle: { symbol: "∞", style: "red" },
};

/** With more levels than these, lines would have no room left. */
const mostLevels = 10;

const causes = ({ causes: all, causesLeftOut, defaultGate }: Answer): ReadonlyArray<Line> => {
  const levels = new Map<string, number>();
  const tree = all.flatMap((cause): ReadonlyArray<Line> => {
    const { between, id, under } = cause;
    const level = under === null ? 0 : levels.get(under)! + 1;
    levels.set(id, level);
    const space = "  ".repeat(Math.min(level, mostLevels));
    const gap: ReadonlyArray<Line> =
      between === 0 ? [] : [["dim", `${space}… ${between} more between …`]];
    return [...gap, [undefined, `${space}${stated(cause, defaultGate)}`]];
  });
  const told = all.reduce((sum, { between }) => sum + between, 0);
  if (told === causesLeftOut) return tree;
  const total = all.length + causesLeftOut;
  return [...tree, ["dim", `… ${causesLeftOut} of ${total} in all are not shown`]];
};

/** A dependency with where it was stated, and where it is. */
const stated = (edge: Explanation.Cause | Explanation.Dependency, usual: Task.Gate): string => {
  const { gate, id, source, state, summary } = edge;
  const how = [
    ...(gate === usual ? [] : [`until ${gate}`]),
    ...(source === null ? [] : [Text.line(source, 60)]),
  ];
  const where = how.length === 0 ? "" : ` (${how.join(", ")})`;
  const { symbol } = looks[state];
  return `${symbol} ${Text.line(id, 60)}${where}: ${Text.line(summary, lengths.line)}`;
};

/** What a task that is kept by something else depends on besides. */
const open = ({ causes: followed, defaultGate, dependencies }: Answer): ReadonlyArray<Line> =>
  followed.length > 0
    ? []
    : dependencies
        .filter(({ satisfied }) => !satisfied)
        .slice(0, limits.causes)
        .map((edge) => [undefined, stated(edge, defaultGate)]);

const done = ({ dependencies, dependenciesLeftOut }: Answer): ReadonlyArray<Line> => {
  const names = dependencies
    .filter(({ satisfied }) => satisfied)
    .map(({ id, source }) => {
      const where = source === null ? "" : ` (${Text.line(source, 60)})`;
      return `✓ ${Text.line(id, 60)}${where}`;
    });
  if (names.length === 0) return [];
  const rest = dependenciesLeftOut === 0 ? "" : `, … and ${dependenciesLeftOut} more`;
  return [["dim", `${some(names, 6)}${rest}`]];
};

/** What has to happen first; a task that is its own root has said so already. */
const roots = ({ id, roots: all, rootsLeftOut }: Answer): ReadonlyArray<Line> => {
  const others = all.filter((root) => root.id !== id || root.cycle !== null);
  const listed = others.map((root): Line => {
    const { style, symbol } = looks[root.state];
    const name = `${symbol} ${Text.line(root.id, 60)}${waiting(root)}`;
    return [style, `${name}: ${Text.line(root.summary, lengths.line)}`];
  });
  return rootsLeftOut > 0 ? [...listed, ["dim", `… and ${rootsLeftOut} more`]] : listed;
};

const waiting = ({ waiting: many }: Explanation.Root): string =>
  many === 0 ? "" : `, ${count(many, "task")} ${many === 1 ? "waits" : "wait"} for it`;

const shownNames = 6;

/** What a ready task cannot have, and who has it. */
const taken = ({ contention, id, queue, slots }: Answer): ReadonlyArray<Line> => {
  if (queue === null) return [];
  const isFull = slots.takenBy.length >= slots.total && !slots.takenBy.includes(id);
  return [
    ...contention.map((one): Line => [undefined, scarce(one)]),
    ...(isFull ? [[undefined, `all ${slots.total} slots: ${names(slots.takenBy)}`] as const] : []),
    ...slots.resting.map(({ slot, until }): Line => {
      const time = `${until.slice(0, 19)}Z`;
      return [undefined, `${Text.line(slot, 60)}: rests after a failure until ${time}`];
    }),
  ];
};

const scarce = (one: Explanation.Contention): string => {
  const what = Text.line(one.name, 60);
  switch (one.kind) {
    case "resource":
      return `${what}, needs ${one.needed}, ${one.free} of ${one.capacity} free: ${names(one.takenBy)}`;
    case "claim":
      return `the files ${what}: ${names(one.takenBy)}`;
    case "agent":
      return `the agent ${what} takes no launches, as it told ${names(one.takenBy)}`;
  }
};

const names = (ids: ReadonlyArray<string>): string =>
  ids.length === 0
    ? "nobody, there is less than it needs"
    : some(
        ids.map((id) => Text.line(id, 60)),
        shownNames,
      );
