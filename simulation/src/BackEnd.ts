import type { Agent } from "@orchestrator/core";
import type { Random } from "./Random.ts";
import { pageSize } from "./requests.ts";
import type { World } from "./World.ts";

/** What an agent run does, from its start. */
export interface Work {
  /** How long it takes; infinity if it never ends. */
  readonly seconds: number;
  readonly end: Agent.AgentRunEnd;
  /** Reports a status that no client knows, for a while. */
  readonly isOdd: boolean;
  /** Ids of tasks that it finds. */
  readonly found: ReadonlyArray<string>;
}

export interface Row {
  readonly backEnd: string;
  readonly id: string;
  readonly key: string;
  readonly task: string;
  readonly attempt: number;
  readonly createdAt: number;
  /** When a listing shows it, and when a question for it is answered. */
  readonly listedAt: number;
  readonly shownAt: number;
  /** When its owner takes it out of the listing. */
  removedAt: number;
  readonly work: Work;
  /** When it stopped working by a cancellation. */
  cancelledAt: number | undefined;
}

export interface Request {
  readonly method: "create" | "list" | "get" | "cancel";
  readonly skip?: number;
  readonly limit?: number;
  readonly id?: string;
  readonly key?: string;
  readonly task?: string;
  readonly attempt?: number;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Habits {
  /** Whether a second creation with one key answers with the first one's agent run. */
  readonly isIdempotent: boolean;
  /** How long an agent run may take to appear, in milliseconds. */
  readonly lag: number;
  /** Agent runs of other people, each hour. */
  readonly othersPerHour: number;
  /** Whether listings leave out what was sent along: nothing can be found by it. */
  readonly isForgetful: boolean;
}

/** A company that runs agents for money, and knows nothing of us but our requests. */
export class BackEnd {
  readonly name: string;
  readonly #world: World;
  readonly #habits: Habits;
  readonly #workOf: (task: string, attempt: number) => Work;
  readonly #created: (row: Row) => void;
  readonly rows: Array<Row> = [];
  readonly #byId = new Map<string, Row>();
  /** How likely others remove something of theirs while pages are turned. */
  readonly #tidiness: number;
  /** While most listings fail, and what is answered then. */
  #outage = { until: 0, status: 0, share: 0 };

  constructor(
    world: World,
    name: string,
    habits: Habits,
    workOf: (task: string, attempt: number) => Work,
    created: (row: Row) => void,
  ) {
    this.#world = world;
    this.name = name;
    this.#habits = habits;
    this.#workOf = workOf;
    this.#created = created;
    this.#tidiness = world.random.pick([0, 0.3, 0.9]);
    for (let before = world.random.int(0, 15); before > 0; before--) this.#createOther();
    this.#waitForOthers();
  }

  handle(request: Request): Answer {
    switch (request.method) {
      case "create":
        return this.#create(request);
      case "list":
        return this.#list(request.skip ?? 0, Math.min(request.limit ?? pageSize, pageSize));
      case "get":
        return this.#get(request.id!);
      case "cancel":
        return this.#cancel(request.id!);
    }
  }

  /** Whether an agent run works, and costs, at this moment. */
  isWorking(row: Row): boolean {
    if (row.cancelledAt !== undefined) return false;
    return this.#world.now < endOf(row);
  }

  find(id: string): Row | undefined {
    return this.#byId.get(id);
  }

  #create({ attempt, key, task }: Request): Answer {
    const known = this.#habits.isIdempotent && this.rows.find((row) => row.key === key);
    if (known) return { status: 200, body: this.#show(known) };
    const row = this.#add(key!, task!, attempt!, this.#workOf(task!, attempt!));
    this.#world.note(`${this.name} creates ${row.id} for ${key}`);
    this.#created(row);
    this.#misfortune();
    return { status: 200, body: this.#show(row) };
  }

  #add(key: string, task: string, attempt: number, work: Work): Row {
    const { now, random } = this.#world;
    const slowness = random.chance(0.4) ? random.between(0.7, 1) : random.next() ** 2;
    const lag = this.#world.isCalm ? 0 : this.#habits.lag * slowness;
    const row: Row = {
      backEnd: this.name,
      id: `${this.name}-${this.rows.length + 1}`,
      key,
      task,
      attempt,
      createdAt: now,
      listedAt: now + lag,
      shownAt: now + lag * random.next(),
      removedAt: Infinity,
      work,
      cancelledAt: undefined,
    };
    this.rows.push(row);
    this.#byId.set(row.id, row);
    return row;
  }

