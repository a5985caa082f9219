/** The engine as it is published (packages/core/dist), and the one copy of effect that it uses. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const core = new URL("../../packages/core/", import.meta.url);
const fromCore = createRequire(new URL("package.json", core));

/** Where the built engine lies. */
export const built = new URL("dist/index.js", core);

/** Loads a module of effect, as `Graph` or `Effect`. */
export const effect = (name) => import(pathToFileURL(fromCore.resolve(`effect/${name}`)).href);

/** Loads the built engine. */
export const engine = () => import(built.href);

const folderOfLocal = new URL("../../packages/local/dist/", import.meta.url);

/** Where a module of the built local adapter lies. */
export const builtLocal = (name) => new URL(`${name}.js`, folderOfLocal);

/** Loads a module of the built local adapter, as `LocalJournal`. */
export const local = (name) => import(builtLocal(name).href);

/** Where the built agent for the Codegen API lies. */
export const builtCodegen = new URL("../../packages/codegen/dist/index.js", import.meta.url);

/** The version of effect that the engine runs on. */
export const effectVersion = () =>
  JSON.parse(readFileSync(fromCore.resolve("effect/package.json"), "utf8")).version;
