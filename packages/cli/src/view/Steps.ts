/** What people may do next: what for, and the command, which can be copied to the end of its line. */
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";

/** Without a command it is only said. */
export interface Step {
  readonly what: string;
  /** One line for the shell, quoted where needed. */
  readonly command?: string;
}

/** One line a step, the commands one below the other. Comments would be arguments in zsh. */
export const lines = (steps: ReadonlyArray<Step>): ReadonlyArray<string> => {
  const widths = steps.map(({ command, what }) => (command === undefined ? 0 : Width.of(what) + 1));
  const width = Math.max(0, ...widths);
  return steps.map(({ command, what }) =>
    command === undefined
      ? Text.line(what)
      : `${Width.column(`${Text.line(what)}:`, width)}  ${Text.verbatim(command)}`,
  );
};
