import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { isTooDeep, mostLevels } from "../JsonDepth.ts";
import { quote } from "../Quote.ts";

/** The longest name of an event, in characters. */
const longestName = 100;

/** What one event may hold as JSON, in UTF-16 code units: it stays in the journal for good. */
const largestData = 64 * 1024;

const names = /^[A-Za-z][A-Za-z0-9._-]*$/;

const asJson = Schema.decodeUnknownOption(Schema.Json);

/** What is wrong with an event that somebody wants recorded; undefined if nothing is. */
export const problem = (name: string, data: unknown): string | undefined => {
  if (!names.test(name) || name.length > longestName) {
    return `An event is named by at most ${longestName} letters, digits, ".", "_" and "-", the first a letter; found ${quote(name.slice(0, 2 * longestName))}.`;
  }
  if (data === undefined) return undefined;
  if (isTooDeep(data)) {
    return `What the event ${name} holds is nested more than ${mostLevels} levels deep. Write it to a file, and name the file in the event.`;
  }
  if (Option.isNone(asJson(data))) {
    return `What the event ${name} holds is no JSON: give texts, finite numbers, true, false, null, lists and mappings.`;
  }
  const size = JSON.stringify(data).length;
  return size <= largestData
    ? undefined
    : `What the event ${name} holds is too large: ${size} characters as JSON, and at most ${largestData} are kept. Write it to a file, and name the file in the event.`;
};
