/** Where a request of a plan may go. */
import { isLoopback } from "@orchestrator/core/remote/BaseUrl";
import * as Schema from "effect/Schema";

/** An address; only on these hosts, if they are given. */
export const schema = (allowedHosts: ReadonlyArray<string> | undefined) =>
  Schema.String.check(
    Schema.makeFilter((address: string) => problem(address, allowedHosts) ?? true),
  );

const problem = (
  address: string,
  allowedHosts: ReadonlyArray<string> | undefined,
): string | undefined => {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return "must be an address that begins with https://";
  }
  if (url.username !== "" || url.password !== "") {
    return "must hold no password; put it in a header, as ${NAME}";
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return `must be https: http is for this machine only; try https://${url.host}`;
  }
  const allowed = allowedHosts?.map((host) => host.toLowerCase());
  if (allowed === undefined || allowed.includes(url.host) || allowed.includes(url.hostname)) {
    return undefined;
  }
  return `is on ${url.host}, which the operator has not allowed: if it may be asked, run with --allow-host ${url.host}, or name it in ORCHESTRATOR_ALLOWED_HOSTS`;
};
