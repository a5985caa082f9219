import { assert, describe, it } from "@effect/vitest";
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import * as ResponseCache from "../src/ResponseCache.ts";
import { issue, issues } from "./support/requests.ts";
import { client, type Handler, json, token } from "./support/stub.ts";

/** A page that changes when `version` does, and another page behind it. */
const listing =
  (version: () => number): Handler =>
  ({ headers, url }) => {
    const page = url.searchParams.get("page") ?? "1";
    const etag = `W/"${page}-${version()}"`;
    const link =
      page === "1" ? { link: `<${url.origin}/repos/acme/shop/issues?page=2>; rel="next"` } : {};
    if (headers.get("if-none-match") === etag) return new Response(null, { status: 304 });
    return json([{ number: Number(page) * 10 + version() }], { etag, ...link });
  };

const numbersOf = (github: {
  readonly pages: (
    read: typeof issues,
  ) => Stream.Stream<ReadonlyArray<{ readonly number: number }>, unknown>;
}) =>
  Effect.map(Stream.runCollect(github.pages(issues)), (pages) =>
    pages.flat().map(({ number }) => number),
  );

const folder = Effect.gen(function* () {
  const files = yield* FileSystem.FileSystem;
  const path = `${yield* files.makeTempDirectoryScoped()}/answers`;
  return { files, path };
});

const onDisk = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.provide(test, NodeFileSystem.layer);

