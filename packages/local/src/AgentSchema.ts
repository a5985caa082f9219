/** The shape of what coding agents of this machine are given, in plans and in the configuration. */
import * as v from "valibot";
import { inQuotes, list, must } from "./DataSchema.ts";

/** What a preset sets by itself, or takes from a key of the task. */
const ownArgs = ["--model", "--output-format", "--input-format", "--format", "--json"];
const argRule = `be an argument that is not empty, and none of ${ownArgs.join(", ")}: the model is a key of tasks, and the format is fixed`;

/** Arguments of a program besides its own. */
export const Args = list(
  v.pipe(
    v.string(must(argRule, inQuotes)),
    v.regex(new RegExp(`^(?!(?:${ownArgs.join("|")})(?:=|$))[^]`), must(argRule)),
  ),
  "a list of arguments",
);
