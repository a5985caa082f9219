/** Where GitHub is, and to whom the token may be shown. */
import * as Remote from "@orchestrator/core/remote/BaseUrl";
import type * as Result from "effect/Result";

/** The API of github.com. A server of one's own has `https://HOST/api/v3`, a tenant of ghe.com `https://api.SUB.ghe.com`. */
export const official = "https://api.github.com";

/** An address that the token is not sent to. */
export const BaseUrlRefused = Remote.BaseUrlRefused;
export type BaseUrlRefused = Remote.BaseUrlRefused;

const service: Remote.Service = { name: "the GitHub API", official };

/**
 * Checks an address: https, or http on this machine only; no host but the
 * official one and loopback unless it is allowed.
 */
export const check = (
  given?: string,
  allowedHosts?: ReadonlyArray<string>,
): Result.Result<URL, BaseUrlRefused> => Remote.check(service, given, allowedHosts);

/** The address as paths are added to it: without a slash at its end. */
export const rest = (base: URL): string => `${base.origin}${base.pathname.replace(/\/+$/, "")}`;

/** Where queries go: beside the REST API, which a server of one's own has at `/api/v3`. */
export const graphql = (base: URL): string => `${rest(base).replace(/\/v3$/, "")}/graphql`;
