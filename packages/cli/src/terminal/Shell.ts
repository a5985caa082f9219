/** Commands for people to paste into a shell. */
import * as Text from "./Text.ts";

/** A word as every POSIX shell and zsh take it. */
export const quote = (word: string): string =>
  /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command line that shows and does the same: words are quoted, nothing in it acts on a terminal. */
export const line = (...words: ReadonlyArray<string>): string =>
  Text.verbatim(words.map(quote).join(" "));

/** The variables that tell who started the command. */
export const launchVariables = ["npm_config_user_agent", "npm_command"] as const;

/**
 * How to call the orchestrator again. Started through pnpm or npm, it need not
 * be on the PATH of the shell that people come back to. `--no` keeps npx from
 * fetching a stranger's package of that name.
 */
export const called = (environment: Readonly<Record<string, string>>): string => {
  const { npm_config_user_agent: agent = "", npm_command: command } = environment;
  const pnpm = /^pnpm\/(\d+\.\d+\.\d+)/.exec(agent)?.[1];
  if (pnpm !== undefined) return `npx -y pnpm@${pnpm} exec orchestrator`;
  return agent.startsWith("npm/") && command !== undefined
    ? "npx --no orchestrator"
    : "orchestrator";
};
