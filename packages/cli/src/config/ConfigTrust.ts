/**
 * What a file may do that was found in the folder and not named by the operator.
 *
 * It may come with a clone: it must not carry what the environment holds to
 * where others read it.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import type * as ConfigVariables from "./ConfigVariables.ts";
import * as ConfigFile from "./ConfigFile.ts";
import * as Secrets from "../telemetry/Secrets.ts";

/** Variables that are there for this purpose. */
const ours = /^(?:GITHUB|GH|CODEGEN|ORCHESTRATOR)_/;

/** Which variables a file that was found may not take. */
export const refuse: ConfigVariables.Refuse = (name, path) => {
  const isForSecret = ConfigFile.isSecretPath(ConfigFile.named(path));
  if (!ours.test(name)) {
    return `takes the variable ${name}; a file that nobody named takes only those that begin with GITHUB_, GH_, CODEGEN_ or ORCHESTRATOR_. Name the file if you trust it: --config FILE`;
  }
  if (isForSecret || !Secrets.isSecretName(name)) return undefined;
  return `takes the variable ${name}, which may hold a secret; in a file that nobody named it belongs in ${ConfigFile.secretPaths.join(", ")}. Name the file if you trust it: --config FILE`;
};

/** Whether a file lies in a folder, wherever links lead; also if it is not there. */
export const isWithin = Effect.fn("ConfigTrust.isWithin")(function* (folder: string, file: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const real = (name: string) => Effect.orElseSucceed(fs.realPath(name), () => name);
  const way = path.relative(yield* real(folder), yield* real(file));
  return !way.startsWith("..") && !path.isAbsolute(way);
});
