/** `orchestrator gc`: removes what old runs left behind. */
import { Journal } from "@orchestrator/core";
import { Git } from "@orchestrator/local";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Gc from "../operator/Gc.ts";
import * as GcPlan from "../operator/GcPlan.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import * as Project from "../run/Project.ts";
import * as RunChoice from "../run/RunChoice.ts";
import * as RunLook from "../run/RunLook.ts";
import { Screen } from "../terminal/Screen.ts";
import * as GcText from "../view/GcText.ts";
import { isName, nameWanted, off } from "./Flags.ts";

interface Options {
  readonly runs: ReadonlyArray<string>;
  readonly olderThan: Option.Option<string>;
  readonly keep: Option.Option<number>;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly force: boolean;
  readonly orphans: boolean;
}

/** Removes runs that are over. */
export const command = Command.make(
  "gc",
  {
    runs: Argument.String("run").pipe(
      Argument.filter(isName, nameWanted),
      Argument.withDescription("Only these runs, whatever their age and state; never one at work"),
      Argument.variadic(),
    ),
    olderThan: Flag.String("older-than").pipe(
      Flag.filter(
        (text) => GcPlan.age(text) !== undefined,
        () => "a number with s, m, h, d or w, as 30d",
      ),
      Flag.withDescription("Runs that ended so long ago (default 30d, any with --keep)"),
      Flag.withMetavar("AGE"),
      Flag.optional,
    ),
    keep: Flag.Int("keep").pipe(
      Flag.filter(
        (value) => value >= 0,
        () => "a whole number from 0",
      ),
      Flag.withDescription("Keep at least so many of the newest runs that are over (default 0)"),
      Flag.withMetavar("N"),
      Flag.optional,
    ),
    dryRun: off("dry-run", "Only show what would be removed, as without --yes"),
    yes: off("yes", "Remove it").pipe(Flag.withAlias("y")),
    force: off("force", "Also runs whose branches or worktrees have work that is nowhere else"),
    orphans: off("orphans", "Also folders of runs that the journal does not know"),
    json: JsonAnswer.flag,
  },
  Effect.fn("GcCommand")(function* ({ json, ...options }) {
    const screen = yield* Screen;
    const environment = screen.environment(["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"]);
    const collected = Effect.provide(collect(options), Git.Git.layer(environment));
    yield* JsonAnswer.given(json, collected);
  }),
).pipe(
  Command.withDescription("Remove old runs: folders, worktrees, merged branches, journal"),
  Command.withExamples([
    { command: "orchestrator gc", description: "shows what would be removed" },
    { command: "orchestrator gc --older-than 7d --keep 10 --yes" },
    {
      command: "orchestrator gc 20261121-134500-k3f9 --yes",
      description: "one run, also if unfinished",
    },
  ]),
);

const collect = Effect.fnUntraced(function* (options: Options) {
  const { out } = yield* Screen;
  const opened = yield* Project.open();
  const now = yield* Clock.currentTimeMillis;
  const found = yield* chosen(opened, options, now);
  const orphans = options.runs.length > 0 ? [] : yield* Gc.orphans(opened);
  const isOld = (one: Gc.Remains) => now - one.changedAt > hour;
  const all = [...found, ...(options.orphans ? orphans.filter(isOld) : [])];
  const removed = all.filter(({ work }) => options.force || work.unmerged.length === 0);
  const kept = all.filter((one) => !removed.includes(one));
  const others = orphans.filter((one) => !all.includes(one));
  const view = { removed, kept, orphans: others, now, paint: out.paint };
  yield* out.print(GcText.lines(view).join("\n"));
  const isWanted = options.yes && !options.dryRun;
  const answer = GcText.answer(view, isWanted);
  if (removed.length === 0) return answer;
  if (!isWanted) {
    yield* out.print("\nNothing was removed. With --yes it is.");
    return answer;
  }
  for (const one of removed) yield* Gc.remove(opened, one);
  yield* out.print(
    `\nRemoved ${GcText.summary(removed)}. The journal uses its part again for later runs.`,
  );
  return answer;
}, Effect.scoped);

/** A run that just starts has a folder before it has a journal. */
const hour = 3_600_000;

/** The runs that may go, with all that there is of them. */
const chosen = Effect.fnUntraced(function* (
  opened: Project.Opened,
  { keep, olderThan, runs }: Options,
  now: number,
) {
  const wish: GcPlan.Wish = {
    keep: Option.getOrElse(keep, () => 0),
    olderThan: Option.match(olderThan, {
      onNone: () => (Option.isSome(keep) ? undefined : GcPlan.defaultAge),
      onSome: GcPlan.age,
    }),
  };
  const looks =
    runs.length > 0
      ? yield* named(opened, runs)
      : GcPlan.choose(yield* readable(opened), wish, now);
  return yield* Effect.forEach(looks, (look) => Gc.remains(opened.project, look.id, look));
});

/** What is damaged stays: nobody can tell what it still is good for. */
const readable = Effect.fnUntraced(function* (opened: Project.Opened) {
  const { error } = yield* Screen;
  const looks: Array<RunLook.RunLook> = [];
  for (const id of (yield* opened.journal.runs).toReversed()) {
    const look = yield* Effect.result(RunLook.look(opened, id));
    if (Result.isSuccess(look)) looks.push(look.success);
    else yield* error.print(`warning: ${GcText.names([id])} stays, because it cannot be read`);
  }
  return looks;
});

const named = Effect.fnUntraced(function* (opened: Project.Opened, runs: ReadonlyArray<string>) {
  const ids = yield* Effect.forEach(runs, (run) => RunChoice.named(opened, run));
  return yield* Effect.forEach([...new Set(ids)], (id) =>
    Effect.filterOrFail(
      RunLook.look(opened, id),
      ({ holder }) => holder === undefined,
      ({ holder }) => new Journal.RunLocked({ run: id, holder: holder! }),
    ),
  );
});
