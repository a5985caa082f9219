/** The hosts of GitHub: where people read, and where its API is. */

import * as BaseUrl from "./BaseUrl.ts";
import * as IssueId from "./IssueId.ts";

/** The host that people know. */
export const official = "github.com";

/** Where the API of a host is: of github.com, of a tenant at ghe.com, of a server of one's own. */
export const apiOf = (host: string): string => {
  const name = host.toLowerCase();
  if (name === official || name === `www.${official}`) return BaseUrl.official;
  return name.endsWith(".ghe.com") ? `https://api.${name}` : `https://${name}/api/v3`;
};

/** The host whose API an address is. Addresses of another shape are those of a server's own API. */
export const hostOf = (api: string): string => {
  const host = (URL.parse(api)?.host ?? api).toLowerCase();
  const own = /^api\.(github\.com|[^.]+\.ghe\.com)$/.exec(host)?.[1];
  return own ?? host;
};

/** The hosts that somebody means who allows some: with a host also that of its API. */
export const allowedBy = (hosts: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(hosts.flatMap((host) => [host, URL.parse(apiOf(host))?.host ?? host])),
];

/** Whether a text is `owner/name`, as GitHub allows both. */
export const isRepository = (text: string): boolean => {
  const [owner = "", name = "", ...others] = text.split("/");
  return others.length === 0 && IssueId.isOwner(owner) && IssueId.isRepository(name);
};
