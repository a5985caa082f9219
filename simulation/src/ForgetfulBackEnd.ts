import type { Answer, Request } from "./BackEnd.ts";
import { Random } from "./Random.ts";
import type { World } from "./World.ts";

interface Working {
  readonly beganAt: number;
  readonly endsAt: number;
  /** The task that it finds. */
  readonly found: ReadonlyArray<string>;
}

/** How long an agent run takes, in milliseconds. */
const [shortest, longest] = [30_000, 330_000];

/**
 * A back-end that forgets an agent run once it has told how it ended. Each
 * finds a task, until there are enough.
 */
export class ForgetfulBackEnd {
  readonly name = "agent";
  readonly #world: World;
  readonly #random: Random;
  readonly #mostTasks: number;
  readonly #working = new Map<string, Working>();
  #named = 0;
  launches = 0;

  constructor(world: World, seed: number, mostTasks: number) {
    this.#world = world;
    this.#random = Random.of(seed, "back-end");
    this.#mostTasks = mostTasks;
  }

  /** The id of a task that was not there yet; none if there are enough. */
  another(): ReadonlyArray<string> {
    return this.#named < this.#mostTasks ? [`task-${++this.#named}`] : [];
  }

  handle({ id, method }: Request): Answer {
    if (method === "create") return { status: 200, body: this.#create() };
    if (method === "list") return { status: 200, body: { items: [], total: 0 } };
    const working = this.#working.get(id!);
    if (working === undefined) return { status: 404, body: { message: "Not found." } };
    return { status: 200, body: this.#show(id!, working) };
  }

  #create() {
    const { now } = this.#world;
    const id = `agent-${++this.launches}`;
    const working = {
      beganAt: now,
      endsAt: now + this.#random.between(shortest, longest),
      found: this.another(),
    };
    this.#working.set(id, working);
    return this.#show(id, working);
  }

  #show(id: string, { beganAt, endsAt, found }: Working) {
    const { now } = this.#world;
    const shown = { id, metadata: null, found: now - beganAt > 5000 ? found : [] };
    if (now < endsAt) return { ...shown, status: "ACTIVE" };
    this.#working.delete(id);
    return { ...shown, status: "ENDED", end: { _tag: "Succeeded", output: `done by ${id}` } };
  }
}
