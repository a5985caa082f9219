/**
 * Answers that are kept so that asking again is free where nothing has changed.
 *
 * They hold what the token may read, also of private repositories.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import { FolderCache } from "./internal/FolderCache.ts";

/** An answer as it was, with the mark by which GitHub knows it again. */
export interface Entry {
  readonly etag: string;
  /** The `Link` header, which leads to the next page. */
  readonly link: string | undefined;
  readonly body: string;
}

/** Where answers are kept. It may forget any at any time; and it never fails. */
export interface ResponseCache {
  /** What is kept under a key, if anything. */
  readonly get: (key: string) => Effect.Effect<Entry | undefined>;
  /** Keeps an answer, in place of the one before. */
  readonly set: (key: string, entry: Entry) => Effect.Effect<void>;
}

const mebibyte = 2 ** 20;

/** Keeps answers for the life of this process; the longest unused ones go first. */
export const memory = (mostBytes: number = 32 * mebibyte): ResponseCache => {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const remove = (key: string): void => {
    const old = entries.get(key);
    if (old === undefined) return;
    entries.delete(key);
    bytes -= sizeOf(old);
  };
  const put = (key: string, entry: Entry): void => {
    remove(key);
    entries.set(key, entry);
    bytes += sizeOf(entry);
    for (const oldest of entries.keys()) {
      if (bytes <= mostBytes) return;
      remove(oldest);
    }
  };
  const get = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined) put(key, entry);
    return entry;
  };
  return {
    get: (key) => Effect.sync(() => get(key)),
    set: (key, entry) => Effect.sync(() => put(key, entry)),
  };
};

/** A text takes up to two bytes for a character. */
const sizeOf = ({ body, etag, link = "" }: Entry): number =>
  2 * (body.length + etag.length + link.length);

/**
 * Keeps answers in a folder, from one process to the next; the oldest ones go first.
 *
 * The folder and its files are for their owner only: they hold titles and texts of
 * private repositories, but no token. An entry that is damaged counts as absent, and
 * a folder that cannot be used keeps nothing and is warned of once.
 */
export const folder = (
  path: string,
  mostBytes: number = 256 * mebibyte,
): Effect.Effect<ResponseCache, never, FileSystem.FileSystem> =>
  Effect.map(FileSystem.FileSystem, (files) => new FolderCache(files, path, mostBytes));
