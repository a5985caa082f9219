import type { Process } from "./Process.ts";
import type { World } from "./World.ts";

/** What comes back, if anything does. */
export type Reply =
  | { readonly _tag: "Answer"; readonly status: number; readonly text: string }
  /** The connection was never there: nothing was sent. */
  | { readonly _tag: "Refused" }
  /** The connection broke: nobody knows what arrived. */
  | { readonly _tag: "Broken" };

/** Who answers at the other end. */
export type Server = () => { readonly status: number; readonly body: unknown };

/** A request, and who answers it. */
export interface Sent {
  readonly what: string;
  readonly server: Server;
  /** Whether some proxy may send it twice. */
  readonly mayRepeat: boolean;
  /** How much more likely than others it is to go wrong. */
  readonly weight: number;
}

/** How likely each thing goes wrong, for one request. */
export interface NetworkFaults {
  readonly any: number;
}

/** The longest a request is on its way before it arrives, in milliseconds; then it never does. */
export const longestWay = 58_000;

type Fault = (typeof faults)[number];

const faults = [
  "refused",
  "request lost",
  "request delayed",
  "answer lost",
  "answer delayed",
  "answer truncated",
  "answer duplicated",
  "request duplicated",
  "connection broken after the effect",
  "500 before the effect",
  "502 after the effect",
  "html instead of an answer",
  "429",
  "401",
  "403",
] as const;

/** Requests between a process and the world; what is on its way goes on when the process dies. */
export class Network {
  readonly #world: World;
  readonly #faults: NetworkFaults;
  /** While credentials are refused. */
  #deniedUntil = 0;
  /** Requests that have not arrived yet. */
  inFlight = 0;

  constructor(world: World, { any }: NetworkFaults) {
    this.#world = world;
    this.#faults = { any };
  }

  /**
   * Sends a request. Answers with the way to stop waiting for it, which does
   * not take it back.
   */
  send(
    process: Process,
    { mayRepeat, server, weight, what }: Sent,
    answer: (reply: Reply) => void,
  ): () => void {
    const world = this.#world;
    let isWaiting = true;
    const reply = (given: Reply, delay: number) => {
      world.after(delay, () => {
        if (isWaiting) process.post(() => isWaiting && answer(given));
      });
    };
    const stop = () => {
      isWaiting = false;
    };
    if (!world.survives(process, `before the request ${what}`)) return stop;
    const fault = this.#fault(mayRepeat, weight);
    world.note(`request ${what}${fault === undefined ? "" : ` (${fault})`}`);
    this.#travel(process, what, server, fault, reply);
    world.survives(process, `after the request ${what}`);
    return stop;
  }

  #fault(mayRepeat: boolean, weight: number): Fault | undefined {
    const world = this.#world;
    if (world.now < this.#deniedUntil && !world.isCalm) return "401";
    if (world.isCalm || !world.random.chance(this.#faults.any * weight)) return undefined;
    const fault = world.random.pick(faults);
    if (fault === "request duplicated" && !mayRepeat) return "request delayed";
    const isLasting = fault === "401" && world.random.chance(0.3);
    if (isLasting) this.#deniedUntil = world.now + world.random.between(0, 600_000);
    world.count(fault);
    return fault;
  }

  #travel(
    process: Process,
    what: string,
    server: Server,
    fault: Fault | undefined,
    reply: (given: Reply, delay: number) => void,
  ): void {
    const { random } = this.#world;
    const way = () => random.between(5, 400);
    const long = () => random.between(0, longestWay);
    const refuse = (status: number, body: unknown) =>
      reply({ _tag: "Answer", status, text: JSON.stringify(body) }, way());
    switch (fault) {
      case "refused":
        return reply({ _tag: "Refused" }, way());
      case "request lost":
        if (random.chance(0.5)) reply({ _tag: "Broken" }, long());
        return;
      case "500 before the effect":
        return reply({ _tag: "Answer", status: 500, text: "Internal Server Error" }, way());
      case "429":
        return refuse(429, { message: "Rate limit exceeded.", status_code: 429 });
      case "401":
        return refuse(401, { message: "Unauthorized", status_code: 401 });
      case "403":
        return refuse(403, { message: "Forbidden", status_code: 403 });
      case "request duplicated":
        this.#arrive(process, what, server, long(), () => undefined);
        break;
      case "request delayed":
        return this.#arrive(process, what, server, long(), (given) => reply(given, way()));
      default:
        break;
    }
    this.#arrive(process, what, server, way(), (given) => this.#return(given, fault, reply));
  }

  #return(given: Reply, fault: Fault | undefined, reply: (given: Reply, delay: number) => void) {
    const { random } = this.#world;
    const way = random.between(5, 400);
    switch (fault) {
      case "answer lost":
        return;
      case "answer delayed":
        return reply(given, random.between(0, 300_000));
      case "answer truncated": {
        if (given._tag !== "Answer") return reply(given, way);
        const text = given.text.slice(0, random.int(0, given.text.length - 1));
        return reply({ ...given, text }, way);
      }
      case "answer duplicated":
        reply(given, way);
        return reply(given, random.between(0, 60_000));
      case "connection broken after the effect":
        return reply({ _tag: "Broken" }, way);
      case "502 after the effect":
        return reply({ _tag: "Answer", status: 502, text: "Bad Gateway" }, way);
      case "html instead of an answer":
        return reply(
          { _tag: "Answer", status: random.pick([200, 403, 404, 503]), text: "<html></html>" },
          way,
        );
      default:
        return reply(given, way);
    }
  }

  #arrive(
    process: Process,
    what: string,
    server: Server,
    delay: number,
    then: (given: Reply) => void,
  ): void {
    this.inFlight++;
    this.#world.after(delay, () => {
      this.inFlight--;
      this.#world.survives(process, `before the arrival of ${what}`);
      const { body, status } = server();
      this.#world.survives(process, `after the arrival of ${what}`);
      then({ _tag: "Answer", status, text: JSON.stringify(body) });
    });
  }
}
