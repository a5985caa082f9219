/** Type-checks the TypeScript of documents as one program, against the sources of the packages. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Block, root } from "./Documents.ts";

const sourcesOf = (name: string): ReadonlyArray<[string, ReadonlyArray<string>]> => [
  [`@orchestrator/${name}`, [join(root, `packages/${name}/src/index.ts`)]],
  [`@orchestrator/${name}/*`, [join(root, `packages/${name}/src/*.ts`)]],
];

const options = {
  composite: false,
  declaration: false,
  declarationMap: false,
  emitDeclarationOnly: false,
  noEmit: true,
  incremental: false,
  rewriteRelativeImportExtensions: false,
  allowImportingTsExtensions: true,
  noUnusedLocals: false,
  types: ["node"],
  paths: Object.fromEntries([
    ["@orchestrator/core/testing", [join(root, "packages/core/src/testing/index.ts")]],
    ...["core", "local", "codegen", "github"].flatMap(sourcesOf),
    ["@effect/vitest", [join(root, "node_modules/@effect/vitest")]],
  ]),
};

/** What is wrong with them, each with the place in its document. */
export const problems = (blocks: ReadonlyArray<Block>): ReadonlyArray<string> => {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "snippets-"));
  try {
    for (const [at, { text }] of blocks.entries()) writeFileSync(join(folder, `${at}.ts`), text);
    const config = { extends: join(root, "tsconfig.base.json"), compilerOptions: options };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...config, include: ["*.ts"] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(
      process.execPath,
      [tsc, "-p", folder, "--pretty", "false"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    const told = stdout.split("\n").flatMap((line) => {
      const found = /^(\d+)\.ts\((\d+),\d+\): (.*)$/.exec(line);
      const block = blocks[Number(found?.[1])];
      return block === undefined
        ? []
        : [`${block.file}:${block.line + Number(found?.[2]) - 1} ${found?.[3]}`];
    });
    // Sources have a check of their own; what has no place says that it could not begin.
    const others = stdout.split("\n").filter((line) => line.startsWith("error "));
    return status === null ? ["it was stopped"] : [...told, ...others];
  } finally {
    rmSync(folder, { recursive: true });
  }
};
