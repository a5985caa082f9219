/** What goes over the wire between a client and the fake. */
import type { Outside } from "./virtualTime.ts";

/** One request, in milliseconds. */
interface Asked {
  readonly isChange: boolean;
  readonly from: number;
  until: number;
}

export interface Traffic {
  readonly fetch: typeof globalThis.fetch;
  /** The most reads at once. */
  readonly readsAtOnce: () => number;
  /** The least time from the start of one change to that of the next, in milliseconds. */
  readonly betweenChanges: () => number;
}

/** The same fetch, and what was asked by it. */
export const listening = (fetch: typeof globalThis.fetch, time: Outside): Traffic => {
  const asked: Array<Asked> = [];
  return {
    fetch: async (input, init) => {
      const one: Asked = { isChange: isChange(init), from: time.now(), until: Infinity };
      asked.push(one);
      try {
        return await fetch(input, init);
      } finally {
        one.until = time.now();
      }
    },
    readsAtOnce: () => most(asked.filter((one) => !one.isChange)),
    betweenChanges: () => {
      const starts = asked.filter((one) => one.isChange).map(({ from }) => from);
      return Math.min(...starts.slice(1).map((start, index) => start - starts[index]!));
    },
  };
};

const isChange = (init: RequestInit | undefined): boolean => {
  const { body, method = "GET" } = init ?? {};
  if (method !== "POST") return method !== "GET";
  return typeof body !== "string" || !/^\{"query":"\s*query\b/.test(body);
};

const most = (asked: ReadonlyArray<Asked>): number => {
  let highest = 0;
  let open: Array<Asked> = [];
  for (const one of asked) {
    open = [...open.filter(({ until }) => until > one.from), one];
    highest = Math.max(highest, open.length);
  }
  return highest;
};
