/** Ports without secrets: what agents, code hosts and reporters say is scrubbed before the engine hears it. */
import { Agent, CodeHost, Reporter, type Task } from "@orchestrator/core";
import type { GitHubPlan } from "@orchestrator/github/GitHubPlan";
import type { ResponseCache } from "@orchestrator/github/ResponseCache";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Scrubber from "./Scrubber.ts";

const { json, scrub } = Scrubber;

/**
 * The same agent. What it answers, prints and finds is scrubbed, and what it is asked if that leaves
 * this machine: a command is given exactly what its plan says.
 */
export const agent = (inner: Agent.Agent): Agent.Agent => ({
  ...inner,
  launch: (request) =>
    inner.launch(inner.capabilities.remote ? requestOf(request) : request).pipe(
      Effect.map(json),
      Effect.mapError(
        ({ message, reason, until }) =>
          new Agent.LaunchError({
            reason,
            message: scrub(message),
            ...(until === undefined ? {} : { until }),
          }),
      ),
    ),
  observe: (ref, report) => {
    const said = reportOf(report);
    return inner
      .observe(ref, said)
      .pipe(Effect.map(endOf), Effect.mapError(agentError), Effect.ensuring(said.rest));
  },
  cancel: (ref) => Effect.mapError(inner.cancel(ref), agentError),
  find: (key) => Effect.mapBoth(inner.find(key), { onSuccess: json, onFailure: agentError }),
});

const requestOf = (request: Agent.LaunchRequest): Agent.LaunchRequest =>
  Agent.requestWith(request, {
    task: task(request.task),
    dependencies: () => request.dependencies().map(json),
  });

/** A task whose text may hold what somebody pasted into it. */
export const task = (one: Task.Task): Task.Task => json(one);

/** A plan of issues, in which people may have pasted anything. */
export const plan = (read: GitHubPlan): GitHubPlan => ({
  ...read,
  issues: json(read.issues),
  tasks: read.tasks.map(task),
  problems: json(read.problems),
});

/** Answers are kept as they are, so that they are known again; those with a secret in them are not kept. */
export const cache = (inner: ResponseCache): ResponseCache => ({
  ...inner,
  set: (key, entry) => (scrub(entry.body) === entry.body ? inner.set(key, entry) : Effect.void),
});

const agentError = ({ message, operation }: Agent.AgentError) =>
  new Agent.AgentError({ operation, message: scrub(message) });

const reportOf = (report: Agent.AgentReport) => {
  const printed = Scrubber.ofProcess.stream();
  const tell = (text: string) => (text === "" ? Effect.void : report.output(text));
  return {
    output: (chunk) => Effect.suspend(() => tell(printed.push(chunk))),
    progress: (message) => report.progress(scrub(message)),
    discover: (tasks) => report.discover(tasks.map(task)),
    unknownStatus: (status) => report.unknownStatus(scrub(status)),
    /** What was printed after the last line end. */
    rest: Effect.suspend(() => tell(printed.end())),
  } satisfies Agent.AgentReport & { readonly rest: Effect.Effect<void> };
};

/** A branch is found by its name: one with a secret in it can be neither shown nor landed. */
const endOf = (end: Agent.AgentRunEnd): Agent.AgentRunEnd => {
  if (end._tag !== "Succeeded" || end.change === undefined) return json(end);
  if (json(end.change) === end.change) return json(end);
  const { usage } = end;
  return {
    _tag: "Failed",
    failure: {
      class: "permanent",
      message:
        "The name of the branch or the address of the pull request holds a secret, so it is not used. Delete the branch, replace the secret, and run the task again.",
    },
    ...(usage === undefined ? {} : { usage }),
  };
};

/** The same code host; what it says of a landing is scrubbed. */
export const codeHost = (layer: Layer.Layer<CodeHost.CodeHost>): Layer.Layer<CodeHost.CodeHost> =>
  Layer.effect(
    CodeHost.CodeHost,
    Effect.map(CodeHost.CodeHost, (inner) => ({
      ...inner,
      land: (request) => Effect.mapError(inner.land(landingOf(request)), landingError),
    })),
  ).pipe(Layer.provide(layer));

const landingOf = (request: CodeHost.LandRequest): CodeHost.LandRequest => {
  const { progress } = request;
  if (progress === undefined) return request;
  return { ...request, progress: (message) => progress(scrub(message)) };
};

const landingError = ({ message, obstacle, paths, reason }: CodeHost.LandingError) =>
  new CodeHost.LandingError({
    reason,
    message: scrub(message),
    paths: paths.map(scrub),
    ...(obstacle === undefined ? {} : { obstacle: scrub(obstacle) }),
  });

/** The same reporter; why it could not tell something is scrubbed. What it tells is of the journal. */
export const reporter = (layer: Layer.Layer<Reporter.Reporter>): Layer.Layer<Reporter.Reporter> =>
  Layer.effect(
    Reporter.Reporter,
    Effect.map(Reporter.Reporter, (inner) => ({
      ...inner,
      create: (report) => Effect.mapError(inner.create(report), reportError),
      find: (report) => Effect.mapError(inner.find(report), reportError),
      update: (ref, report) => Effect.mapError(inner.update(ref, report), reportError),
    })),
  ).pipe(Layer.provide(layer));

const reportError = ({ message, reason }: Reporter.ReportError) =>
  new Reporter.ReportError({ reason, message: scrub(message) });
