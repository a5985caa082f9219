/** The task that people mean: by its id, or for an issue by its number or its address. */
import { Suggest } from "@orchestrator/core";
import * as Result from "effect/Result";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Text from "../terminal/Text.ts";
import { some } from "../view/Words.ts";

/** What was named is no task, or several. */
export class NoSuchTask extends Schema.TaggedError<NoSuchTask>()("NoSuchTask", {
  task: Schema.String,
  /** Where it was looked for: `the run r1`, `plan.yaml`. */
  places: Schema.Array(Schema.String),
  /** Tasks that may be meant: all that fit, or the one that is spelled most like it. */
  candidates: Schema.Array(Schema.String),
  /** What is known of it, as a sentence: that the issue is closed. */
  known: Schema.UndefinedOr(Schema.String),
  /** What to think of where nothing is known and nothing is spelled like it, as a sentence. */
  hint: Schema.UndefinedOr(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    const asked = `"${Text.line(this.task, 100)}"`;
    const where = this.places.map((place) => Text.line(place)).join(" or ");
    const names = this.candidates.map((id) => Text.line(id));
    if (names.length > 1) {
      return `${asked} can be ${some(names, shownNames)} in ${where}. Name one of them.`;
    }
    const missing = `there is no task ${asked} in ${where}.`;
    const meant = names[0] === undefined ? this.hint : `Did you mean ${names[0]}?`;
    const more = this.known ?? meant;
    return more === undefined ? missing : `${missing} ${Text.line(more, longestSentence)}`;
  }
}

const shownNames = 5;
const longestSentence = 400;

/** The address of an issue or a pull request on any host, and whatever follows its number. */
const address = /^https?:\/\/\S*?\/([^/\s]+)\/([^/\s]+)\/(?:issues|pull)\/(\d{1,15})(?:[/?#]|$)/i;

/** The id of the task that is meant, or the ids of all that may be: none, or several. */
export const find = (
  named: string,
  ids: Iterable<string>,
): Result.Result<string, ReadonlyArray<string>> => {
  const wanted = written(named.trim());
  const number = /^#?(\d{1,15})$/.exec(wanted)?.[1];
  const found = new Set<string>();
  for (const id of ids) {
    if (id === named) return Result.succeed(id);
    const lower = id.toLowerCase();
    const isIt = lower === wanted || (number !== undefined && lower.endsWith(`#${number}`));
    if (isIt) found.add(id);
  }
  const [only, ...others] = found;
  return only !== undefined && others.length === 0 ? Result.succeed(only) : Result.fail([...found]);
};

/** As ids are compared: in lower case, an address as `owner/repo#123`. */
const written = (named: string): string => {
  const [, owner, repository, number] = address.exec(named) ?? [];
  const id = owner === undefined ? named : `${owner}/${repository}#${number}`;
  return id.toLowerCase();
};

/** What is known beside the names of tasks. */
type Told = Partial<Pick<NoSuchTask, "hint" | "known">>;

/** The failure for a name that fits none of some tasks, or several. */
export const unknown = (
  task: string,
  places: ReadonlyArray<string>,
  fitting: ReadonlyArray<string>,
  ids: Iterable<string>,
  { hint, known }: Told = {},
): NoSuchTask => {
  const near = fitting.length > 0 ? undefined : Suggest.closest(written(task), ids);
  const candidates = near === undefined ? fitting : [near];
  return new NoSuchTask({ task, places, candidates, known, hint });
};
