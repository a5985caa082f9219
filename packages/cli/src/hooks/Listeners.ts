/**
 * Who hears of the events of a run besides the people who look at it: commands, and webhooks.
 *
 * None of them can fail the run, and none holds up its end for more than some seconds.
 */
import { Journal, type Orchestrator } from "@orchestrator/core";
import type { Hook } from "@orchestrator/local/HookSchema";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import * as Stream from "effect/Stream";
import type { Config } from "../config/Config.ts";
import * as Project from "../run/Project.ts";
import type { RunBackend } from "../run/RunBackend.ts";
import type { RunSetup } from "../run/RunSetup.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Shell from "../terminal/Shell.ts";
import { Signals } from "../terminal/Signals.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";
import * as Text from "../terminal/Text.ts";
import { count } from "../view/Words.ts";
import * as CommandHooks from "./CommandHooks.ts";
import * as Outbox from "./Outbox.ts";
import * as Sender from "./Sender.ts";
import type { Webhook } from "./Webhook.ts";

export interface Settings {
  readonly hooks: ReadonlyArray<Hook>;
  readonly webhooks: ReadonlyArray<Webhook>;
}

/** Nobody. */
export const none: Settings = { hooks: [], webhooks: [] };

type Known = Pick<RunSetup, "configNamed" | "github" | "hooks">;

/**
 * Those of a run: the commands of its plan and of the configuration, and the webhooks.
 *
 * Issues are no reason to run commands of a file that merely lies in the folder: that one must be
 * the operator's own.
 */
export const of = Effect.fn("Listeners.of")(function* (config: Config, setup: Known) {
  const webhooks = yield* Effect.fromResult(config.webhooks);
  const isOwn = config.isNamed || setup.configNamed === true;
  const isRefused = setup.github !== undefined && !isOwn && config.hooks.length > 0;
  if (isRefused) {
    const { error } = yield* Screen;
    yield* error.print(
      "warning: the commands at events of a configuration that nobody named are not run for issues of GitHub. Name the file if you trust it: --config FILE",
    );
  }
  const configured = isRefused ? [] : config.hooks;
  return { hooks: [...(setup.hooks ?? []), ...configured], webhooks } satisfies Settings;
});

export interface Listeners {
  /** Tells them all that happens until the run ends or is left; the answer waits for them, but not long. */
  readonly follow: (handle: Orchestrator.RunHandle) => Effect.Effect<Effect.Effect<void>>;
}

/** How long commands may go on after the end of the run, and webhooks be tried. */
const patience = { hooks: "30 seconds", webhooks: "5 seconds" } as const;

/** How long anything may take once the process is to leave. */
const haste = "1 second";

/** Prepares them, before the run starts, until the scope closes. */
export const open = Effect.fn("Listeners.open")(function* (
  backend: Pick<RunBackend, "folder" | "id" | "setup">,
  { hooks, webhooks }: Settings,
  seen = 0,
) {
  const { folder, id, setup } = backend;
  let handle: Orchestrator.RunHandle | undefined;
  const warn = (text: string) =>
    Effect.suspend(() => {
      const message = Scrubber.scrub(text);
      const isAtWork = handle !== undefined && isOpen(handle);
      return isAtWork ? handle!.warn(message) : Effect.logWarning(message);
    });
  const commands = yield* CommandHooks.open({
    hooks,
    run: id,
    folder: folder.root,
    cwd: setup.folder,
    warn,
  });
  const journal = webhooks.length === 0 ? undefined : yield* journalOf(setup.root);
  const outboxes = yield* Effect.forEach(webhooks, (webhook) =>
    Outbox.open({ webhook, run: id, folder: folder.root, journal: journal!, refused: warn }, seen),
  );
  const senders = yield* Effect.forEach(outboxes, (outbox) => Sender.start(outbox, warn));
  const signals = yield* Signals;
  const services = yield* Effect.context<Screen>();
  const within = (effect: Effect.Effect<unknown>, time: "30 seconds" | "5 seconds") => {
    const hurried = Effect.andThen(signals.first, Effect.sleep(haste));
    const late = Effect.timeoutOption(hurried, time);
    return Effect.raceFirst(Effect.ignore(effect), late);
  };
  const ended = Effect.gen(function* () {
    const sent = Effect.forEach(senders, (sender) => sender.end, { concurrency: "unbounded" });
    yield* Effect.all([within(commands.end, patience.hooks), within(sent, patience.webhooks)], {
      concurrency: "unbounded",
    });
    yield* tellRest(id, commands.waiting(), outboxes);
  }).pipe(Effect.provideContext(services));
  const scope = yield* Effect.scope;
  return {
    follow: (followed) => {
      handle = followed;
      if (hooks.length + webhooks.length === 0) return Effect.succeed(Effect.void);
      const done = Deferred.makeUnsafe<void>();
      const following = Stream.runForEachArray(followed.events, (entries) =>
        Effect.sync(() => {
          for (const entry of entries) if (entry.sequence > seen) commands.take(entry);
          for (const sender of senders) sender.wake();
        }),
      ).pipe(
        // A journal that cannot be read is told by the run itself.
        Effect.ignore,
        Effect.andThen(Deferred.succeed(done, undefined)),
      );
      const wait = Effect.andThen(Effect.timeoutOption(Deferred.await(done), haste), ended);
      return Effect.as(Effect.forkIn(following, scope), wait);
    },
  } satisfies Listeners;
});

const isOpen = ({ state }: Orchestrator.RunHandle): boolean =>
  state.outcome === undefined && state.suspended === undefined;

const journalOf = Effect.fnUntraced(function* (root: string) {
  const path = yield* Path.Path;
  const project = { root, folder: path.join(root, Project.folderName) };
  const services = yield* Layer.build(Project.journalLayer(project));
  return Context.get(services, Journal.Journal);
});

/** Says what was not done in time. */
const tellRest = Effect.fnUntraced(function* (
  run: string,
  commands: number,
  outboxes: ReadonlyArray<Outbox.Outbox>,
) {
  const { command, error } = yield* Screen;
  if (commands > 0) {
    yield* error.print(
      `warning: ${count(commands, "command")} at events did not end, or was not begun, in time`,
    );
  }
  for (const { waiting, webhook } of outboxes) {
    const found = yield* Effect.orElseSucceed(waiting, () => 0);
    if (found === 0) continue;
    const go = `${command} ${Shell.line("webhooks", "deliver", run)}`;
    yield* error.print(
      `warning: ${count(found, "event")} could not be sent to ${Text.line(webhook.host)} and ${found === 1 ? "waits" : "wait"}. To try again: ${go}`,
    );
  }
});
