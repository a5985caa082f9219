/** Whether others may read or change a file with a secret in it. */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Text from "../terminal/Text.ts";

/** Where people usually keep what a key holds. */
const variableFor: Readonly<Record<string, string>> = {
  "codegen.api_token": "CODEGEN_API_TOKEN",
  "github.token": "GITHUB_TOKEN",
  "github.private_key": "GITHUB_APP_PRIVATE_KEY",
};

export type Exposure =
  | { readonly _tag: "Private" }
  /** Others may read it. */
  | { readonly _tag: "Readable"; readonly message: string }
  /** Others may put their own words into it. */
  | { readonly _tag: "Writable"; readonly message: string };

/** Looks at the mode of a file, by a name for people, in which secrets are written, named by their keys. */
export const look = Effect.fn("ConfigMode.look")(function* (
  file: string,
  name: string,
  written: ReadonlyArray<string>,
) {
  const fs = yield* FileSystem.FileSystem;
  // There the mode says nothing.
  if (written.length === 0 || process.platform === "win32") return isPrivate;
  const stated = yield* Effect.option(fs.stat(file));
  const mode = Option.match(stated, { onNone: () => 0, onSome: (info) => Number(info.mode) });
  return exposure(mode, Text.line(name), written);
});

const isPrivate: Exposure = { _tag: "Private" };

const exposure = (mode: number, name: string, written: ReadonlyArray<string>): Exposure => {
  const instead = written.map(
    (path) => `${path.split(".")[1]}: \${${variableFor[path] ?? "NAME"}}`,
  );
  const octal = (mode & 0o777).toString(8).padStart(3, "0");
  const fix = `Take it from a variable (${instead.join(", ")}), or: chmod 600 ${name}`;
  if ((mode & 0o002) !== 0) {
    const message = `holds a token and everybody may change it (mode ${octal}). ${fix}`;
    return { _tag: "Writable", message };
  }
  if ((mode & 0o077) === 0) return isPrivate;
  const message = `${name} holds a token and other users may read it (mode ${octal}). ${fix}`;
  return { _tag: "Readable", message };
};
