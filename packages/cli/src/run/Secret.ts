/** The secret of a project, by which it knows what it wrote on GitHub itself: made once, for its owner's eyes only. */
import { randomBytes } from "node:crypto";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Redacted from "effect/Redacted";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as Project from "./Project.ts";
import * as SafeFile from "./SafeFile.ts";
import * as Text from "../terminal/Text.ts";

const fileName = "secret";

/** The file with the secret holds something else. */
export class SecretDamaged extends Schema.TaggedError<SecretDamaged>()("SecretDamaged", {
  file: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.badPlan;
  override get message(): string {
    return `${Text.line(this.file)} does not hold the secret of this project. Restore it; or remove it, and comments of earlier runs count as those of others.`;
  }
}

/** The secret of the project in a folder. */
export const of = Effect.fn("Secret.of")(function* (root: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const file = path.join(root, Project.folderName, fileName);
  const text = yield* Effect.mapError(
    Effect.gen(function* () {
      if (!(yield* fs.exists(file))) yield* make(file);
      yield* keepPrivate(file);
      return (yield* fs.readFileString(file)).trim();
    }),
    SafeFile.failed(file),
  );
  if (!/^[\w-]{43}$/.test(text)) return yield* new SecretDamaged({ file });
  return Redacted.make(text, { label: "secret" });
});

/** It appears as a whole, and another process that makes one at the same time does not replace it. */
const make = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const path = yield* Path.Path;
  const folder = path.dirname(file);
  yield* fs.makeDirectory(folder, { recursive: true });
  // Before it is there: git must never offer it.
  yield* Effect.ignore(fs.writeFileString(path.join(folder, ".gitignore"), "*\n", { flag: "wx" }));
  const name = `${file}.${randomBytes(6).toString("hex")}.part`;
  yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(name, { force: true })));
  const handle = yield* fs.open(name, { flag: "wx", mode: 0o600 });
  yield* handle.writeAll(new TextEncoder().encode(`${randomBytes(32).toString("base64url")}\n`));
  yield* handle.sync;
  // Not every file system has links.
  yield* Effect.catch(fs.link(name, file), () =>
    Effect.flatMap(fs.exists(file), (isThere) => (isThere ? Effect.void : fs.rename(name, file))),
  );
}, Effect.scoped);

const keepPrivate = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const { mode } = yield* fs.stat(file);
  if ((Number(mode) & 0o077) === 0) return;
  yield* Effect.logWarning(`${file} could be read by others; it is for you alone again.`);
  yield* fs.chmod(file, 0o600);
});
