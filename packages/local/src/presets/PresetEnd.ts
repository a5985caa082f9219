/** What the end of a coding agent means: told by its own events, and only without them by its exit status. */
import type { Failure } from "@orchestrator/core";
import type { ProcessExit } from "../internal/CommandProcess.ts";
import { line } from "../internal/Subject.ts";
import type { Outputs } from "../Outputs.ts";
import type { Printed } from "./EventStream.ts";
import type { Preset } from "./Preset.ts";
import * as Trouble from "./Trouble.ts";

export type Verdict =
  | { readonly _tag: "Succeeded"; readonly summary: string | undefined }
  | { readonly _tag: "Failed"; readonly failure: Failure.Failure }
  | { readonly _tag: "Waiting"; readonly question: string };

const maxSummary = 2_000;

/** The most that is kept of what it said, in characters; all of it is in the log. */
const maxResult = 65_536;

const maxDenied = 20;
const maxName = 100;

/** Judges an agent run by what it printed; `now` is in milliseconds since the epoch. */
export const judge = (
  preset: Preset,
  printed: Printed,
  exit: ProcessExit,
  log: string,
  now: number,
): Verdict => {
  if (printed.outcome === "succeeded") {
    const { result } = printed;
    return { _tag: "Succeeded", summary: result === undefined ? result : cut(result, maxSummary) };
  }
  const isCutOff = printed.outcome === undefined;
  if (isCutOff && exit._tag === "Unknown") return failed("infrastructure", restarted, printed, log);
  const complaint = printed.outcome ?? { message: printed.complaints };
  const trouble = exit._tag === "Code" || !isCutOff ? Trouble.of(complaint, preset) : undefined;
  const words = isCutOff
    ? withoutEnd(preset, printed, exit)
    : `${preset.title} failed: ${cut(complaint.message, maxSummary)}`;
  if (trouble?._tag === "Refused") {
    const until = untilOf(trouble.reset, now);
    if (until === undefined) return refused(words, trouble);
    const told = `${closed(words)} Its limit is reset at ${new Date(until).toISOString()}.`;
    const verdict = failed("infrastructure", told, printed, log);
    return { ...verdict, failure: { ...verdict.failure, until } };
  }
  if (trouble?._tag === "Busy") {
    const { retryAfterSeconds } = trouble;
    const hint = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return failed("infrastructure", words, printed, log, hint);
  }
  return failed("agent", `${words}${withDenied(printed)}`, printed, log);
};

const restarted =
  "The coding agent ended without telling how; the machine may have been restarted.";

const withoutEnd = ({ title }: Preset, printed: Printed, exit: ProcessExit): string => {
  const how =
    exit._tag === "Code"
      ? `with exit code ${exit.code}`
      : `by ${exit._tag === "Signal" ? exit.signal : "an unknown cause"}`;
  const said =
    printed.result === undefined ? "" : ` It said last: ${closed(line(printed.result, 500))}`;
  const complaints = printed.complaints === "" ? "" : ` Its last lines:\n${printed.complaints}`;
  return `${title} ended ${how} and without a result event.${said}${complaints}`;
};

const refused = (
  words: string,
  { advice }: Extract<Trouble.Trouble, { _tag: "Refused" }>,
): Verdict => ({
  _tag: "Waiting",
  question: `${closed(words)} What to do: ${advice}. Then decide: relaunch or skip`,
});

const day = 86_400_000;

/** When its quota is fresh again. What no quota takes is no answer: the agent would rest for ever, or not at all. */
const untilOf = (reset: Trouble.Reset | undefined, now: number): number | undefined => {
  if (reset === undefined) return undefined;
  const until = "at" in reset ? reset.at * 1000 : now + reset.after * 1000;
  return until > now - day && until < now + 32 * day ? until : undefined;
};

/** A sentence with an end. */
const closed = (words: string): string =>
  /[.!?…]$/.test(words.trimEnd()) ? words.trimEnd() : `${words.trimEnd()}.`;

const withDenied = (printed: Printed): string => {
  const names = deniedIn(printed);
  return names.length === 0
    ? ""
    : `\nIt was not allowed to use ${names.join(", ")}; agents in the plan file gives it more.`;
};

const deniedIn = ({ denied = [] }: Printed): ReadonlyArray<string> =>
  [...new Set(denied)].slice(0, maxDenied).map((name) => line(name, maxName));

const failed = (
  failureClass: Failure.FailureClass,
  message: string,
  { brokenLines, session }: Printed,
  log: string,
  hint: { readonly retryAfterSeconds?: number } = {},
): Extract<Verdict, { readonly _tag: "Failed" }> => {
  const detail = {
    log,
    ...(session === undefined ? {} : { session }),
    ...(brokenLines === 0 ? {} : { brokenLines }),
    ...hint,
  };
  return { _tag: "Failed", failure: { class: failureClass, message, detail } };
};

/** What dependents and people may read of it; undefined if it told nothing. */
export const outputOf = (printed: Printed): Outputs | undefined => {
  const { result, session } = printed;
  const names = deniedIn(printed);
  const output = {
    ...(result === undefined ? {} : { result: cut(result, maxResult) }),
    ...(session === undefined ? {} : { session: cut(session, maxName) }),
    ...(names.length === 0 ? {} : { denied: names }),
  };
  return Object.keys(output).length === 0 ? undefined : output;
};

const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "")}…`;
