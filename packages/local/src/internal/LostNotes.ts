/** What to do about an agent run of which nothing is noted any more. */
import { wordForShell } from "../plan/ShellQuoting.ts";

/** Says what is missing, how to find the command, and what to decide. */
export const message = (id: string, notes: string): string =>
  `The folder ${notes} with what was noted about the agent run ${id} is gone, so nobody can tell ` +
  `whether its command still works. Look for it: pgrep -f ${wordForShell(patternOf(notes))}. ` +
  "It leads a process group: kill -- -<its number> ends it. Then decide: relaunch or skip";

/** Whoever runs the command is called with the folder and a number behind it: see `Wrapper`. */
const patternOf = (notes: string): string => `${notes.replace(/[^A-Za-z0-9_/-]+/g, ".+")} [0-9]`;
