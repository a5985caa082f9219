/**
 * Keeps what is too big for the journal in files named by their SHA-256.
 *
 * ```
 * <folder>/ab/abcdef…
 * ```
 */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { BlobError, type BlobStore } from "@orchestrator/core/BlobStore";
import * as Effect from "effect/Effect";
import * as Files from "./internal/privateFiles.ts";

/** Blobs in a folder, which is made with the first of them. */
export const make = (folder: string): BlobStore => {
  const where = (hash: string) => path.join(folder, hash.slice(0, 2), hash);
  const attempt = <A>(hash: string, what: string, run: () => A) =>
    Effect.try({
      try: run,
      catch: (error) =>
        new BlobError({
          hash,
          message: `The file ${where(hash)} could not be ${what}: ${words(error)}`,
        }),
    });
  return {
    where,
    put: (hash, text) => attempt(hash, "written", () => write(where(hash), text)),
    get: (hash) => attempt(hash, "read", () => read(where(hash))),
  };
};

/** Writes beside the name and then takes it: whoever sees the name sees the whole text. */
const write = (file: string, text: string): void => {
  const folder = path.dirname(file);
  Files.makeFolder(path.dirname(folder));
  Files.makeFolder(folder);
  if (read(file) !== text) replace(file, text);
  Files.sync(folder);
  Files.sync(path.dirname(folder));
};

const replace = (file: string, text: string): void => {
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    Files.createIfAbsent(temporary, text);
    Files.sync(temporary);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
};

const read = (file: string): string | undefined => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
};

const words = (error: unknown): string =>
  error instanceof Error && "code" in error && error.code === "ENOSPC"
    ? "the disk is full. Make room and resume the run"
    : error instanceof Error
      ? error.message
      : String(error);
