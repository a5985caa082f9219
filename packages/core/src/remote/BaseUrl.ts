/** Where a remote service is, and to whom its token may be shown. */
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";

/** A service that is asked with a token. */
export interface Service {
  /** For messages: `the Codegen API`. */
  readonly name: string;
  /** The address that its documentation names. */
  readonly official: string;
}

/** An address that the token is not sent to. */
export class BaseUrlRefused extends Schema.TaggedError<BaseUrlRefused>()("BaseUrlRefused", {
  message: Schema.String,
}) {}

/**
 * Checks an address: https, or http on this machine only; no host but the
 * official one and loopback unless it is allowed.
 */
export const check = (
  service: Service,
  given: string = service.official,
  allowedHosts: ReadonlyArray<string> = [],
): Result.Result<URL, BaseUrlRefused> => {
  const refused = (what: string, why: string, hint: string) =>
    Result.fail(
      new BaseUrlRefused({ message: `The address of ${service.name}, ${what}, ${why}. ${hint}` }),
    );
  const url = URL.parse(given);
  if (url === null) return refused(given, "is not an address", `Try ${service.official}.`);
  if (url.username !== "" || url.password !== "") {
    return refused(`${url.protocol}//${url.host}`, "holds a password", "Leave it out.");
  }
  if (url.search !== "" || url.hash !== "") {
    return refused(url.origin, "has a query or fragment", "Leave everything from ? or # on out.");
  }
  const isLocal = isLoopback(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    const why = "is neither https nor http on this machine, so the token would be readable";
    return refused(url.origin, why, `Try https://${url.host}.`);
  }
  const allowed = [
    new URL(service.official).host,
    ...allowedHosts.map((host) => host.toLowerCase()),
  ];
  if (isLocal || allowed.includes(url.host) || allowed.includes(url.hostname)) {
    return Result.succeed(url);
  }
  const hint = `If the token may be sent there, allow the host ${url.host}.`;
  return refused(url.origin, `is not an allowed host (${allowed.join(", ")})`, hint);
};

/** Whether a host is this machine, as the name in an address. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
