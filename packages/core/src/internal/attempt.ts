import * as Cause from "effect/Cause";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import { format } from "effect/Formatter";
import * as Schedule from "effect/Schedule";
import {
  type Agent,
  AgentError,
  type AgentReport,
  type AgentRunEnd,
  type AgentRunRef,
  LaunchError,
  type LaunchRequest,
} from "../Agent.ts";
import { type CodeHost, type Landed, LandingError, type LandRequest } from "../CodeHost.ts";
import * as Effects from "./effects.ts";

/** Times that bound what an attempt asks of the outside. */
export interface Deadlines {
  /** How long a launch may take before its outcome counts as unknown; undefined: as the agent says. */
  readonly launch: Duration.Duration | undefined;
  /** How long a cancellation may take before it counts as unconfirmed. */
  readonly cancel: Duration.Duration;
  /** How long a landing may go on after its run was stopped. */
  readonly landing: Duration.Duration;
}

/** How long a launch on an agent may stay unanswered, its wait for its turn included. */
export const launchDeadline = (agent: Agent, deadlines: Deadlines): Duration.Duration =>
  Duration.sum(requestDeadline(agent, deadlines), Duration.millis(patienceMillis(agent)));

/** How long after it was asked an agent may still begin to send a launch. */
export const patienceMillis = ({ capabilities }: Agent): number =>
  (capabilities.launchPatienceSeconds ?? 0) * 1000;

const requestDeadline = ({ capabilities }: Agent, deadlines: Deadlines): Duration.Duration =>
  deadlines.launch ??
  Duration.seconds(capabilities.launchDeadlineSeconds ?? Effects.usualDeadlineSeconds);

/** How long after its last possible send a launch may still show up, in milliseconds. What crosses no network shows at once. */
export const settleMillis = (agent: Agent, deadlines: Deadlines): number => {
  if (!agent.capabilities.remote) return -Infinity;
  const settle = (agent.capabilities.settleSeconds ?? Effects.usualSettleSeconds) * 1000;
  return Duration.toMillis(requestDeadline(agent, deadlines)) + settle;
};

/** Watching is taken up again, ever more slowly: only the task's timeout ends it. */
const watchAgain = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("30 seconds")]);

/**
 * Launches once and watches until the end. It must be run as an uninterruptible
 * fiber: an interruption waits for the launch to answer, because a launch
 * without an answer cannot be taken back, and then ends the watching.
 */
export const attempt = (
  agent: Agent,
  request: LaunchRequest,
  report: AgentReport,
  deadlines: Deadlines,
  started: (ref: AgentRunRef) => void,
): Effect.Effect<AgentRunEnd, LaunchError> =>
  Effect.flatMap(launch(agent, request, deadlines), (ref) => {
    if (!isRef(ref)) return Effect.die(new TypeError(`the launch answered with ${format(ref)}`));
    started(ref);
    return Effect.interruptible(watch(agent, ref, report));
  });

/** An agent is somebody else's code: what it answers is looked at before it is recorded. */
const isRef = (ref: AgentRunRef | undefined): ref is AgentRunRef =>
  typeof ref?.id === "string" && typeof ref.agent === "string";

const launch = (agent: Agent, request: LaunchRequest, deadlines: Deadlines) => {
  const launched = asked(agent, request);
  if (!agent.capabilities.remote) return launched;
  const deadline = launchDeadline(agent, deadlines);
  return Duration.isFinite(deadline)
    ? Effect.timeoutOrElse(Effect.interruptible(launched), {
        duration: deadline,
        orElse: () => Effect.fail(noAnswer(agent, deadline)),
      })
    : launched;
};

/** An agent that throws before it answers with an effect is as broken as one whose effect dies. */
const asked = (agent: Agent, request: LaunchRequest): Effect.Effect<AgentRunRef, LaunchError> => {
  try {
    return agent.launch(request);
  } catch (defect) {
    return Effect.die(defect);
  }
};

const noAnswer = (agent: Agent, deadline: Duration.Duration): LaunchError =>
  new LaunchError({
    reason: "Ambiguous",
    message: `${agent.name} did not answer the launch within ${Duration.format(deadline)}; look there before launching again`,
  });

/** Watches an agent run until its end. Nothing is made ready for a failure before there is one: most are watched without. */
export const watch = (
  agent: Agent,
  ref: AgentRunRef,
  report: AgentReport,
): Effect.Effect<AgentRunEnd> => {
  const observed = Effect.suspend(() => agent.observe(ref, report));
  return Effect.catchCause(observed, (cause) =>
    Effect.catch(Effect.failCause(cause), (error) =>
      Effect.andThen(
        report.progress(`Lost sight of the agent run, still trying: ${error.message}`),
        Effect.orDie(Effect.retry(observed, watchAgain)),
      ),
    ),
  );
};

/** Cancels an agent run within the deadline; over a network, where an answer may be lost, again and again. */
export const cancel = (
  agent: Agent,
  ref: AgentRunRef,
  deadlines: Deadlines,
): Effect.Effect<void, AgentError> => {
  const { cancel: canCancel, remote } = agent.capabilities;
  if (!canCancel) return Effect.fail(cancelError(`${agent.name} has no way to stop an agent run`));
  const cancelled = Effect.suspend(() => agent.cancel(ref));
  const deadline = cancelDeadline(agent, deadlines);
  const late = () => cancelError(`no answer within ${Duration.format(deadline)}`);
  return remote
    ? Effects.setState(cancelled, { deadline, late })
    : Effect.timeoutOrElse(cancelled, {
        duration: deadline,
        orElse: () => Effect.fail(late()),
      });
};

/** How long a cancellation may take on an agent, its wait for its turn included. */
const cancelDeadline = ({ capabilities }: Agent, deadlines: Deadlines): Duration.Duration =>
  Duration.sum(deadlines.cancel, Duration.seconds(capabilities.cancelPatienceSeconds ?? 0));

const cancelError = (message: string): AgentError =>
  new AgentError({ operation: "cancel", message });

/** Lands a change; a host that is unavailable is asked again, one that fails with anything unknown is broken. */
export const land = (
  host: CodeHost["Service"],
  request: LandRequest,
  again: Schedule.Schedule<unknown>,
): Effect.Effect<Landed, LandingError> =>
  Effects.compareAndSet(
    Effect.catchIf(
      Effect.suspend(() => host.land(request)),
      (error): error is never => !(error instanceof LandingError),
      (error) => Effect.die(error),
    ),
    again,
    (error) => error.reason === "Unavailable",
  ).pipe(Effect.map((landed: Landed | undefined) => ({ commit: landed?.commit })));

/** What people are told of a bug in an agent or a code host. */
export const bug = (what: string, cause: Cause.Cause<unknown>): string =>
  `${what} broke unexpectedly: ${Cause.pretty(cause)}`;

/** The words of whatever went wrong. */
export const sentence = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause);
  return error instanceof Error ? error.message : String(error);
};

/** Does something a while later. */
export const later = (delay: Duration.Duration, handle: () => void): Effect.Effect<void> =>
  Effect.delay(Effect.sync(handle), delay);
