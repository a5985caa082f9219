/** Where the Codegen API is, and to whom the token may be shown. */
import * as Remote from "@orchestrator/core/remote/BaseUrl";
import type * as Result from "effect/Result";

/** The host that the published specification names. */
export const official = "https://api.codegen.com";

/** An address that the token is not sent to. */
export const BaseUrlRefused = Remote.BaseUrlRefused;
export type BaseUrlRefused = Remote.BaseUrlRefused;

const service: Remote.Service = { name: "the Codegen API", official };

/**
 * Checks an address: https, or http on this machine only; no host but the
 * official one and loopback unless it is allowed.
 */
export const check = (
  given?: string,
  allowedHosts?: ReadonlyArray<string>,
): Result.Result<URL, BaseUrlRefused> => Remote.check(service, given, allowedHosts);
