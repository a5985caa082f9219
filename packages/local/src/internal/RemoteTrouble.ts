/** What git says when another repository does not do what is asked, as an error to act on. */
import * as Schema from "effect/Schema";
import type { GitAnswer } from "../Git.ts";
import * as Subject from "./Subject.ts";

/** The other repository did not do what was asked; the message says what to try. */
export class RemoteError extends Schema.TaggedError<RemoteError>()("RemoteError", {
  /**
   * - `Unavailable`: it cannot be reached now; trying again may help.
   * - `Refused`: it takes nothing from whoever asks, until a person acts.
   * - `Moved`: the branch there has work that what was to be pushed does not contain.
   */
  reason: Schema.Literals(["Unavailable", "Refused", "Moved"]),
  message: Schema.String,
}) {}

/** It was reached, and does not take whoever asks for somebody who may. */
const shutOut =
  /could not read (?:Username|Password)|Authentication failed|Permission denied|Permission to .* denied|terminal prompts disabled|returned error: 40[13]|Repository not found|repository .* not found|Host key verification failed|could not read from remote repository/i;

/** It does not take what is pushed. */
const declined =
  /remote rejected|protected branch|pre-receive hook declined|refusing to|denied by|GH0\d\d/i;

/** Whether somebody with other credentials may be let in. */
export const isShutOut = ({ exitCode, stderr }: GitAnswer): boolean =>
  exitCode !== 0 && shutOut.test(stderr) && !unreached.test(stderr);

/** It was not reached at all. */
const unreached =
  /Could not resolve host|Connection (?:timed out|refused|reset|closed)|Operation timed out|Network is unreachable|No route to host|Broken pipe|Failed to connect|Couldn't connect|returned error: (?:5\d\d|429)|early EOF|hung up unexpectedly|Temporary failure/i;

/** The error of a command that the other repository did not answer well. */
export const of = (name: string, answer: GitAnswer): RemoteError => {
  const words = Subject.line(answer.stderr, longest) || `git ended with ${answer.exitCode}`;
  if (isShutOut(answer)) {
    const message = `The remote ${name} does not let in whoever asks: ${words}. Look whether git may push there (git push --dry-run ${name}), and whether the token has Contents: write.`;
    return new RemoteError({ reason: "Refused", message });
  }
  if (declined.test(answer.stderr)) {
    return new RemoteError({
      reason: "Refused",
      message: `The remote ${name} does not take the work: ${words}.`,
    });
  }
  return new RemoteError({
    reason: "Unavailable",
    message: `The remote ${name} gives no answer of use: ${words}.`,
  });
};

const longest = 500;
