import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Path from "effect/Path";
import { badArgument, systemError } from "effect/PlatformError";
import * as CodegenConfig from "../src/CodegenConfig.ts";
import * as PromptFile from "../src/PromptFile.ts";

const about = { module: "FileSystem", method: "stat", pathOrDescriptor: "x" };
const missing = systemError({ _tag: "NotFound", ...about });
const forbidden = systemError({ _tag: "PermissionDenied", ...about });
const odd = badArgument({ module: "FileSystem", method: "stat", description: "a NUL" });

type Files = Readonly<Record<string, string | Uint8Array | "folder">>;

const info = (type: "File" | "Directory", size: number) =>
  ({ type, size: BigInt(size) }) as FileSystem.File.Info;

/** Files by their absolute paths. */
const disk = (files: Files) =>
  Layer.merge(
    Path.layer,
    FileSystem.layerNoop({
      stat: (path) => {
        if (path.endsWith("forbidden")) return Effect.fail(forbidden);
        if (path.endsWith("odd")) return Effect.fail(odd);
        const content = files[path];
        if (content === undefined) return Effect.fail(missing);
        return Effect.succeed(
          content === "folder" ? info("Directory", 0) : info("File", bytes(content).length),
        );
      },
      readFile: (path) => Effect.succeed(bytes(files[path] ?? "")),
    }),
  );

const bytes = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

const problems = (file: string, files: Files = {}) =>
  PromptFile.read(file).pipe(
    Effect.flip,
    Effect.map((error) => error.problems),
    Effect.provide(disk(files)),
  );

const allowed =
  "allowed are {{title}}, {{body}}, {{acceptance}}, {{links}}, {{dependencies}}, {{branch}}, {{rules}}, {{previous}}";

describe("PromptFile", () => {
  it.effect("reads a template as it is", () =>
    Effect.gen(function* () {
      const template = "# {{ title }}\r\n\n{{body}} \\{{ literal }}\n";
      const read = PromptFile.read("/p/prompt.md");
      assert.strictEqual(yield* Effect.provide(read, disk({ "/p/prompt.md": template })), template);
    }),
  );

  it.effect("tells every placeholder that is none with its place, and what was meant", () =>
    Effect.gen(function* () {
      const text = "{{title}}\n  {{boddy}} and {{ task.id }}\n{{}}\n";
      assert.deepStrictEqual(yield* problems("/p/prompt.md", { "/p/prompt.md": text }), [
        `/p/prompt.md:2:3 {{boddy}} stands for nothing; ${allowed}; did you mean {{body}}?`,
        `/p/prompt.md:2:17 {{task.id}} stands for nothing; ${allowed}; write \\{{ for a literal {{`,
        `/p/prompt.md:3:1 {{}} stands for nothing; ${allowed}; write \\{{ for a literal {{`,
      ]);
    }),
  );

  const unusable: ReadonlyArray<readonly [what: string, file: string, words: string]> = [
    ["is not there", "/p/none", "/p/none does not exist; a relative name counts from the folder"],
    ["may not be read", "/p/forbidden", "/p/forbidden may not be read; check its permissions"],
    ["cannot be read", "/p/odd", "/p/odd cannot be read: "],
    ["is a folder", "/p/folder", "/p/folder is no file; name a text file"],
    ["is empty", "/p/empty", `/p/empty:1:1 is empty; ${allowed}`],
    ["is blank", "/p/blank", "/p/blank:1:1 is empty"],
    ["is too large", "/p/large", "/p/large has 65537 bytes, at most 65536 are allowed; shorten it"],
    ["is not UTF-8", "/p/latin", "/p/latin is not UTF-8; save it as UTF-8"],
    ["says nothing of the task", "/p/idle", "/p/idle:1:1 says nothing of the task; use {{title}}"],
  ];
  const files: Files = {
    "/p/folder": "folder",
    "/p/empty": "",
    "/p/blank": " \n\n",
    "/p/large": `{{body}}${"x".repeat(PromptFile.mostBytes - 7)}`,
    "/p/latin": Uint8Array.of(0xe9, 0x20),
    "/p/idle": "Do something. {{rules}}",
  };
  for (const [what, file, words] of unusable) {
    it.effect(`refuses a file that ${what}`, () =>
      Effect.gen(function* () {
        const [first, ...others] = yield* problems(file, files);
        assert.include(first, words);
        assert.deepStrictEqual(others, []);
      }),
    );
  }

  it.effect("shows no more mistakes than people read", () =>
    Effect.gen(function* () {
      const found = yield* problems("/p/x", { "/p/x": "{{a}}\n".repeat(100) });
      assert.strictEqual(found.length, 21);
      assert.strictEqual(found.at(-1), "/p/x and 80 more");
    }),
  );
});

describe("CodegenConfig.load", () => {
  const section = { org_id: 1, api_token: "sk-secret", prompt_file: "prompts/task.md" };
  const load = (files: Files, given: object = section) =>
    Effect.provide(CodegenConfig.load(given, { environment: {}, folder: "/p" }), disk(files));

  it.effect("reads the template that the section names, from the folder of its file", () =>
    Effect.gen(function* () {
      const settings = yield* load({ "/p/prompts/task.md": "{{body}}" });
      assert.deepStrictEqual(settings.prompt, { template: "{{body}}" });
      const absolute = { ...section, prompt_file: "/q/t" };
      const other = yield* load({ "/q/t": "{{title}}" }, absolute);
      assert.deepStrictEqual(other.prompt, { template: "{{title}}" });
      const { prompt_file: _, ...without } = section;
      assert.isUndefined((yield* load({}, without)).prompt);
    }),
  );

  it.effect("says with the key what is wrong with the file", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(load({ "/p/prompts/task.md": "{{tittle}}" }));
      const [problem] = error.problems;
      assert.strictEqual(problem?.where, "codegen.prompt_file");
      assert.include(problem?.message, "/p/prompts/task.md:1:1 {{tittle}} stands for nothing");
      assert.include(problem?.message, "did you mean {{title}}?");
      assert.notInclude(error.message, "sk-secret");
    }),
  );
});
