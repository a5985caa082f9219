/** The places in the sources where a process may be killed. Each text occurs exactly once. */
import { fileURLToPath } from "node:url";

/** The global function that counts a point. */
export const pointName = "passKillPoint";

type Patch = readonly [text: string, replacement: string];

const pass = (label: string): string => `globalThis.${pointName}(${label});`;

/** Counts a point before a text, and one after it. */
const around = (text: string, before: string, after?: string): Patch => [
  text,
  `${pass(before)}\n${text}${after === undefined ? "" : `\n${pass(after)}`}`,
];

const byPath: Readonly<Record<string, ReadonlyArray<Patch>>> = {
  "core/src/internal/RunLog.ts": [
    [
      "return Effect.flatMap(this.#writer.append(events), (monotonicMillis) => {",
      `const told = \`append \${events.map(({ _tag }) => _tag).join(" ")}\`;
       ${pass('"before " + told')}
       return Effect.flatMap(this.#writer.append(events), (monotonicMillis) => {
       ${pass('"after " + told')}`,
    ],
    [
      "effects[index]!();",
      `{
         ${pass('"before effect"')}
         effects[index]!();
         ${pass('"after effect"')}
       }`,
    ],
  ],
  "local/src/Git.ts": [
    around("const handle = yield* spawner.spawn(", '"before git " + args.join(" ")'),
    around(
      "const [stdout, stderr, exitCode] = yield* Effect.all(",
      '"during git " + args.join(" ")',
    ),
    around(
      "return { exitCode: Number(exitCode), stdout, stderr } satisfies GitAnswer;",
      '"after git " + args.join(" ")',
    ),
  ],
  "local/src/internal/CommandProcess.ts": [
    around("const child = childProcess.spawn(program, args, {", '"before spawn"'),
    around("const claim = child.stdio[Wrapper.claimed];", '"during spawn"'),
    around("yield* Deferred.await(closed);", '"spawned"', '"after spawn"'),
  ],
  "local/src/internal/DurableFile.ts": [
    around(
      "yield* opened.writeAll(encoder.encode(text));",
      '"before write " + file',
      '"after write " + file',
    ),
    around(
      "yield* fs.rename(`${file}.new`, file);",
      '"before rename " + file',
      '"after rename " + file',
    ),
  ],
  // What is seen once a second is seen five times, so that a run is short, unless its time is fast anyway.
  "codegen/src/internal/Poller.ts": [
    [
      "const usualIntervalMillis = 1_030;",
      'const usualIntervalMillis = process.env["KILL_PACE"] === "usual" ? 1_030 : 200;',
    ],
  ],
};

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** The patches of every file, by its path. */
export const patches: ReadonlyMap<string, ReadonlyArray<Patch>> = new Map(
  Object.entries(byPath).map(([path, own]) => [`${packages}${path}`, own]),
);

/** The source of a file with its points. */
export const patched = (file: string, source: string): string =>
  (patches.get(file) ?? []).reduce((changed, [text, replacement]) => {
    const times = source.split(text).length - 1;
    if (times === 1) return changed.replace(text, () => replacement);
    throw new Error(
      `A kill point does not fit ${file} any more: the text occurs ${times} times, not once:\n${text}`,
    );
  }, source);
