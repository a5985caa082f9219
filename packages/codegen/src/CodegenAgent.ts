/**
 * Codegen as an agent: launches agent runs of an organisation by one POST each,
 * finds them again by the mark in their metadata, watches all of them together
 * and stops them by a ban.
 */
import { Agent } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Result from "effect/Result";
import * as Semaphore from "effect/Semaphore";
import * as CodegenClient from "./CodegenClient.ts";
import type { CodegenError } from "./CodegenError.ts";
import type { AgentRun } from "./CodegenModel.ts";
import { allRuns, type Filter } from "./internal/findRuns.ts";
import { launchRun } from "./internal/launchRun.ts";
import { Poller, type Sighting } from "./internal/Poller.ts";
import { Recent } from "./internal/Recent.ts";
import { runEnd, type Unreported } from "./internal/RunEnd.ts";
import { SharedScan } from "./internal/SharedScan.ts";
import * as Suspects from "./internal/suspects.ts";
import { monotonicMillis } from "@orchestrator/core/remote/time";
import { isId } from "./internal/tolerant.ts";
import { webUrl } from "./internal/webUrl.ts";
import * as Marker from "./Marker.ts";
import * as Prompt from "./Prompt.ts";
import * as RunStatus from "./RunStatus.ts";
import * as TaskPrompt from "./TaskPrompt.ts";

export interface Options extends CodegenClient.Options {
  /** The name that tasks route to (default `codegen`). */
  readonly name?: string | undefined;
  /** Codegen's own id of the repository to work in; absent: the service chooses. */
  readonly repoId?: number | undefined;
  /** Absent: the organisation's default. */
  readonly model?: string | undefined;
  readonly agentType?: "codegen" | "claude_code" | undefined;
  /** How long after its deadline a launch may take to appear in the list (default 120). */
  readonly settleSeconds?: number | undefined;
  /** How many agent runs are at work at once at most (default 10): so long is the queue for 10 launches a minute. */
  readonly slots?: number | undefined;
  /**
   * Whether the code host finds the pull request of a task by itself, so that an agent run which
   * reports none may have delivered (default false: it has failed).
   */
  readonly findsChanges?: boolean | undefined;
  /** The template and the longest length of prompts. */
  readonly prompt?: Prompt.Options | undefined;
}

const usualSlots = 10;
const usualDeadlineSeconds = 60;
const usualSettleSeconds = 120;
const launchesPerMinute = 10;
/** A refusal makes launches wait that long by itself. */
const spareSeconds = 60;

/** So many stops at most stand before a list that shows whether they worked. */
const mostStops = 12;

/** The longest time that a stop waits for its turn: one a second, as a service that allows half as much lets through, and the lists between them. */
const stopPatienceSeconds = (slots: number): number => Math.ceil(slots * 1.25);

/** Nobody waits long for what only makes a list shorter. */
const quick = { retry: false, deadline: Duration.seconds(10) };

/** The longest time that a launch waits for its turn: all slots at once, after a full minute. */
const patienceSeconds = (slots: number): number =>
  Math.ceil(slots / launchesPerMinute) * 60 + spareSeconds;

/**
 * Makes the agent. Closing its scope ends the watching; agent runs go on.
 *
 * Fails where the token may not be sent to the address (`BaseUrlRefused`), can
 * not be sent at all (`TokenRefused`) or the template is none (`TemplateInvalid`).
 */
