/** Flags by which a plan is named, for every command that takes one of a file or of GitHub. */
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Argument from "effect/cli/Argument";
import * as Flag from "effect/cli/Flag";
import { isName, nameWanted, off } from "./Flags.ts";

/** The plan file, for every command that takes one. */
export const plan = Argument.String("plan").pipe(
  Argument.withDescription(
    "The plan file; absent: orchestrator.plan or plan with .yaml, .yml or .json, else issues of GitHub",
  ),
  Argument.filter(isName, nameWanted),
  Argument.optional,
);

const configAs = (description: string) =>
  Flag.String("config").pipe(
    Flag.filter(isName, nameWanted),
    Flag.withDescription(description),
    Flag.withMetavar("FILE"),
    Flag.atLeast(0),
  );

/** The configuration, for every command that works with agents. */
export const config = configAs(
  "A configuration file, YAML or JSON; a later one goes before (default orchestrator.yaml, .yml or .json)",
);

/** The configuration of a run that was started before. */
export const configOr = configAs(
  "A configuration file; a later one goes before (default what the run was started with)",
);

/** Hosts beside the official ones; a file of a repository cannot allow any. */
export const allowHost = Flag.String("allow-host").pipe(
  Flag.filter(isName, nameWanted),
  Flag.withDescription(
    "Send tokens and events to this host too, if the configuration names it (also: ORCHESTRATOR_ALLOWED_HOSTS)",
  ),
  Flag.withMetavar("HOST"),
  Flag.atLeast(0),
);

/** The plan, and the configuration for it. */
export const wanted = {
  plan,
  config,
  allowHost,
  repo: Flag.String("repo").pipe(
    Flag.filter(GitHubHost.isRepository, () => "a repository on GitHub as owner/name"),
    Flag.withDescription("The plan is the open issues of this repository on GitHub"),
    Flag.withMetavar("OWNER/NAME"),
    Flag.optional,
  ),
  withDependencies: off(
    "with-dependencies",
    "Take open issues that others wait for into the plan, wherever they are",
  ),
};
