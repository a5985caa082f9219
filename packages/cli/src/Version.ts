/** The version of the command, as its package states it. */
import { readFileSync } from "node:fs";

/** Sources and the bundle lie one folder below the package file. */
const packageFile = new URL("../package.json", import.meta.url);

export const version: string = (
  JSON.parse(readFileSync(packageFile, "utf8")) as { version: string }
).version;
