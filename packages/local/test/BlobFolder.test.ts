import * as fs from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as BlobFolder from "../src/BlobFolder.ts";
import { files, project, sha256 } from "./support/journal.ts";

const text = "ä \u0000 🙂\r\n";
const hash = sha256(text);

describe("BlobFolder", () => {
  it.live("gives texts back, and keeps each in one file named by its hash", () =>
    Effect.gen(function* () {
      const folder = `${yield* project}/new/blobs`;
      const blobs = BlobFolder.make(folder);
      yield* blobs.put(hash, text);
      yield* blobs.put(hash, text);
      assert.strictEqual(yield* blobs.get(hash), text);
      assert.deepStrictEqual(files(folder), [`${folder}/${hash.slice(0, 2)}/${hash}`]);
      assert.strictEqual(blobs.where(hash), files(folder)[0]);
    }),
  );

  it.live("has nothing for a hash that was never put", () =>
    Effect.gen(function* () {
      const blobs = BlobFolder.make(`${yield* project}/blobs`);
      assert.isUndefined(yield* blobs.get(hash));
    }),
  );

  it.live("puts a text again in the place of one that was damaged", () =>
    Effect.gen(function* () {
      const blobs = BlobFolder.make(`${yield* project}/blobs`);
      yield* blobs.put(hash, text);
      fs.truncateSync(blobs.where(hash), 3);
      yield* blobs.put(hash, text);
      assert.strictEqual(yield* blobs.get(hash), text);
    }),
  );

  it.live("leaves nothing behind when it cannot write, and names the file", () =>
    Effect.gen(function* () {
      const folder = `${yield* project}/blobs`;
      const blobs = BlobFolder.make(folder);
      fs.mkdirSync(`${blobs.where(hash)}/in the way`, { recursive: true });
      for (const use of [blobs.put(hash, text), Effect.asVoid(blobs.get(hash))]) {
        const error = yield* Effect.flip(use);
        assert.include(error.message, blobs.where(hash));
      }
      assert.deepStrictEqual(files(folder), []);
    }),
  );
});
