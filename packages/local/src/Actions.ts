/** The actions that come along: a command, a request, a file, an approval. */
import { Action } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import * as ApprovalWait from "./actions/approvalWait.ts";
import * as FileWrite from "./actions/fileWrite.ts";
import * as HttpRequest from "./actions/httpRequest.ts";
import * as ShellRun from "./actions/shellRun.ts";

/** The variables whose rest of the name is that of a secret for `http.request`. */
export { prefix as secretPrefix } from "./actions/HttpHeaders.ts";

/** What plans are checked against where only these hosts may be asked; absent: any. */
export const signaturesOn = (
  allowedHosts: ReadonlyArray<string> | undefined,
): ReadonlyArray<Action.Signature> => [
  ShellRun.signature,
  HttpRequest.signatureOn(allowedHosts),
  FileWrite.signature,
  ApprovalWait.signature,
];

/** What plans are checked against, wherever they run. */
export const signatures: ReadonlyArray<Action.Signature> = signaturesOn(undefined);

/** What the built-in actions work with. */
export interface Options extends ShellRun.Options, HttpRequest.Options {
  /** The folder that `file.write` writes in; it is made if it is missing. */
  readonly files: string;
}

/** The actions, as they work in one place. */
export const make = Effect.fn("Actions.make")(function* (options: Options) {
  return [
    yield* ShellRun.make(options),
    yield* HttpRequest.make(options),
    yield* FileWrite.make(options.files),
    ApprovalWait.action,
  ] satisfies ReadonlyArray<Action.Action>;
});

/** Registers them. */
export const layer = (
  options: Options,
): Layer.Layer<Action.Registry, never, Effect.Services<ReturnType<typeof make>>> =>
  Action.layerEffect(make(options));
