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

/** The version of effect that the engine runs on. */
export const effectVersion = () =>
  JSON.parse(readFileSync(fromCore.resolve("effect/package.json"), "utf8")).version;
