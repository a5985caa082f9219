/** What the demo says around its run. */
import type { Paint } from "../terminal/Paint.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as Steps from "../view/Steps.ts";
import { count } from "../view/Words.ts";

export interface Built {
  /** The repository. */
  readonly folder: string;
  /** How many of the program's own tests passed. */
  readonly passed: number;
  /** `git log --graph` of `main`. */
  readonly history: string;
  /** How people call the orchestrator where they are. */
  readonly command: string;
}

/** What is about to happen. */
export const opening = (folder: string): string =>
  `Building wordstat, a small program, in a new repository: ${Text.line(folder)}`;

/** What was built, how it came together, where it is and what to try next. */
export const closing = ({ command, folder, history, passed }: Built, paint: Paint): string => {
  const steps = [
    {
      what: "use what was built",
      command: Shell.line("node", `${folder}/wordstat.mjs`, `${folder}/README.md`),
    },
    {
      what: "see its graph and what could run at once",
      command: `${command} ${Shell.line("plan", `${folder}/plan.yaml`)}`,
    },
    {
      what: "learn how to run a plan of your own",
      command: `${command} run --help`,
    },
  ];
  return [
    "",
    paint("bold", "How main came together"),
    ...Text.lines(history),
    "",
    paint("green", `✓ wordstat on main passes its own ${count(passed, "test")}`),
    `${paint("bold", "Repository")}  ${Text.line(folder)}`,
    "",
    paint("bold", "Try next"),
    ...Steps.lines(steps).map((step) => `  ${step}`),
  ].join("\n");
};
