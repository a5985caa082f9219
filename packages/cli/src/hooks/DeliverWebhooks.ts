/** What waits for webhooks, and another try to send it: what the command `webhooks` does. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as Config from "../config/Config.ts";
import * as ExitCode from "../ExitCode.ts";
import * as Project from "../run/Project.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import { count } from "../view/Words.ts";
import * as Outbox from "./Outbox.ts";
import type { Webhook } from "./Webhook.ts";

export interface Options extends Config.Flags {
  /** A run; undefined: all of the project. */
  readonly run: string | undefined;
}

/** Some events still wait. */
export class StillWaiting extends Schema.TaggedError<StillWaiting>()("StillWaiting", {
  message: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.unavailable;
}

interface Waiting {
  readonly run: string;
  readonly host: string;
  readonly waiting: number;
  /** Whether a process works on the run, and sends them. */
  readonly is_at_work: boolean;
}

/** What waits, of the webhooks that are configured. */
export const waiting = Effect.fn("DeliverWebhooks.waiting")(function* (options: Options) {
  const found: Array<Waiting> = [];
  for (const { isAtWork, outbox, run } of yield* outboxes(options)) {
    const number = yield* outbox.waiting;
    const { host } = outbox.webhook;
    if (number > 0) found.push({ run, host, waiting: number, is_at_work: isAtWork });
  }
  return found;
});

/** Sends what waits of runs that no process works on; fails if something still waits then. */
export const deliver = Effect.fn("DeliverWebhooks.deliver")(function* (options: Options) {
  const { out } = yield* Screen;
  const problems: Array<string> = [];
  let sent = 0;
  for (const { isAtWork, outbox, run } of yield* outboxes(options)) {
    if (isAtWork) continue;
    const { host } = outbox.webhook;
    const before = yield* outbox.waiting;
    const result = yield* Effect.result(outbox.deliver);
    const left = Result.isSuccess(result) ? 0 : yield* outbox.waiting;
    sent += before - left;
    if (before > left) {
      yield* out.print(
        `${Text.line(run)}: ${count(before - left, "event")} sent to ${Text.line(host)}`,
      );
    }
    if (Result.isSuccess(result)) continue;
    const { message } = result.failure;
    problems.push(`${Text.line(run)}: ${count(left, "event")} for ${Text.line(host)}: ${message}`);
  }
  if (problems.length > 0) {
    const message = `some events could not be sent and wait:\n${problems.join("\n")}`;
    return yield* new StillWaiting({ message });
  }
  if (sent === 0) yield* out.print("Nothing waits.");
  return { sent };
});

/** What has been opened of a project. */
type Opened = Pick<Project.Opened, "journal" | "project">;

/**
 * Warns of what waits of those runs that have ended, with the command that sends it: of others,
 * whoever goes on with them sends it. Where no run has webhooks, no configuration is read.
 */
export const remind = Effect.fn("DeliverWebhooks.remind")(function* (
  opened: Opened,
  runs: ReadonlyArray<string>,
  flags: Config.Flags,
) {
  const { command, error } = yield* Screen;
  const sending = yield* Effect.filter(runs, (one) => hasOutbox(opened.project, one));
  const ended = yield* Effect.filter(sending, (one) =>
    Effect.map(Project.stateOf(opened.journal, one), ({ outcome }) => outcome !== undefined),
  );
  if (ended.length === 0) return;
  for (const { isAtWork, outbox, run } of yield* outboxesOf(opened, ended, flags)) {
    const number = isAtWork ? 0 : yield* outbox.waiting;
    if (number === 0) continue;
    const words = Shell.line("webhooks", "deliver", run);
    yield* error.print(
      `warning: still to be sent to ${Text.line(outbox.webhook.host)}: ${count(number, "event")} of the run ${Text.line(run)}. To send what waits: ${command} ${words}`,
    );
  }
});

interface Found {
  readonly run: string;
  readonly outbox: Outbox.Outbox;
  readonly isAtWork: boolean;
}

const outboxes = Effect.fnUntraced(function* ({ run, ...flags }: Options) {
  const opened = run === undefined ? yield* Project.open() : yield* RunWanted.open(run);
  const runs: ReadonlyArray<string> =
    "run" in opened ? [opened.run as string] : yield* opened.journal.runs;
  return yield* outboxesOf(opened, runs, flags);
});

const outboxesOf = Effect.fnUntraced(function* (
  opened: Opened,
  runs: ReadonlyArray<string>,
  flags: Config.Flags,
) {
  const { error } = yield* Screen;
  const config = yield* Config.load(flags);
  const webhooks = yield* Effect.fromResult(config.webhooks);
  const refused = (message: string) => error.print(`warning: ${message}`);
  const found: Array<Found> = [];
  for (const run of yield* Effect.filter(runs, (one) => hasOutbox(opened.project, one))) {
    const isAtWork = yield* Project.isLive(opened.project, run);
    for (const webhook of webhooks) {
      const outbox = yield* outboxOf(opened, run, webhook, refused);
      if (outbox !== undefined) found.push({ run, outbox, isAtWork });
    }
  }
  return found;
});

const folderOf = (path: Path.Path, { root }: Project.Project, run: string): string =>
  path.join(root, ...RunRecord.home, run);

const hasOutbox = Effect.fnUntraced(function* (project: Project.Project, run: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const folder = path.join(folderOf(path, project, run), "webhooks");
  return yield* Effect.orElseSucceed(fs.exists(folder), () => false);
});

const outboxOf = Effect.fnUntraced(function* (
  { journal, project }: Opened,
  run: string,
  webhook: Webhook,
  refused: (message: string) => Effect.Effect<void>,
) {
  const folder = folderOf(yield* Path.Path, project, run);
  return yield* Outbox.find({ webhook, run, folder, journal, refused });
});
