import { appendFileSync } from "node:fs";

/** What a request changed in the service. */
export interface Effect {
  readonly type: string;
  readonly id: number;
  /** The caller's own name for the effect, by which a second one is recognised. */
  readonly key: string | null;
  readonly task: string | null;
}

/** One request and what came of it. It holds no token and no body. */
export interface Entry {
  readonly seq: number;
  /** Milliseconds since 1970 on the fake's clock, when the request was complete. */
  readonly at: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly endpoint: string;
  /** The class of requests it is counted with. */
  readonly kind: string;
  readonly who: string | null;
  /** `null` while there is no answer, and for ever when there was none. */
  status: number | null;
  fault: string | null;
  effect: Effect | null;
  violations: ReadonlyArray<string>;
  bytesIn: number;
  bytesOut: number;
}

/** Every request that a fake took in, in order. */
export class Audit {
  readonly entries: Array<Entry> = [];
  readonly #file: string | null;

  constructor(file: string | null = null) {
    this.#file = file;
  }

  /** Opens the entry of a request that has arrived. */
  arrive(entry: Omit<Entry, "seq" | "status" | "fault" | "effect" | "bytesOut">): Entry {
    const opened: Entry = {
      seq: this.entries.length + 1,
      ...entry,
      status: null,
      fault: null,
      effect: null,
      bytesOut: 0,
    };
    this.entries.push(opened);
    return opened;
  }

  /** Appends a line to the file, if there is one. Synchronous: it outlives whatever dies next. */
  write(line: object): void {
    if (this.#file !== null) appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  /** What was wrong with the requests, a sentence each; empty when nothing was. */
  violations(): ReadonlyArray<string> {
    return this.entries.flatMap((entry) =>
      entry.violations.map((text) => `request ${entry.seq} ${entry.method} ${entry.path}: ${text}`),
    );
  }

  /** The ids that effects of a type made, by the caller's key. */
  effectsByKey(type: string): ReadonlyMap<string, ReadonlyArray<number>> {
    const byKey = new Map<string, Array<number>>();
    for (const { effect } of this.entries) {
      if (effect?.type !== type || effect.key === null) continue;
      byKey.set(effect.key, [...(byKey.get(effect.key) ?? []), effect.id]);
    }
    return byKey;
  }

  /** Requests of each class in each minute since the first request. */
  perMinute(): ReadonlyArray<Readonly<Record<string, number>>> {
    const first = this.entries[0]?.at ?? 0;
    const minutes: Array<Record<string, number>> = [];
    for (const { at, kind } of this.entries) {
      const minute = Math.floor((at - first) / 60_000);
      while (minutes.length <= minute) minutes.push({});
      minutes[minute]![kind] = (minutes[minute]![kind] ?? 0) + 1;
    }
    return minutes;
  }

  /** The most requests of a class that arrived within any such stretch of time. */
  busiest(kind: string, seconds: number): number {
    const times = this.entries.filter((entry) => entry.kind === kind).map((entry) => entry.at);
    let most = 0;
    for (let first = 0, last = 0; last < times.length; last++) {
      while (times[last]! - times[first]! >= seconds * 1000) first += 1;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }
}
