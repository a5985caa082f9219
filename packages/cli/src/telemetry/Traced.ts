/** Ports whose requests count as sent for the attempt, or the landing, that they are about. */
import { type Agent, CodeHost } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Requests from "./Requests.ts";
import * as traceIds from "./traceIds.ts";

/** The same agent. What many observations share belongs to the run: only launches are of one attempt. */
export const agent = (inner: Agent.Agent): Agent.Agent => ({
  ...inner,
  launch: (request) => {
    const { attempt, run, task } = request;
    return inner
      .launch(request)
      .pipe(
        Requests.within(run, traceIds.ofAttempt(run, task.id, attempt)),
        Effect.annotateLogs({ task: task.id, agent: inner.name, attempt }),
      );
  },
});

/** The same code host. */
export const codeHost = (layer: Layer.Layer<CodeHost.CodeHost>): Layer.Layer<CodeHost.CodeHost> =>
  Layer.effect(
    CodeHost.CodeHost,
    Effect.map(CodeHost.CodeHost, (inner) => ({
      ...inner,
      land: (request) => {
        const { attempt, run, task } = request;
        return inner
          .land(request)
          .pipe(
            Requests.within(run, traceIds.ofLanding(run, task.id, attempt)),
            Effect.annotateLogs({ task: task.id, attempt }),
          );
      },
    })),
  ).pipe(Layer.provide(layer));
