import { BlobError, type BlobStore } from "@orchestrator/core/BlobStore";
import * as Effect from "effect/Effect";
import type { Process } from "./Process.ts";
import type { SqlDisk } from "./SqlDisk.ts";

/** The folder for events that are too big for the database: a file is there as a whole, or not at all. */
export class Blobs {
  readonly #disk: SqlDisk;
  readonly #texts = new Map<string, string>();

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** What a file holds. */
  text(hash: string): string | undefined {
    return this.#texts.get(hash);
  }

  /** The folder as a process has it. */
  storeOf(process: Process): BlobStore {
    return {
      put: (hash, text) =>
        Effect.callback((resume) => {
          const put = () => this.#put(process, hash, text, (done) => resume(done));
          this.#disk.world.after(this.#disk.delay(), () => process.post(put));
        }),
      get: (hash) =>
        Effect.suspend(() =>
          this.#disk.breaks("file not read", 0.5)
            ? Effect.fail(failed(hash, "it could not be read"))
            : Effect.succeed(this.#texts.get(hash)),
        ),
      where: (hash) => `the file ${hash}`,
    };
  }

  #put(
    process: Process,
    hash: string,
    text: string,
    answer: (done: Effect.Effect<void, BlobError>) => void,
  ): void {
    const { world } = this.#disk;
    if (!world.survives(process, "before a file")) return;
    const fails = this.#disk.breaks("file not written", 1);
    // Also a file of which nobody knows may be there.
    if (!fails || world.random.chance(0.3)) this.#texts.set(hash, text);
    if (!world.survives(process, "after a file")) return;
    answer(fails ? Effect.fail(failed(hash, "it could not be written")) : Effect.void);
  }
}

const failed = (hash: string, what: string): BlobError =>
  new BlobError({ hash, message: `The file ${hash} cannot be used: ${what}.` });