export const make = Effect.fn("CodegenAgent.make")(function* (options: Options) {
  const client = yield* CodegenClient.make(options);
  const wrong = Prompt.problem(options.prompt?.template ?? Prompt.defaultTemplate);
  if (wrong !== undefined) return yield* new Prompt.TemplateInvalid({ message: wrong });
  const scope = yield* Effect.scope;
  const name = options.name ?? "codegen";
  const settleSeconds = options.settleSeconds ?? usualSettleSeconds;
  const recent = new Recent(settleSeconds);
  const slots = options.slots ?? usualSlots;
  const patience = patienceSeconds(slots);
  const expectations = new Map<string, boolean>();
  /** When this process sent launches that were not answered, by wall clock. */
  const launchedAt = new Map<Agent.EffectKey, number>();

  let userId: number | undefined;
  /** Own agent runs only, as far as it is known who that is: without it there are more to look through. */
  const filter = Effect.suspend(() =>
    userId === undefined
      ? Effect.match(client.me(quick), {
          onSuccess: ({ id }) => void (userId = Number(id)),
          onFailure: () => undefined,
        })
      : Effect.void,
  ).pipe(Effect.map((): Filter => ({ userId, sourceType: "API" })));
  const poller = new Poller(client, filter, scope);
  const stops = yield* Semaphore.make(mostStops);
  const scans = new SharedScan(
    Effect.flatMap(filter, (whose) => allRuns(client, whose)),
    scope,
  );

  const refOf = (run: AgentRun): Agent.AgentRunRef => {
    const url = webUrl(run);
    return { agent: name, id: String(run.id), ...(url === undefined ? {} : { url }) };
  };

  const launch = Effect.fn("CodegenAgent.launch")(function* (request: Agent.LaunchRequest) {
    const body = yield* bodyOf(request, options);
    launchedAt.set(request.key, yield* Clock.currentTimeMillis);
    const run = yield* launchRun(client, body, Duration.seconds(patience));
    launchedAt.delete(request.key);
    recent.answered(String(run.id), yield* monotonicMillis);
    if (request.task.expectChange === false) expectations.set(String(run.id), false);
    return refOf(run);
  });

  const unreported = (run: AgentRun): Unreported => {
    const isExpected = expectations.get(String(run.id)) ?? Marker.of(run)?.expectChange ?? true;
    if (!isExpected) return "fine";
    return options.findsChanges === true ? "sought" : "failure";
  };

  /** The end that a sighting means, if it means one. */
  const endOf = Effect.fnUntraced(function* ({
    isWhole,
    run,
  }: Extract<Sighting, { _tag: "Seen" }>) {
    const end = runEnd(run, unreported(run));
    // What looks like a run without a change is looked at by itself before it counts.
    const isTold = end?._tag === "Succeeded" && !isUnknown(end.change);
    if (isWhole || isTold || RunStatus.meaning(run.status) !== "succeeded") return end;
    const whole = yield* Effect.result(client.get(String(run.id)));
    return Result.isSuccess(whole) ? runEnd(whole.success, unreported(whole.success)) : undefined;
  });

  /** Says once what an agent run does that goes on. */
  const tell = (
    report: Agent.AgentReport,
    stated: string | undefined,
    said: Set<string>,
  ): Effect.Effect<void> => {
    const status = RunStatus.normal(stated ?? "");
    if (status === "" || said.has(status)) return Effect.void;
    said.add(status);
    if (RunStatus.meaning(status) === "unknown")
      return report.unknownStatus(client.words.line(status));
    return RunStatus.isOver(status)
      ? Effect.void
      : report.progress(`Codegen says ${client.words.line(status)}`);
  };

  const observe = Effect.fn("CodegenAgent.observe")(function* (
    { id }: Agent.AgentRunRef,
    report: Agent.AgentReport,
  ) {
    if (!isId(id)) return yield* agentError("observe", unknownId(id));
    const sightings = yield* poller.watch(id);
    const said = new Set<string>();
    for (;;) {
      const sighting = yield* Queue.take(sightings);
      switch (sighting._tag) {
        case "Missing":
          return yield* agentError("observe", sighting.error.message);
        case "Trouble":
          yield* report.progress(`Out of sight, still asking: ${sighting.error.message}`);
          break;
        case "Back":
          yield* report.progress("In sight again");
          break;
        case "Seen": {
          const end = yield* endOf(sighting);
          if (end !== undefined) return end;
          yield* tell(report, sighting.run.status, said);
        }
      }
    }
  }, Effect.scoped);

  /** A ban also mutes the checks of the pull request: not for what has ended, also while it waits for its turn. */
  const stop = (id: string) =>
    stops.withPermit(Effect.suspend(() => (poller.isOver(id) ? Effect.void : client.ban(id))));

  /** Stopped is what a status says, never what was asked for. */
  const cancel = Effect.fn("CodegenAgent.cancel")(function* ({ id }: Agent.AgentRunRef) {
    if (!isId(id)) return yield* agentError("cancel", unknownId(id));
    const sightings = yield* poller.watchEnd(id);
    let isAsked = false;
    for (;;) {
      const sighting = yield* Queue.take(sightings);
      if (sighting._tag === "Missing") return yield* agentError("cancel", sighting.error.message);
      if (sighting._tag !== "Seen") continue;
      if (RunStatus.isOver(sighting.run.status)) return;
      if (!isAsked) yield* stop(id);
      isAsked = true;
    }
  }, Effect.scoped);

  const find = Effect.fn("CodegenAgent.find")(function* (key: Agent.EffectKey) {
    const began = yield* monotonicMillis;
    const runs = yield* scans.fresh;
    const missing = recent.missingFrom(new Set(runs.map(({ id }) => String(id))), began);
    if (missing !== undefined) return yield* agentError("find", lagging(missing));
    const carriesKey = (run: AgentRun) => Marker.of(run)?.key === key;
    const found = runs.filter(carriesKey);
    const since = launchedAt.get(key);
    if (found.length > 0 || since === undefined) return found.map(refOf);
    // A run whose metadata got lost is no proof that there is none.
    const unmarked = Suspects.unmarkedSince(runs, since);
    const whole = yield* Suspects.lookedAt(client, unmarked);
    const hidden = whole.filter(carriesKey);
    const left = Suspects.unmarkedSince([...whole, ...unmarked.slice(whole.length)], since);
    if (hidden.length === 0 && left.length > 0) {
      return yield* agentError("find", Suspects.suspicion(left));
    }
    return hidden.map(refOf);
  });

  const agent: Agent.Agent = {
    name,
    capabilities: {
      launch: "findable",
      cancel: true,
      remote: true,
      survives: true,
      paid: true,
      launchDeadlineSeconds: options.launchDeadlineSeconds ?? usualDeadlineSeconds,
      launchPatienceSeconds: patience,
      settleSeconds,
      cancelPatienceSeconds: stopPatienceSeconds(slots),
    },
    launch,
    observe,
    cancel: (ref) => Effect.mapError(cancel(ref), asAgentError("cancel")),
    find: (key) => Effect.mapError(find(key), asAgentError("find")),
  };
  return agent;
});

