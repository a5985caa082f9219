/** The secret that clients of the HTTP server show: from a file of the operator's, or made for this server. */
import * as crypto from "node:crypto";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import * as SafeFile from "../run/SafeFile.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Secrets from "../telemetry/Secrets.ts";
import * as Text from "../terminal/Text.ts";

/** Fewer characters could be guessed. */
const shortest = 32;

/** The file cannot hold the token of a server. */
export class TokenFileUnfit extends Schema.TaggedError<TokenFileUnfit>()("TokenFileUnfit", {
  file: Schema.String,
  problem: Schema.String,
}) {
  override get message(): string {
    return `the token file ${Text.line(this.file)} ${this.problem}`;
  }
}

export interface HttpToken {
  readonly value: string;
  /** Where it stands; undefined if it was made for this server alone. */
  readonly file: string | undefined;
}

/** The token of a file, which is made if it is not there; without a file a new one. */
export const read = Effect.fn("McpHttpToken.read")(function* (file: string | undefined) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  if (file === undefined) {
    return { value: made(), file } satisfies HttpToken;
  }
  const whole = path.resolve(folder, file);
  const value = yield* ofFile(whole);
  Secrets.hide([value]);
  return { value, file: whole } satisfies HttpToken;
});

const ofFile = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  const isThere = yield* Effect.orElseSucceed(fs.exists(file), () => true);
  if (!isThere) {
    const value = made();
    const write = fs.writeFileString(file, `${value}\n`, { flag: "wx", mode: 0o600 });
    yield* Effect.mapError(write, SafeFile.failed(file));
    return value;
  }
  const { mode } = yield* Effect.mapError(fs.stat(file), SafeFile.failed(file));
  // On Windows the mode says nothing.
  if (process.platform !== "win32" && (Number(mode) & 0o077) !== 0) {
    const problem = `can be read or changed by other users. Keep it to yourself: chmod 600 ${file}`;
    return yield* new TokenFileUnfit({ file, problem });
  }
  const value = (yield* Effect.mapError(fs.readFileString(file), SafeFile.failed(file))).trim();
  if (value.length < shortest || /[^\x21-\x7e]/.test(value)) {
    const problem = `has to hold one line of at least ${shortest} characters without spaces. Remove it, and a good one is made.`;
    return yield* new TokenFileUnfit({ file, problem });
  }
  return value;
});

const made = (): string => crypto.randomBytes(32).toString("base64url");

/** Whether a request shows the token, in a time that tells nothing of it. */
export const isShown = (authorization: string | undefined, token: string): boolean => {
  const shown = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  return crypto.timingSafeEqual(digest(shown), digest(token));
};

const digest = (text: string): Buffer => crypto.createHash("sha256").update(text).digest();
