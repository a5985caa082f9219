/** A run of issues of GitHub: agents of Codegen and of this machine, whose pull requests land where the issues are. */
import type { CodegenConfig } from "@orchestrator/codegen";
import { Agent, CodeHost, Journal, Orchestrator } from "@orchestrator/core";
import type { GitHubClient } from "@orchestrator/github/GitHubClient";
import type * as Lease from "@orchestrator/github/Lease";
import type { RunFolder } from "@orchestrator/local";
import * as ProcessMark from "@orchestrator/local/ProcessMark";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { identity } from "effect/Function";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Config from "../config/Config.ts";
import * as ConfigGitHub from "../config/ConfigGitHub.ts";
import * as GitHubTarget from "../github/GitHubTarget.ts";
import type { LocalDelivery } from "../github/LocalDelivery.ts";
import * as Project from "./Project.ts";
import * as Routing from "../plan/Routing.ts";
import * as RunBackend from "./RunBackend.ts";
import * as RunLedger from "./RunLedger.ts";
import { home } from "./RunRecord.ts";
import type { OnGitHub, RunSetup } from "./RunSetup.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Requests from "../telemetry/Requests.ts";

/** What the configuration and the service say. */
export interface Given {
  readonly config: Config.Config;
  /** Undefined where no task is for Codegen any more. */
  readonly codegen: CodegenConfig.Settings | undefined;
  readonly target: GitHubTarget.Target;
  readonly client: GitHubClient;
}

/** The setup of a run on GitHub. */
export type Setup = RunSetup & { readonly github: OnGitHub };

/** Prepares a new run. */
export const make = Effect.fn("BacklogRun.make")(function* (
  setup: Setup,
  slots: number,
  given: Given,
) {
  const id = yield* Orchestrator.runId;
  const begun = { launches: true, isResumed: false, notesAreLost: false };
  return yield* assemble({ id, setup, slots, ...begun, ...given });
});

export interface Again {
  readonly id: string;
  readonly setup: Setup;
  readonly slots: number;
  /** Where its journal is. */
  readonly root: string;
  readonly config: Config.Config;
  readonly flags: Config.Flags;
  /** Undefined where no task is for Codegen any more. */
  readonly codegen: CodegenConfig.Settings | undefined;
  /** Whether agents are launched. */
  readonly launches: boolean;
}

/** Prepares a run that was started before: with the same API, and as the configuration says now. */
export const restore = Effect.fn("BacklogRun.restore")(function* (again: Again) {
  const { codegen, config, flags, id, launches, root, setup, slots } = again;
  yield* RunBackend.refuseMoved(id, setup, root);
  const target = yield* GitHubTarget.signed(yield* settingsOf(setup.github, config, flags));
  const { connect } = yield* Effect.promise(() => import("../github/GitHubBackend.ts"));
  const client = yield* connect(target);
  yield* tellLanding(setup.github, config);
  const given = { config, codegen, target, client };
  const notesAreLost = !(yield* hasFolder(root, id));
  return yield* assemble({ id, setup, slots, launches, isResumed: true, notesAreLost, ...given });
});

/** Whether somebody left the folder of a run where it was. */
const hasFolder = Effect.fnUntraced(function* (root: string, id: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  return yield* Effect.orElseSucceed(fs.exists(path.join(root, ...home, id)), () => false);
});

/** What the configuration says, of the API and the repository that the run began with. */
const settingsOf = Effect.fnUntraced(function* (
  { api, named, repositories }: OnGitHub,
  config: Config.Config,
  flags: Config.Flags,
) {
  const { forRepository } = yield* ConfigGitHub.adapter;
  const said = yield* Config.githubOf(config, flags);
  const settings = named === undefined ? said : forRepository(said, named);
  return { ...settings, baseUrl: api, repository: settings.repository ?? repositories[0] };
});

/** Who merges is what the configuration says now; who relies on what it said before is told. */
const tellLanding = Effect.fnUntraced(function* (
  { landing: was }: OnGitHub,
  { automation }: Config.Config,
) {
  const { mode } = automation.landing;
  if (mode === was) return;
  const { error } = yield* Screen;
  const who = { manual: "people merge", auto: "the run merges" };
  yield* error.print(
    `When the run began, ${who[was]}; now ${who[mode]}, as the configuration says.`,
  );
});

interface Parts extends Given {
  readonly id: string;
  readonly setup: Setup;
  readonly slots: number;
  readonly launches: boolean;
  /** Whether an earlier process worked on the run. */
  readonly isResumed: boolean;
  /** Whether somebody removed the folder of a run that goes on. */
  readonly notesAreLost: boolean;
}

const assemble = (parts: Parts) => Requests.within(parts.id)(assembled(parts));