/** Whether a change is there of which nothing is told. */
const isUnknown = (change: Agent.Change | undefined): boolean =>
  change !== undefined && change.branch === undefined;

/** What is sent to launch one attempt; what cannot be written is refused, and nothing is sent. */
const bodyOf = Effect.fnUntraced(function* (request: Agent.LaunchRequest, options: Options) {
  const stated = yield* TaskPrompt.statedOf(request.task);
  const prompt = yield* TaskPrompt.render(request, stated, options.prompt);
  const repoId = stated.repo_id ?? options.repoId;
  const model = stated.model ?? options.model;
  const agentType = stated.agent_type ?? options.agentType;
  return {
    prompt,
    metadata: { orchestrator: Marker.make(request) },
    ...(repoId === undefined ? {} : { repo_id: repoId }),
    ...(model === undefined ? {} : { model }),
    ...(agentType === undefined ? {} : { agent_type: agentType }),
    ...(stated.images === undefined ? {} : { images: stated.images }),
  } satisfies CodegenClient.CreateAgentRun;
});

const unknownId = (id: string): string =>
  `"${id}" is no id of a Codegen agent run: those are whole numbers.`;

const lagging = (id: string): string =>
  `The list of agent runs does not show ${id} yet, which was just launched, so that it cannot tell what else is there. Try again later.`;

const agentError = (operation: Agent.AgentError["operation"], message: string) =>
  new Agent.AgentError({ operation, message });

const asAgentError =
  (operation: Agent.AgentError["operation"]) => (error: CodegenError | Agent.AgentError) =>
    error._tag === "AgentError" ? error : agentError(operation, error.message);
