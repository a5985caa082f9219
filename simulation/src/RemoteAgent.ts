import { Agent } from "@orchestrator/core";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type { Answer, Request } from "./BackEnd.ts";
import type { Reply, Sent } from "./Network.ts";
import { type Line, listAll, pageSize, parse, read, send } from "./requests.ts";

/** What the world is told of what the client is about to ask for. */
export interface Watcher {
  readonly launches: (key: Agent.EffectKey, task: string, attempt: number) => void;
  readonly cancels: (id: string) => void;
}

export interface Connection extends Line {
  readonly backEnd: { readonly name: string; readonly handle: (request: Request) => Answer };
  readonly watcher: Watcher;
  readonly launch: Agent.AgentCapabilities["launch"];
}

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly metadata: { readonly key: string } | null;
  readonly found: ReadonlyArray<string>;
  readonly end?: Agent.AgentRunEnd;
}

/** How often an agent run is looked at. */
const pollEvery = Duration.seconds(10);

/** Where it hurts most, more goes wrong: most requests only look after an agent run. */
const weights = { create: 2.5, list: 1.5, get: 0.3, cancel: 1.5 };

/** An agent behind an interface over a network, written as such adapters must be. */
export const make = (connection: Connection): Agent.Agent => {
  const client = new Client(connection);
  return {
    name: connection.backEnd.name,
    capabilities: {
      launch: connection.launch,
      cancel: true,
      remote: true,
      survives: true,
      launchDeadlineSeconds: 60,
      settleSeconds: 120,
    },
    launch: (request) => client.launch(request),
    find: (key) => client.find(key),
    observe: (ref, report) => client.observe(ref, report),
    cancel: (ref) => client.cancel(ref),
  };
};

class Client {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  readonly launch = (request: Agent.LaunchRequest) => {
    const { key, task, attempt } = request;
    const { watcher } = this.#connection;
    const created = Effect.suspend(() => {
      watcher.launches(key, task.id, attempt);
      return send(this.#connection, this.#sent({ method: "create", key, task: task.id, attempt }));
    });
    return Effect.flatMap(created, (reply) => this.#launched(reply));
  };

  /** Whatever is no clear word of the back-end says nothing about what happened there. */
  #launched(reply: Reply): Effect.Effect<Agent.AgentRunRef, Agent.LaunchError> {
    if (reply._tag === "Refused") return notLaunched("NotSent", "the connection was refused");
    if (reply._tag === "Broken") return notLaunched("Ambiguous", "the connection broke");
    const { status } = reply;
    const body = parse(reply.text);
    if (status === 200 && isShown(body)) return Effect.succeed(this.#refOf(body));
    const isClear = typeof body === "object" && body !== null && "message" in body;
    if (isClear && (status === 401 || status === 403 || status === 429)) {
      return notLaunched("NotSent", `it was refused for now with ${status}`);
    }
    if (isClear && status >= 400 && status < 500) return notLaunched("Rejected", `${status}`);
    return notLaunched("Ambiguous", `it answered ${status}`);
  }

  readonly find = (key: Agent.EffectKey) =>
    Effect.gen({ self: this }, function* () {
      const listed = yield* listAll<Shown>((skip) =>
        this.#read({ method: "list", skip, limit: pageSize }),
      );
      if (listed === undefined) {
        return yield* failed("find", "no listing could be read to its end");
      }
      const matching = listed.filter(({ metadata }) => metadata?.key === key);
      return matching.map((shown) => this.#refOf(shown));
    });

  readonly observe = (ref: Agent.AgentRunRef, report: Agent.AgentReport) =>
    Effect.gen({ self: this }, function* () {
      let hasWarned = false;
      let hasFound = false;
      for (;;) {
        yield* Effect.sleep(pollEvery);
        const reply = yield* this.#read({ method: "get", id: ref.id });
        const shown = reply?.status === 200 ? parse(reply.text) : undefined;
        if (!isShown(shown)) return yield* failed("observe", `no state: ${reply?.status ?? "?"}`);
        if (shown.found.length > 0 && !hasFound) {
          hasFound = true;
          yield* this.#report(report, shown.found);
        }
        if (shown.status === "ENDED" && shown.end !== undefined) return shown.end;
        if (shown.status === "CANCELLED") return cancelled;
        if (shown.status !== "ACTIVE" && !hasWarned) {
          hasWarned = true;
          yield* report.unknownStatus(shown.status);
        }
      }
    });

  /** Tasks that the run knows already were reported before a crash. */
  #report(report: Agent.AgentReport, ids: ReadonlyArray<string>): Effect.Effect<void> {
    return Effect.catchTag(
      report.discover(ids.map((id) => ({ id }))),
      "DiscoveryRejected",
      () => Effect.void,
    );
  }

  readonly cancel = (ref: Agent.AgentRunRef) =>
    Effect.gen({ self: this }, function* () {
      this.#connection.watcher.cancels(ref.id);
      const reply = yield* this.#read({ method: "cancel", id: ref.id });
      const shown = reply?.status === 200 ? parse(reply.text) : undefined;
      if (isShown(shown) && (shown.status === "CANCELLED" || shown.status === "ENDED")) return;
      return yield* failed("cancel", `not confirmed: ${reply?.status ?? "no answer"}`);
    });

  #read(request: Request) {
    return read(this.#connection, this.#sent(request));
  }

  #sent(request: Request): Sent {
    const { backEnd, launch } = this.#connection;
    const isCreation = request.method === "create";
    return {
      what: `${backEnd.name} ${request.method} ${request.key ?? request.id ?? request.skip}`,
      server: () => backEnd.handle(request),
      mayRepeat: !isCreation || launch === "idempotent",
      weight: weights[request.method],
    };
  }

  #refOf({ id }: Shown): Agent.AgentRunRef {
    return { agent: this.#connection.backEnd.name, id };
  }
}

const cancelled: Agent.AgentRunEnd = {
  _tag: "Failed",
  failure: { class: "permanent", message: "somebody cancelled the agent run" },
};

const notLaunched = (reason: Agent.LaunchError["reason"], message: string) =>
  Effect.fail(new Agent.LaunchError({ reason, message }));

const failed = (operation: Agent.AgentError["operation"], message: string) =>
  Effect.fail(new Agent.AgentError({ operation, message }));

const isShown = (body: unknown): body is Shown =>
  typeof body === "object" && body !== null && "id" in body && "status" in body;
