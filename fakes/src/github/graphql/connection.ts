import { failure } from "./errors.ts";

export type Args = Readonly<Record<string, unknown>>;

/** An argument may be left out or null; both mean the same. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** A page of a list, as the types that end in `Connection` show it. */
export interface Connection {
  readonly kind: "Connection";
  readonly nodes: ReadonlyArray<unknown>;
  /** Where the page begins in the whole list. */
  readonly start: number;
  readonly totalCount: number;
}

/** The most of one connection. */
const most = 100;

/** Cuts a page out of a list, as the arguments ask. */
export const connect = (all: ReadonlyArray<unknown>, args: Args, name: string): Connection => {
  const { first, last } = args;
  checkBounds(name, first, last);
  const after = positionOf(all, args["after"]);
  const before = positionOf(all, args["before"]);
  let start = after === null ? 0 : after + 1;
  let end = before ?? all.length;
  if (typeof first === "number") end = Math.min(end, start + first);
  else if (typeof last === "number") start = Math.max(start, end - last);
  return {
    kind: "Connection",
    nodes: all.slice(start, Math.max(start, end)),
    start,
    totalCount: all.length,
  };
};

const checkBounds = (name: string, first: unknown, last: unknown): void => {
  const asked = first ?? last ?? null;
  const bound = isGiven(first) ? "first" : "last";
  if (asked === null)
    throw failure(
      "MISSING_PAGINATION_BOUNDARIES",
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    );
  if ((asked as number) > most)
    throw failure(
      "EXCESSIVE_PAGINATION",
      `Requesting ${String(asked)} records on the \`${name}\` connection exceeds the \`${bound}\` limit of ${most} records.`,
    );
};

/** A cursor names its object, so that a page goes on behind it although others came or went. */
export const cursorOf = (node: unknown, index: number): string =>
  Buffer.from(JSON.stringify([index, idOf(node)])).toString("base64");

const positionOf = (all: ReadonlyArray<unknown>, cursor: unknown): number | null => {
  if (typeof cursor !== "string") return null;
  const [index, id] = readCursor(cursor);
  if (idOf(all[index]) === id) return index;
  const found = all.findIndex((node) => idOf(node) === id);
  return found < 0 ? index : found;
};

const readCursor = (cursor: string): readonly [number, string | null] => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64").toString()) as [number, string | null];
  } catch {
    throw failure("UNPROCESSABLE", `\`${cursor}\` does not appear to be a valid cursor.`);
  }
};

const idOf = (node: unknown): string | null =>
  (node as { readonly nodeId?: string } | undefined)?.nodeId ?? null;
