import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import type { CodegenClient } from "../CodegenClient.ts";
import type { CodegenError } from "../CodegenError.ts";
import type { AgentRun } from "../CodegenModel.ts";
import * as RunStatus from "../RunStatus.ts";
import type { Filter } from "./findRuns.ts";
import { pageSize, type Place, PollOrder } from "./PollOrder.ts";
import { monotonicMillis } from "@orchestrator/core/remote/time";

/** What an observer hears. */
export type Sighting =
  | { readonly _tag: "Seen"; readonly run: AgentRun; readonly isWhole: boolean }
  /** It is not there, asked for by itself and more than once. */
  | { readonly _tag: "Missing"; readonly error: CodegenError }
  /** Nothing can be seen for a while. */
  | { readonly _tag: "Trouble"; readonly error: CodegenError }
  | { readonly _tag: "Back" };

interface Watched extends Place {
  readonly observers: Set<Queue.Queue<Sighting>>;
  missing: number;
}

/** One list a second is half of the read budget, and a little less than 60 a minute; the rest is for single reads, searches and stops. */
const usualIntervalMillis = 1_030;
/** Several pages take turns, and nearly all of the budget: others still get theirs, because turns go in order. */
const shortestIntervalMillis = 520;
/**
 * So long after the first read several pages are read no more often than one: a
 * service that allows only that refuses single reads then, not half a minute of them.
 */
const gentleMillis = 60_000;
const longestIntervalMillis = 60_000;
/** An answer that takes longer is not waited for: the next one is newer. */
const reading = { retry: false, deadline: Duration.seconds(10) };
const mostMissing = 3;
const manyFailures = 5;

/**
 * Watches any number of agent runs with one request at a time.
 *
 * A page of the list serves all that are on it; only those on no page are asked
 * for one by one. It never gives up: while the service is down it asks ever
 * more seldom, and goes on when it is back.
 */
export class Poller {
  readonly #client: CodegenClient;
  readonly #whose: Effect.Effect<Filter>;
  readonly #scope: Scope.Scope;
  readonly #watched = new Map<string, Watched>();
  readonly #order = new PollOrder();
  #isRunning = false;
  #ticks = 0;
  #failures = 0;
  /** Grows with each failure, from 1. */
  #slowness = 1;
  #firstRead = Infinity;

  constructor(client: CodegenClient, whose: Effect.Effect<Filter>, scope: Scope.Scope) {
    this.#client = client;
    this.#whose = whose;
    this.#scope = scope;
  }