const assembled = Effect.fnUntraced(function* (parts: Parts) {
  const { client, codegen, id, setup, slots, target } = parts;
  const { root } = setup;
  // First: where another orchestrator is at work, nothing is left of this one.
  const { codeHost, guard, lost, reporter, summarise } = yield* backendOf(parts);
  const folder = yield* RunBackend.folderOf(root, id);
  const ledger = yield* RunLedger.keep(folder.root, client.ledger);
  const remote = codegen === undefined ? [] : [yield* agentOf(codegen, slots)];
  const own = yield* ownAgents(parts, folder);
  const all = [...remote, ...own.agents];
  const [first = nobody, ...others] = all.map((agent) => ({ agent: guard(agent) }));
  const ports = { codeHost: Layer.provide(hosting(own.hosting), codeHost), reporter };
  const orchestrator = yield* RunBackend.engine({
    root,
    slots,
    agents: [first, ...others],
    ...ports,
  });
  const hosts = [...(codegen?.allowedHosts ?? []), ...target.settings.allowedHosts];
  const allowedHosts = [...new Set(hosts)];
  const made = { id, setup, slots, folder, base: undefined, orchestrator, allowedHosts };
  const github = { ledger, lost, summarise: summarise(ledger) };
  return { ...made, github } satisfies RunBackend.RunBackend;
});

/** The adapter is loaded only now. */
const agentOf = Effect.fnUntraced(function* (codegen: CodegenConfig.Settings, slots: number) {
  const backend = yield* Effect.promise(() => import("./CodegenBackend.ts"));
  return yield* backend.agent({ ...codegen, slots, landsHere: false, findsChanges: true });
});

/** Those of this machine; the clone is looked at only where there are some. */
const ownAgents = Effect.fnUntraced(function* (parts: Parts, folder: RunFolder.RunFolder) {
  const { client, id, notesAreLost, setup, target } = parts;
  const { ownBase: base, repositories } = setup.github;
  if (base === undefined || setup.agents === undefined) return { agents: [], hosting: identity };
  const backend = yield* Effect.promise(() => import("../github/OwnAgents.ts"));
  const repository = setup.github.ownRepository ?? repositories[0] ?? "";
  const run = { run: id, setup, folder, notesAreLost };
  return yield* backend.make({ ...run, client, target, repository, base });
});

/** The code host as agents of this machine need it. */
const hosting = (around: LocalDelivery["hosting"]) =>
  Layer.effect(CodeHost.CodeHost, Effect.map(CodeHost.CodeHost, around));

/** Stands where no agent is needed. */
const nobody = { agent: Agent.fromFunction(() => Effect.void, { name: Routing.codegen }) };

const backendOf = Effect.fnUntraced(function* (parts: Parts) {
  const { client, codegen, config, id, isResumed, launches, setup, target } = parts;
  const { automation, repository } = config;
  const { make: backend } = yield* Effect.promise(() => import("../github/GitHubRunBackend.ts"));
  return yield* backend({
    run: id,
    client,
    settings: target.settings,
    from: target.from,
    automation,
    setup: setup.github,
    repository: repositoryOf(setup.github, repository),
    isResumed,
    launches,
    mark: yield* ProcessMark.own,
    isGone: yield* isGoneIn(setup.root),
    root: setup.root,
    linkHosts: linkHostsOf(codegen?.baseUrl),
  });
});

/** The one that is named, or the only one there is. */
const repositoryOf = ({ named, repositories }: OnGitHub, configured: string | undefined) =>
  named ?? configured ?? (repositories.length === 1 ? repositories[0] : undefined);

/** Pages of Codegen are where its API is, but for the name in front. */
const linkHostsOf = (baseUrl: string | undefined): ReadonlyArray<string> => {
  const host = baseUrl === undefined ? undefined : URL.parse(baseUrl)?.hostname;
  return ["codegen.com", ...(host === undefined ? [] : [host])];
};

/**
 * Whether the holder of a lease works no more: its process is gone, or, where it left no mark, its
 * run is one of this project on which no process works. Of others nobody knows: a folder that was
 * copied has the same run in it, and a lock that is free.
 */
const isGoneIn = Effect.fnUntraced(function* (root: string) {
  const path = yield* Path.Path;
  const project = { root, folder: path.join(root, Project.folderName) };
  const context = yield* Effect.context<Effect.Services<ReturnType<typeof ProcessMark.isGone>>>();
  const isLeft = (run: string) =>
    Effect.gen(function* () {
      const services = yield* Layer.build(Project.journalLayer(project));
      if (!(yield* Context.get(services, Journal.Journal).runs).includes(run)) return false;
      return (yield* Project.holder(project, run)) === undefined;
    }).pipe(
      Effect.scoped,
      Effect.orElseSucceed(() => false),
    );
  return ({ mark, run }: Lease.Holder) =>
    mark === undefined ? isLeft(run) : Effect.provide(ProcessMark.isGone(mark), context);
});
