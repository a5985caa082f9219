/**
 * What a client sends on standard input, one message a line: only whole messages of bounded size come
 * through, everything else is answered at once, and the conversation goes on.
 */
import { isTooDeep, mostLevels } from "@orchestrator/core/JsonDepth";
import * as Stream from "effect/Stream";

/** The longest message, in bytes. */
export const longest = 1024 * 1024;

/** Answers to what no message is, as JSON-RPC states them. */
export const errors = { parse: -32_700, request: -32_600 } as const;

export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly id: string | number | null;
}

const newline = 0x0a;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Cuts bytes into lines; of one that is too long only that it was is kept. */
export class Splitter {
  #parts: Array<Uint8Array> = [];
  #size = 0;

  /** The lines that are whole now, each with its line end; undefined for one that was too long. */
  push(bytes: Uint8Array): ReadonlyArray<Uint8Array | undefined> {
    const lines: Array<Uint8Array | undefined> = [];
    let from = 0;
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, from)) {
      this.#keep(bytes.subarray(from, at + 1));
      lines.push(this.#size > longest ? undefined : Buffer.concat(this.#parts));
      this.#parts = [];
      this.#size = 0;
      from = at + 1;
    }
    this.#keep(bytes.subarray(from));
    return lines;
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > longest) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }
}

/** What is wrong with a line, or undefined if it may be a message. */
export const problem = (line: Uint8Array | undefined): Refusal | undefined => {
  if (line === undefined) {
    return { code: errors.request, message: `A message has more than ${longest} bytes.`, id: null };
  }
  let value: unknown;
  try {
    const text = utf8.decode(line);
    if (text.trim() === "") return undefined;
    value = JSON.parse(text);
  } catch {
    return { code: errors.parse, message: "A line is not JSON in UTF-8.", id: null };
  }
  if (isTooDeep(value)) {
    const message = `A message is nested more than ${mostLevels} levels deep.`;
    return { code: errors.request, message, id: idOf(value) };
  }
  // Whether there are batches is for the protocol to say.
  if (Array.isArray(value) || isMessage(value)) return undefined;
  const message = 'A message is an object with "jsonrpc": "2.0" and a method, or an answer.';
  return { code: errors.request, message, id: idOf(value) };
};

const isMessage = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null) return false;
  const { id, jsonrpc, method, ...rest } = value as Record<string, unknown>;
  if (jsonrpc !== "2.0" || !(id === undefined || isId(id))) return false;
  if (method !== undefined) return typeof method === "string" && isParams(rest["params"]);
  return id !== undefined && ("result" in rest || "error" in rest);
};

const isParams = (params: unknown): boolean =>
  params === undefined || (typeof params === "object" && params !== null);

const isId = (id: unknown): id is string | number =>
  typeof id === "string" || typeof id === "number";

const idOf = (value: unknown): string | number | null => {
  const id = typeof value === "object" && value !== null ? Reflect.get(value, "id") : null;
  return isId(id) ? id : null;
};

/** Lets whole messages through, and gives everything else to whoever answers it. */
export const only =
  (refuse: (refusal: Refusal) => void) =>
  <E, R>(input: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Uint8Array, E, R> => {
    const splitter = new Splitter();
    return Stream.flatMap(input, (bytes) => {
      const fit = splitter.push(bytes).filter((line) => {
        const found = problem(line);
        if (found !== undefined) refuse(found);
        return found === undefined;
      });
      return Stream.fromIterable(fit as ReadonlyArray<Uint8Array>);
    });
  };

/** A refusal as a line for the client. */
export const answer = ({ code, id, message }: Refusal): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } })}\n`;