  /** What is seen of one agent run, as long as the scope is open. */
  watch(id: string): Effect.Effect<Queue.Dequeue<Sighting>, never, Scope.Scope> {
    return Effect.acquireRelease(this.#add(id), (queue) =>
      Effect.sync(() => this.#drop(id, queue)),
    );
  }

  /** Watches what is being stopped: the lists that show it go before all others. */
  watchEnd(id: string): Effect.Effect<Queue.Dequeue<Sighting>, never, Scope.Scope> {
    const setDue = (isDue: boolean) =>
      Effect.sync(() => {
        const watched = this.#watched.get(id);
        if (watched !== undefined) watched.isDue = isDue;
      });
    return Effect.tap(this.watch(id), () =>
      Effect.acquireRelease(setDue(true), () => setDue(false)),
    );
  }

  /** Whether what is watched was seen to be over. */
  isOver(id: string): boolean {
    return RunStatus.isOver(this.#watched.get(id)?.status);
  }

  #add(id: string) {
    return Effect.gen({ self: this }, function* () {
      const queue = yield* Queue.unbounded<Sighting>();
      const now = yield* monotonicMillis;
      const known = this.#watched.get(id);
      const watched = known ?? unseen(id, now);
      // Who comes later has heard nothing yet.
      watched.status = undefined;
      watched.observers.add(queue);
      this.#watched.set(id, watched);
      if (!this.#isRunning) {
        this.#isRunning = true;
        yield* Effect.forkIn(Effect.interruptible(this.#loop), this.#scope);
      }
      return queue;
    });
  }

  #drop(id: string, queue: Queue.Queue<Sighting>): void {
    const watched = this.#watched.get(id);
    watched?.observers.delete(queue);
    if (watched?.observers.size === 0) this.#watched.delete(id);
  }

  get #loop(): Effect.Effect<void> {
    const whose = this.#whose;
    return Effect.gen({ self: this }, function* () {
      const filter = yield* whose;
      for (;;) {
        // Said in the same breath: who comes now starts another loop.
        if (this.#watched.size === 0) return void (this.#isRunning = false);
        const began = yield* monotonicMillis;
        this.#firstRead = Math.min(this.#firstRead, began);
        const interval = this.#interval(began);
        const reads = yield* this.#tick(filter, began);
        const spent = (yield* monotonicMillis) - began;
        const slow = (interval === usualIntervalMillis ? 1 : reads) * this.#slowness;
        const pause = Math.min(interval * slow, longestIntervalMillis);
        yield* Effect.sleep(Math.max(pause - spent, 1));
      }
    });
  }

  /** The time for one read: short while several pages wait for their turn. */
  #interval(now: number): number {
    if (this.#order.pageCount(this.#watched.values()) <= 1) return usualIntervalMillis;
    return now - this.#firstRead < gentleMillis ? usualIntervalMillis : shortestIntervalMillis;
  }

  /** One page, and every other time one agent run that no page shows; answers with how many reads to pay for. */
  #tick(filter: Filter, now: number): Effect.Effect<number> {
    const page = this.#order.nextPage(this.#watched.values(), now);
    const isSingle = page === undefined || this.#ticks++ % 2 === 0;
    const single = isSingle ? this.#order.nextSingle(this.#watched.values(), now) : undefined;
    const reads = [
      page === undefined ? [] : [this.#readPage(filter, page)],
      single === undefined ? [] : [this.#readSingle(single)],
    ].flat();
    return Effect.as(
      Effect.all(reads, { concurrency: 2, discard: true }),
      Math.max(reads.length, 1),
    );
  }

  #readPage(filter: Filter, page: number): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const expected = [...this.#watched.values()].filter((watched) => watched.page === page);
      const options = { ...filter, ...reading, skip: page * pageSize, limit: pageSize };
      const read = yield* Effect.result(this.#client.list(options));
      const now = yield* monotonicMillis;
      if (Result.isFailure(read)) return this.#listFailed(read.failure);
      this.#worked();
      const { items } = read.success;
      const ids = new Set(items.map(({ id }) => String(id)));
      const missed = expected.filter(({ id }) => !ids.has(id));
      this.#order.missed(missed, page, items);
      for (const run of items) this.#saw(run, now, page, false);
    });
  }

  #readSingle(id: string): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      const read = yield* Effect.result(this.#client.get(id, reading));
      const now = yield* monotonicMillis;
      if (Result.isSuccess(read)) {
        this.#worked();
        return this.#saw(read.success, now, undefined, true);
      }
      if (read.failure._tag === "NotFound") return this.#isMissing(id, now, read.failure);
      this.#failed(read.failure);
    });
  }

  #saw(run: AgentRun, now: number, page: number | undefined, isWhole: boolean): void {
    const watched = this.#watched.get(String(run.id));
    if (watched === undefined) return;
    watched.seenAt = now;
    watched.createdAt = run.created_at ?? watched.createdAt;
    watched.missing = 0;
    if (page !== undefined) watched.page = page;
    const means = RunStatus.meaning(run.status);
    const isDecisive = RunStatus.isOver(run.status) || means === "waiting";
    const status = RunStatus.normal(run.status ?? "");
    // Neither what was over before it was watched nor what was stopped tells how long others take.
    const isNews = watched.status !== undefined && watched.status !== status && !watched.isDue;
    if (isNews && RunStatus.isOver(status)) this.#order.ended(watched, now);
    if (status === watched.status && !isDecisive) return;
    watched.status = status;
    tell(watched, { _tag: "Seen", run, isWhole });
  }

  #isMissing(id: string, now: number, error: CodegenError): void {
    const watched = this.#watched.get(id);
    if (watched === undefined) return;
    watched.seenAt = now;
    if (++watched.missing >= mostMissing) tell(watched, { _tag: "Missing", error });
  }

  /** A list that will not do, as one with an item without an id, does not keep single reads from working. */
  #listFailed(error: CodegenError): void {
    this.#failed(error);
    if (error._tag !== "Malformed" && error._tag !== "Invalid" && error._tag !== "NotFound") return;
    for (const watched of this.#watched.values()) watched.page = undefined;
  }

  #failed(error: CodegenError): void {
    this.#slowness = Math.min(this.#slowness * 2, longestIntervalMillis / shortestIntervalMillis);
    if (++this.#failures === manyFailures) this.#tellAll({ _tag: "Trouble", error });
  }

  #worked(): void {
    if (this.#failures >= manyFailures) this.#tellAll({ _tag: "Back" });
    this.#failures = 0;
    this.#slowness = Math.max(this.#slowness / 2, 1);
  }

  #tellAll(sighting: Sighting): void {
    for (const watched of this.#watched.values()) tell(watched, sighting);
  }
}

const unseen = (id: string, now: number): Watched => ({
  id,
  page: 0,
  seenAt: now,
  since: now,
  status: undefined,
  createdAt: undefined,
  isDue: false,
  missing: 0,
  observers: new Set(),
});

const tell = ({ observers }: Watched, sighting: Sighting): void => {
  for (const queue of observers) Queue.offerUnsafe(queue, sighting);
};
