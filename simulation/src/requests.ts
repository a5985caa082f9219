/** What clients of a faulty network have in common. */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type { Network, Reply, Sent } from "./Network.ts";
import type { Process } from "./Process.ts";

/** Who asks, and over what. */
export interface Line {
  readonly process: Process;
  readonly network: Network;
}

type Answered = Extract<Reply, { _tag: "Answer" }>;

/** How long an answer to a question is waited for. */
const readDeadline = Duration.seconds(20);

/** How often a listing that did not hang together is begun anew. */
const mostScans = 4;

/** Pages are never longer. */
export const pageSize = 5;

/** Sends one request, once. */
export const send = ({ network, process }: Line, sent: Sent): Effect.Effect<Reply> =>
  Effect.callback((resume) => {
    const stop = network.send(process, sent, (reply) => resume(Effect.succeed(reply)));
    return Effect.sync(stop);
  });

/** The answer to a question, if one came in time. */
export const read = (line: Line, sent: Sent): Effect.Effect<Answered | undefined> => {
  const replied = Effect.timeoutOrElse(send(line, sent), {
    duration: readDeadline,
    orElse: () => Effect.succeed<Reply>({ _tag: "Broken" }),
  });
  return Effect.map(replied, (reply) => (reply._tag === "Answer" ? reply : undefined));
};

interface Item {
  readonly id: string;
}

type ReadPage = (skip: number) => Effect.Effect<Answered | undefined>;

/** Everything that is listed, or undefined if no listing could be read to its end. */
export const listAll = Effect.fnUntraced(function* <A extends Item>(readPage: ReadPage) {
  for (let scan = 1; scan <= mostScans; scan++) {
    const listed = yield* scanOnce<A>(readPage);
    if (listed !== undefined) return listed;
  }
  return undefined;
});

/** Pages overlap by one item: if it is not there twice, somebody removed something meanwhile. */
const scanOnce = Effect.fnUntraced(function* <A extends Item>(readPage: ReadPage) {
  const found = new Map<string, A>();
  let last: string | undefined;
  for (let skip = 0; ; skip += pageSize - 1) {
    const page = itemsIn<A>(yield* readPage(skip));
    if (page === undefined) return undefined;
    if (last !== undefined && !page.some(({ id }) => id === last)) return undefined;
    for (const item of page) found.set(item.id, item);
    if (page.length < pageSize) return [...found.values()];
    last = page.at(-1)!.id;
  }
});

const itemsIn = <A>(reply: Answered | undefined): ReadonlyArray<A> | undefined => {
  const body = reply?.status === 200 ? parse(reply.text) : undefined;
  return isPage<A>(body) ? body.items : undefined;
};

const isPage = <A>(body: unknown): body is { readonly items: ReadonlyArray<A> } =>
  typeof body === "object" && body !== null && "items" in body && Array.isArray(body.items);

/** What a text says, or undefined if it is no whole JSON. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
