/** Agents of this machine that work on issues: commands in worktrees of the clone, whose work becomes pull requests. */
import type { GitHubClient } from "@orchestrator/github/GitHubClient";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as PullRequestText from "@orchestrator/github/PullRequestText";
import { CommandAgent, Git, Presets, Remote, type RunFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import type { RunSetup } from "../run/RunSetup.ts";
import * as Secrets from "../telemetry/Secrets.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as CloneRemote from "./CloneRemote.ts";
import * as CoderPrompt from "./CoderPrompt.ts";
import type { Target } from "./GitHubTarget.ts";
import * as LocalDelivery from "./LocalDelivery.ts";

export interface Options {
  readonly run: string;
  readonly setup: Pick<RunSetup, "agents" | "keepFailed" | "root">;
  readonly folder: RunFolder.RunFolder;
  readonly client: GitHubClient;
  readonly target: Target;
  /** The repository that they work in. */
  readonly repository: string;
  /** The branch that changes land on. */
  readonly base: string;
  /** Whether somebody removed the folder of a run that goes on. */
  readonly notesAreLost: boolean;
}

/** What is pushed from here would not go to the repository of the run. */
export class NotTheClone extends Schema.TaggedError<NotTheClone>()("NotTheClone", {
  root: Schema.String,
  repository: Schema.String,
  host: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    const { host, repository, root } = this;
    return `${Text.line(root)} is no clone of ${Text.line(repository)} on ${Text.line(host)}, which agents of this machine push to: neither origin nor upstream names it, or one of their addresses is another. Look at git remote -v, or start the command in a clone: git clone https://${Text.line(host)}/${Text.line(repository)}`;
  }
}

/** What commands get of the environment; the configuration adds what it names. */
const forCommands = ["PATH", "HOME"];

/** Makes them. Closing the scope leaves commands alone: they belong to the run. */
export const make = Effect.fn("OwnAgents.make")(function* (options: Options) {
  const { base, client, folder, notesAreLost, repository, run, setup, target } = options;
  const screen = yield* Screen;
  const { git, remote } = yield* remoteOf(setup.root, repository, target);
  const withGit = Effect.provideService(Git.Git, git);
  const delivery = yield* withGit(LocalDelivery.make({ client, remote, base, folder }));
  const isolation = {
    _tag: "Worktree",
    base: yield* withGit(Remote.baseOf(remote, base)),
  } as const;
  const shared = {
    run,
    folder,
    notesAreLost,
    isolation,
    keepFailed: setup.keepFailed,
    prompt: (request) => CoderPrompt.render(request, delivery.conflictsOf(request)),
    message: ({ id, title = id }) => PullRequestText.message(title, id),
  } satisfies Partial<CommandAgent.CommandAgentOptions>;
  const agents = yield* Effect.forEach(Object.entries(setup.agents ?? {}), ([name, given]) => {
    const { args = [], passEnv = [] } = given;
    const preset = Presets.named(name);
    const names = preset === undefined ? forCommands : Presets.environmentOf(preset);
    const made = CommandAgent.make({
      ...shared,
      name,
      ...(preset === undefined ? {} : { preset: { preset, args } }),
      environment: screen.environment([...names, ...passEnv]),
    });
    return withGit(Effect.map(made, delivery.around));
  });
  return { agents, hosting: delivery.hosting };
});

/** The repository that work goes to, and git for it; fails if the clone is not one of it. */
export const remoteOf = Effect.fn("OwnAgents.remoteOf")(function* (
  root: string,
  repository: string,
  target: Target,
) {
  const host = GitHubHost.hostOf(target.settings.baseUrl);
  const clone = yield* CloneRemote.find(root, host, [repository]);
  if (clone === undefined || !CloneRemote.isNamed(clone.repository, repository)) {
    return yield* new NotTheClone({ root, repository, host });
  }
  const git = yield* CloneRemote.git();
  const signed = yield* signedIn(clone, target);
  const { name, pushUrl, url } = clone;
  const gits = signed === undefined ? ([git] as const) : ([git, signed] as const);
  return { git, remote: yield* Remote.make({ repository: clone.root, name, url, pushUrl, gits }) };
});

/** Git with the token of the run, for a remote that takes one. */
const signedIn = Effect.fnUntraced(function* (
  { pushUrl }: CloneRemote.CloneRemote,
  { credentials }: Target,
) {
  const url = URL.parse(pushUrl);
  const takesToken = url?.protocol === "https:";
  if (url === null || !takesToken || credentials._tag !== "Token") return undefined;
  const token = Redacted.value(credentials.token);
  Secrets.hide([Remote.basicOf(token)]);
  return yield* CloneRemote.git(Remote.tokenVariables(url, token));
});
