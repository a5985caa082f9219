/** What would be removed of old runs, what stays and why, as lines for people. */
import type { Remains } from "../operator/Gc.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";
import { age } from "./RunsTable.ts";
import { count, some } from "./Words.ts";

export interface View {
  readonly removed: ReadonlyArray<Remains>;
  /** They have work that is nowhere else. */
  readonly kept: ReadonlyArray<Remains>;
  /** Folders of runs that the journal does not know, and that stay. */
  readonly orphans: ReadonlyArray<Remains>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly paint: Paint;
}

/** The whole text, as lines. */
export const lines = (view: View): ReadonlyArray<string> => {
  const { kept, orphans, paint, removed } = view;
  return [
    removed.length === 0
      ? "Nothing to remove."
      : paint("bold", `To be removed: ${summary(removed)}`),
    ...rows(view, removed),
    ...section(view, "Kept, because it is the only place of some work (--force removes it)", kept),
    ...section(
      view,
      "Of no run that the journal knows (--orphans removes what is older than an hour)",
      orphans,
    ),
  ];
};

/** The same for programs. */
export const answer = ({ kept, orphans, removed }: View, isRemoved: boolean) => {
  const told = ({ bytes, run, work }: Remains) => ({ run, bytes, only_here: work.unmerged });
  return {
    is_removed: isRemoved,
    removed: removed.map(told),
    kept: kept.map(told),
    orphans: orphans.map(told),
  };
};

/** `2 runs, 3.1 MB`. */
export const summary = (remains: ReadonlyArray<Remains>): string =>
  `${count(remains.length, "run")}, ${size(remains.reduce((sum, { bytes }) => sum + bytes, 0))}`;

/** Bytes in a decimal unit, as `812 B`, `3.1 MB`. */
export const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
};

const section = (
  view: View,
  title: string,
  remains: ReadonlyArray<Remains>,
): ReadonlyArray<string> =>
  remains.length === 0 ? [] : ["", view.paint("bold", title), ...rows(view, remains)];

const rows = ({ now }: View, remains: ReadonlyArray<Remains>): ReadonlyArray<string> => {
  const width = Math.max(0, ...remains.map(({ run }) => Width.of(Text.line(run, 100))));
  return remains.flatMap((one) => [
    `  ${Width.column(Text.line(one.run, 100), width)}  ${facts(one, now).join(", ")}`,
    ...one.work.unmerged.map((what) => `    only here: ${Text.line(what)}`),
    ...one.work.inUse.map((name) => `    stays: branch ${Text.line(name)}, which is checked out`),
  ]);
};

const facts = ({ bytes, look, work }: Remains, now: number): ReadonlyArray<string> => {
  const at = look?.state.endedAt ?? look?.state.startedAt;
  const working = look?.state.atWork ?? 0;
  return [
    ...(look === undefined ? [] : [look.standing]),
    ...(at === undefined ? [] : [`${age(Math.max(0, now - at) / 1000)} ago`]),
    ...(working > 0 ? [`${count(working, "agent")} may still be at work`] : []),
    size(bytes),
    ...(work.worktrees.length > 0 ? [count(work.worktrees.length, "worktree")] : []),
    ...(work.branches.length > 0 ? [count(work.branches.length, "branch", "branches")] : []),
    ...(look === undefined ? [] : [Text.line(look.state.plan, 60)]),
  ];
};

/** At most a few names of runs. */
export const names = (runs: ReadonlyArray<string>): string =>
  some(
    runs.map((run) => Text.line(run)),
    5,
  );