describe("answers that are kept", () => {
  it.effect("make the second reading free, page for page", () =>
    Effect.gen(function* () {
      const cache = ResponseCache.memory();
      const one = yield* client(
        listing(() => 1),
        { cache },
      );
      assert.deepStrictEqual(yield* numbersOf(one.client), [11, 21]);
      assert.deepInclude(one.client.ledger.statement(), { requests: 2, unchanged: 0, rest: 2 });
      const two = yield* client(
        listing(() => 1),
        { cache },
      );
      assert.deepStrictEqual(yield* numbersOf(two.client), [11, 21]);
      assert.deepInclude(two.client.ledger.statement(), { requests: 2, unchanged: 2, rest: 0 });
    }),
  );

  it.effect("give way to what has changed", () =>
    Effect.gen(function* () {
      let version = 1;
      const { client: github } = yield* client(listing(() => version));
      yield* numbersOf(github);
      version = 2;
      assert.deepStrictEqual(yield* numbersOf(github), [12, 22]);
    }),
  );

  it.effect("are not trusted where a last page was full, and another one may have come", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 100 }, (_, index) => ({ number: index }));
      let hasMore = false;
      const { client: github } = yield* client(({ headers, url }) => {
        if (url.searchParams.has("page")) return json([{ number: 100 }]);
        // The mark is that of the rows; GitHub does not say that it holds for the link too.
        if (headers.get("if-none-match") === '"rows"') return new Response(null, { status: 304 });
        const next = { link: `<${url.href}&page=2>; rel="next"` };
        return json(rows, { etag: '"rows"', ...(hasMore ? next : {}) });
      });
      assert.strictEqual((yield* numbersOf(github)).length, 100);
      hasMore = true;
      assert.strictEqual((yield* numbersOf(github)).length, 101);
    }),
  );

  it.effect("are not shown to another token", () =>
    Effect.gen(function* () {
      const cache = ResponseCache.memory();
      yield* numbersOf(
        (yield* client(
          listing(() => 1),
          { cache },
        )).client,
      );
      const credentials = { _tag: "Token", token: Redacted.make("ghp_another") } as const;
      const other = yield* client(
        listing(() => 1),
        { cache, credentials },
      );
      yield* numbersOf(other.client);
      assert.isNull(other.asked[0]?.headers.get("if-none-match"));
      assert.strictEqual(other.client.ledger.statement().unchanged, 0);
    }),
  );

  it.effect("are asked for anew where they do not fit any more", () =>
    Effect.gen(function* () {
      const broken: ResponseCache.ResponseCache = {
        get: () => Effect.succeed({ etag: '"a"', link: undefined, body: '{"number":"one"}' }),
        set: () => Effect.void,
      };
      const { asked, client: github } = yield* client(
        ({ headers }) =>
          headers.has("if-none-match") ? new Response(null, { status: 304 }) : json({ number: 1 }),
        { cache: broken },
      );
      assert.deepStrictEqual(yield* github.get(issue), { number: 1 });
      assert.strictEqual(asked.length, 2);
    }),
  );

  it.effect("are none of GitHub's, if nothing was asked for", () =>
    Effect.gen(function* () {
      const { client: github } = yield* client(() => new Response(null, { status: 304 }));
      const error = yield* Effect.flip(github.get(issue));
      assert.deepInclude(error, { _tag: "Malformed", status: 304 });
    }),
  );

  it.effect("in memory are bounded; the longest unused go first", () =>
    Effect.gen(function* () {
      const cache = ResponseCache.memory(2_100);
      const entry = (body: string) => ({ etag: "", link: undefined, body });
      yield* cache.set("a", entry("a".repeat(500)));
      yield* cache.set("b", entry("b".repeat(500)));
      yield* cache.get("a");
      yield* cache.set("c", entry("c".repeat(500)));
      assert.isUndefined(yield* cache.get("b"));
      assert.isDefined(yield* cache.get("a"));
      yield* cache.set("d", entry("d".repeat(5_000)));
      assert.isUndefined(yield* cache.get("d"));
    }),
  );

  it.effect("in a folder outlive the process, for their owner only and without the token", () =>
    onDisk(
      Effect.gen(function* () {
        const { files, path } = yield* folder;
        const one = yield* client(
          listing(() => 1),
          { cache: yield* ResponseCache.folder(path) },
        );
        yield* numbersOf(one.client);
        const two = yield* client(
          listing(() => 1),
          { cache: yield* ResponseCache.folder(path) },
        );
        assert.deepStrictEqual(yield* numbersOf(two.client), [11, 21]);
        assert.strictEqual(two.client.ledger.statement().unchanged, 2);
        assert.strictEqual((yield* files.stat(path)).mode & 0o777, 0o700);
        const names = yield* files.readDirectory(path);
        assert.strictEqual(names.length, 2);
        for (const name of names) {
          assert.match(name, /^[0-9a-f]{64}\.answer$/);
          assert.strictEqual((yield* files.stat(`${path}/${name}`)).mode & 0o777, 0o600);
          assert.notInclude(yield* files.readFileString(`${path}/${name}`), token);
        }
      }),
    ),
  );

  it.effect("that are damaged are absent, and replaced", () =>
    onDisk(
      Effect.gen(function* () {
        const { files, path } = yield* folder;
        const cache = yield* ResponseCache.folder(path);
        const entry = { etag: '"a"', link: undefined, body: '[{"number":1}]' };
        yield* cache.set("k", entry);
        assert.deepStrictEqual(yield* cache.get("k"), entry);
        const file = `${path}/k.answer`;
        const whole = yield* files.readFileString(file);
        const nimble = whole.replace("number", "nimble");
        const unsendable = whole.replace('"etag":"', '"etag":"\\n');
        for (const damaged of ["", whole.slice(0, 40), nimble, unsendable, "[]"]) {
          yield* files.writeFileString(file, damaged);
          assert.isUndefined(yield* cache.get("k"));
        }
        yield* cache.set("k", entry);
        assert.deepStrictEqual(yield* cache.get("k"), entry);
      }),
    ),
  );

  it.effect("in a folder are bounded, with what others have left there", () =>
    onDisk(
      Effect.gen(function* () {
        const { files, path } = yield* folder;
        const left = "k.answer.0123456789ab.tmp";
        const entry = { etag: '"a"', link: undefined, body: "x".repeat(1_000) };
        yield* (yield* ResponseCache.folder(path)).set("old", entry);
        yield* files.writeFileString(`${path}/${left}`, "x".repeat(1_000));
        yield* files.utimes(`${path}/old.answer`, 1, 1);
        yield* files.utimes(`${path}/${left}`, 2, 2);
        const cache = yield* ResponseCache.folder(path, 3_000);
        yield* cache.set("new", entry);
        assert.deepStrictEqual(yield* files.readDirectory(path), [left, "new.answer"]);
        yield* cache.set("newer", entry);
        assert.notInclude(yield* files.readDirectory(path), left);
        assert.deepStrictEqual(yield* cache.get("newer"), entry);
      }),
    ),
  );

  it.effect("make room by removing their own files only", () =>
    onDisk(
      Effect.gen(function* () {
        const { files, path } = yield* folder;
        yield* files.makeDirectory(path);
        yield* files.writeFileString(`${path}/thesis.json`, "x".repeat(5_000));
        yield* files.utimes(`${path}/thesis.json`, 1, 1);
        const cache = yield* ResponseCache.folder(path, 1_000);
        const entry = { etag: '"a"', link: undefined, body: "x".repeat(600) };
        yield* cache.set("old", entry);
        yield* files.utimes(`${path}/old.answer`, 2, 2);
        yield* cache.set("new", entry);
        assert.deepStrictEqual(yield* files.readDirectory(path), ["new.answer", "thesis.json"]);
      }),
    ),
  );

  it.effect("in a folder that cannot be used are none, and nothing fails", () =>
    onDisk(
      Effect.gen(function* () {
        const { files, path } = yield* folder;
        yield* files.writeFileString(path, "a file");
        const cache = yield* ResponseCache.folder(`${path}/below`);
        const { client: github } = yield* client(
          listing(() => 1),
          { cache },
        );
        assert.deepStrictEqual(yield* numbersOf(github), [11, 21]);
        assert.deepStrictEqual(yield* numbersOf(github), [11, 21]);
        assert.strictEqual(yield* files.readFileString(path), "a file");
      }),
    ),
  );
});
