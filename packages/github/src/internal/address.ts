import { Octokit } from "@octokit/core";
import * as Result from "effect/Result";
import { Invalid } from "../GitHubError.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** What Octokit takes for options of its own, wherever it stands among the parameters. */
const reserved = new Set(["method", "url", "baseUrl", "headers", "request", "mediaType", "data"]);

const { endpoint } = new Octokit().request;

/**
 * The address that a route and its parameters stand for; `query` are those that it does not name.
 *
 * A part of a path that is missing, or `..`, would lead to another path: it is refused.
 */
export const address = (
  baseUrl: string,
  what: string,
  route: string,
  parameters: Parameters,
): Result.Result<string, Invalid> => {
  const names = namesIn(route);
  const [wrong] = [
    ...names.filter((name) => !isPart(parameters[name])),
    ...Object.keys(parameters).filter((name) => reserved.has(name)),
  ];
  if (wrong === undefined) {
    return Result.succeed(endpoint(route, { baseUrl, ...parameters }).url);
  }
  const found = JSON.stringify(parameters[wrong]) ?? "nothing";
  const message = `${what} cannot be asked for with ${found} as ${wrong}; nothing was sent.`;
  return Result.fail(new Invalid({ message }));
};

/** The parameters that a route names, and the others. */
export const split = (
  route: string,
  parameters: Parameters,
): { readonly named: Parameters; readonly others: Parameters } => {
  const names = new Set(namesIn(route));
  const entries = Object.entries(parameters);
  return {
    named: Object.fromEntries(entries.filter(([name]) => names.has(name))),
    others: Object.fromEntries(entries.filter(([name]) => !names.has(name))),
  };
};

const namesIn = (route: string): ReadonlyArray<string> =>
  [...route.matchAll(/\{\+?(\w+)\}/g)].map(([, name = ""]) => name);

const isPart = (value: unknown): boolean => {
  if (typeof value === "number") return true;
  return typeof value === "string" && !value.split("/").some((part) => /^\.{0,2}$/.test(part));
};
