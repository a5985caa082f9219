/**
 * What an agent at work may tell of its own attempt, and nothing else: tasks that it found, and how
 * far it is.
 *
 * Whoever tells it proves by the token of the command that it is the attempt. The token is worth
 * nothing once the attempt has ended or is being cancelled. Everything goes into the file of
 * `ORCHESTRATOR_DISCOVERED`, which the process that works on the run reads: see `DiscoveryFile`.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as AgentToken from "./AgentToken.ts";
import * as AttemptNotes from "./internal/AttemptNotes.ts";
import * as DurableFile from "./internal/DurableFile.ts";
import * as ProcessIdentity from "./internal/ProcessIdentity.ts";
import * as Wrapper from "./internal/Wrapper.ts";

/** The variables that name the attempt to its command. */
export const variables = [AgentToken.variable, "ORCHESTRATOR_DISCOVERED"] as const;

/** The attempt that a token belongs to. */
export interface AttemptSession {
  readonly run: string;
  readonly task: string;
  readonly attempt: number;
  /** The folder of its run. */
  readonly folder: string;
  /** The file that it writes to. */
  readonly discovered: string;
}

/** The token is not that of an attempt at work. */
export class TokenRefused extends Schema.TaggedError<TokenRefused>()("TokenRefused", {
  reason: Schema.String,
}) {
  override get message(): string {
    return `this server works for one attempt at a task, and ${this.reason}. Start it from the command of a task that is at work, with the variables that orchestrator set.`;
  }
}

const refused = (reason: string) => new TokenRefused({ reason });

/** Finds the attempt at work that the variables of its command name; to be asked before everything that is done for it. */
export const open = Effect.fn("AttemptSession.open")(function* (
  environment: Readonly<Record<string, string>>,
) {
  const path = yield* Path.Path;
  const [token = "", discovered = ""] = variables.map((name) => environment[name]);
  const own = path.dirname(discovered);
  const folder = path.resolve(own, "..", "..");
  const notes = path.join(folder, "notes", path.basename(own));
  const note = yield* Effect.mapError(AttemptNotes.read(notes), () => refused("it is not known"));
  // One answer to whoever guesses: neither the attempt nor the token is told from the other.
  if (note?.token === undefined || !AgentToken.fits(token, note.token)) {
    return yield* refused("its token is not valid");
  }
  if (yield* isOver(notes, note)) return yield* refused("that attempt has ended");
  const { attempt, run, task } = note;
  return { run, task: task.id, attempt, folder, discovered } satisfies AttemptSession;
});

const isOver = Effect.fnUntraced(function* (notes: string, note: AttemptNotes.AttemptNote) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const isThere = (name: string) =>
    Effect.orElseSucceed(fs.exists(path.join(notes, name)), () => true);
  if ((yield* isThere("end.json")) || (yield* isThere("cancelled"))) return true;
  if (note.boot !== (yield* ProcessIdentity.boot)) return true;
  const exit = yield* Effect.orElseSucceed(
    DurableFile.read(Wrapper.exitFile(notes, note.ticket)),
    () => undefined,
  );
  return Wrapper.statusOf(exit ?? "") !== undefined;
});

/** Hands tasks over, each as a task of a plan file; they were decoded before, because one that is none ends the attempt. */
export const add = (session: AttemptSession, tasks: ReadonlyArray<unknown>) =>
  append(session, tasks);

/** Says how far the attempt is. */
export const tell = (session: AttemptSession, progress: string) => append(session, [{ progress }]);

/** What the command itself writes there may lack its line end: an empty line does no harm. */
const append = ({ discovered }: AttemptSession, lines: ReadonlyArray<unknown>) =>
  DurableFile.append(discovered, `\n${lines.map((line) => `${JSON.stringify(line)}\n`).join("")}`);
