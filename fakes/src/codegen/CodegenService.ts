import type { Clock } from "../shared/Clock.ts";
import { type Operation, type Reading, Specification } from "../shared/Specification.ts";
import type { Call, Received, Reply, Service } from "../shared/Service.ts";
import { Endpoints, type Request } from "./Endpoints.ts";
import { classOf, type Limiter } from "./Limits.ts";
import { invalid, noSuchPath, refuse, toSentence, words, wrongMethod } from "./refusals.ts";
import type { Runs } from "./Runs.ts";
import { at } from "./Script.ts";
import { operations } from "./specification.ts";
import type { User, World } from "./World.ts";

export interface CodegenServiceOptions {
  readonly world: World;
  readonly runs: Runs;
  readonly limiter: Limiter;
  readonly clock: Clock;
}

/** It keeps what it compiled, for all fakes of a process. */
const specification = new Specification(operations);

/** The Codegen API: who may call, what a call must look like, and what it does. */
export class CodegenService implements Service {
  readonly #options: CodegenServiceOptions;
  readonly #endpoints: Endpoints;

  constructor(options: CodegenServiceOptions) {
    this.#options = options;
    this.#endpoints = new Endpoints(options);
  }

  receive(received: Received): Call {
    const { method, pathname } = received;
    const match = specification.match(method, pathname);
    if (match === null) return unknown(`the fake has no path ${pathname}`, noSuchPath);
    if ("allowed" in match) {
      return unknown(
        `${method} is not one of ${match.allowed.join(", ")}`,
        wrongMethod(match.allowed),
      );
    }
    const contentType = received.headers["content-type"] ?? null;
    const request = { ...received, contentType };
    const reading = specification.read(match.operation, match.path, request);
    return this.#known(received, match.operation, reading);
  }

  #known(received: Received, operation: Operation, reading: Reading): Call {
    this.#options.runs.settle();
    const { endpoint } = operation;
    const token = bearer(received);
    const user = this.#userOf(token);
    const violations = [...reading.problems.map(toSentence), ...reading.ignored];
    const violate = (sentence: string) => void violations.push(sentence);
    return {
      endpoint,
      kind: classOf(endpoint),
      who: user?.github_username ?? null,
      task: this.#taskOf(reading),
      violations,
      words,
      admit: () => this.#admit(endpoint, token, user, reading),
      act: (bends) => {
        this.#options.runs.settle();
        const request: Request = { endpoint, user: user!, reading, bends, violate };
        return this.#endpoints.act(request);
      },
    };
  }

  /** Nobody knows in which order the service looks; this one tells a stranger the least. */
  #admit(
    endpoint: string,
    token: string | null,
    user: User | null,
    reading: Reading,
  ): Reply | null {
    if (token === null || user === null) return refuse(401);
    const headers = this.#options.limiter.take(token, classOf(endpoint));
    if (headers !== null) return refuse(429, headers);
    if (reading.problems.length > 0) return invalid(reading.problems);
    const org = reading.values["org_id"];
    return org === undefined || user.orgs.includes(org as number) ? null : refuse(403);
  }

  #userOf(token: string | null): User | null {
    const { tokens, users } = this.#options.world;
    if (token === null || !Object.hasOwn(tokens, token)) return null;
    return users.find((user) => user.id === tokens[token]) ?? null;
  }

  /** The task that a request is about: its own on a launch, else that of the run it names. */
  #taskOf({ values, body }: Reading): string | null {
    const id = values["agent_run_id"] ?? at(body, "agent_run_id");
    const run = this.#options.runs.get(values["org_id"] as number, id as number);
    const task = at(run?.start.metadata ?? at(body, "metadata"), "orchestrator.task");
    return typeof task === "string" ? task : null;
  }
}

const unknown = (violation: string, reply: Reply): Call => ({
  endpoint: "unknown",
  kind: "unknown",
  who: null,
  task: null,
  violations: [violation],
  words,
  admit: () => reply,
  act: () => reply,
});

const bearer = ({ headers }: Received): string | null =>
  /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1] ?? null;
