/** What there is where the command was started, and the one thing to do next, for programs. */
import * as Result from "effect/Result";
import { version } from "../Version.ts";
import * as NextStep from "../view/NextStep.ts";
import type { Surroundings } from "./Surroundings.ts";

/** The answer of `orchestrator --json`; `null` is what is not there. */
export const of = (seen: Surroundings, command: string) => {
  const { agents, clone, config, folder, github, open, plan, runs } = seen;
  const next = NextStep.of(seen);
  return {
    version,
    folder,
    git: clone === undefined ? null : { root: clone.root, branch: clone.branch ?? null },
    github: {
      host: github.host,
      repository: github.repository ?? null,
      remote: github.remote ?? null,
      // Where it is from: what it is, nobody is told.
      token_from: github.token ?? null,
    },
    agents: agents.map(({ name, version: has }) => ({ name, version: has ?? null })),
    configuration: Result.match(config, {
      onFailure: ({ problems }) => ({ files: [], problems }),
      onSuccess: ({ files }) => ({ files, problems: [] }),
    }),
    plan: plan ?? null,
    runs: runs ?? null,
    open_runs: open.map(({ held, id, standing }) => ({ run: id, status: standing, held })),
    next: { what: next.what, command: NextStep.call(next, command) },
  };
};
