/** What the demo says around its run. */
import type { Paint } from "../Paint.ts";
import * as Text from "../Text.ts";
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
  const at = quote(Text.line(folder));
  const steps = [
    [`cd ${at} && node wordstat.mjs README.md`, "use what was built"],
    [`${command} plan ${at}/plan.yaml`, "see its graph and what could run at once"],
    [`${command} run your-plan.yaml`, "run a plan of your own; plan.yaml there explains every key"],
  ] as const;
  const width = Math.max(...steps.map(([step]) => step.length));
  return [
    "",
    paint("bold", "How main came together"),
    ...Text.lines(history),
    "",
    paint("green", `✓ wordstat on main passes its own ${count(passed, "test")}`),
    `${paint("bold", "Repository")}  ${Text.line(folder)}`,
    "",
    paint("bold", "Try next"),
    ...steps.map(([step, what]) => `  ${step.padEnd(width)}  ${paint("dim", `# ${what}`)}`),
  ].join("\n");
};

/** A path as a shell takes it. */
export const quote = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

/**
 * How to call the orchestrator again. Started by a script of pnpm, it is not on
 * the PATH of the shell that people come back to.
 */
export const commandOf = (environment: Readonly<Record<string, string>>): string => {
  const { npm_config_user_agent: agent, npm_lifecycle_event: script } = environment;
  const version = /^pnpm\/(\d+\.\d+\.\d+)/.exec(agent ?? "")?.[1];
  return script === undefined || version === undefined
    ? "orchestrator"
    : `npx -y pnpm@${version} exec orchestrator`;
};
