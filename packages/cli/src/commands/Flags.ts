/** The kinds of flags that many commands have. */
import * as Flag from "effect/cli/Flag";

/** Whether a text can name anything. */
export const isName = (text: string): boolean => text !== "";

/** What is asked for where a name is empty. */
export const nameWanted = (): string => "a name that is not empty";

/** How people may name a run. */
export const aRun = "The id of a run, the end of that, or its folder";

/** A flag that is off unless it is given. */
export const off = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDefault(false), Flag.withDescription(description));

/** A flag that names something, if it is given. */
export const naming = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(
    Flag.filter(isName, nameWanted),
    Flag.withDescription(description),
    Flag.withMetavar(metavar),
    Flag.optional,
  );