  /** Listings fail just when they are needed, and other people are busy. */
  #misfortune(): void {
    const world = this.#world;
    const { random } = world;
    if (this.#habits.othersPerHour === 0) return;
    if (world.fails("listing out of order", 0.4)) {
      this.#outage = {
        until: world.now + outageOf(random),
        status: random.pick([401, 503]),
        share: random.pick([1, 1, 0.75]),
      };
    }
    if (!random.chance(0.3)) return;
    for (let others = random.int(3, 15); others > 0; others--) {
      world.after(random.between(0, 100_000), () => world.isCalm || this.#createOther());
    }
  }

  #createOther(): void {
    this.#add("", "", 0, { seconds: 0, end: { _tag: "Succeeded" }, isOdd: false, found: [] });
  }

  #waitForOthers(): void {
    const { othersPerHour } = this.#habits;
    if (othersPerHour === 0) return;
    const wait = (this.#world.random.between(0.2, 2) * 3_600_000) / othersPerHour;
    this.#world.after(wait, () => {
      if (this.#world.isCalm) return;
      this.#createOther();
      this.#waitForOthers();
    });
  }

  #list(skip: number, limit: number): Answer {
    const { now } = this.#world;
    const { share, status, until } = this.#outage;
    const isOut = now < until && !this.#world.isCalm;
    if (isOut && this.#world.random.chance(share)) return { status, body: { message: "Not now." } };
    const visible = this.rows
      .filter(({ listedAt, removedAt }) => listedAt <= now && now < removedAt)
      .reverse();
    const items = visible.slice(skip, skip + limit).map((row) => ({
      ...this.#show(row),
      ...(this.#habits.isForgetful ? { metadata: null } : {}),
    }));
    // Other people tidy up while we turn the pages.
    const others = visible.slice(0, skip + limit).filter(({ key }) => key === "");
    if (!this.#world.isCalm && others.length > 0 && this.#world.random.chance(this.#tidiness)) {
      this.#world.random.pick(others).removedAt = now;
    }
    return { status: 200, body: { items, total: visible.length } };
  }

  #get(id: string): Answer {
    const row = this.#byId.get(id);
    if (row === undefined || row.shownAt > this.#world.now) return notFound;
    return { status: 200, body: this.#show(row) };
  }

  #cancel(id: string): Answer {
    const row = this.#byId.get(id);
    if (row === undefined || row.shownAt > this.#world.now) return notFound;
    if (this.isWorking(row)) {
      row.cancelledAt = this.#world.now;
      this.#world.note(`${this.name} cancels ${id}`);
    }
    return { status: 200, body: this.#show(row) };
  }

  #show(row: Row) {
    return {
      id: row.id,
      status: this.#statusOf(row),
      metadata: { key: row.key },
      found: this.#world.now - row.createdAt > 5000 ? row.work.found : [],
      ...(this.#statusOf(row) === "ENDED" ? { end: row.work.end } : {}),
    };
  }

  #statusOf(row: Row): string {
    if (row.cancelledAt !== undefined) return "CANCELLED";
    if (!this.isWorking(row)) return "ENDED";
    return row.work.isOdd && (this.#world.now - row.createdAt) % 60_000 > 20_000
      ? "PONDERING"
      : "ACTIVE";
  }
}

export const endOf = (row: Row): number => row.createdAt + row.work.seconds * 1000;

/** Most outages end in the very second in which a listing becomes decisive. */
export const outageOf = (random: Random): number =>
  random.chance(0.3) ? random.between(120_000, 280_000) : random.between(180_000, 181_000);

const notFound: Answer = { status: 404, body: { message: "Agent run not found." } };
