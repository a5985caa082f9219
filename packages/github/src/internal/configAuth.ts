/** As whom requests are sent, as the section `github` and the variables say it. */
import * as Redacted from "effect/Redacted";
import { at, type Problem } from "./configProblem.ts";
import type { Section } from "./configSection.ts";
import { isSet } from "./isSet.ts";

/** With what requests are signed. */
export type Auth =
  | {
      readonly _tag: "Token";
      readonly token: Redacted.Redacted;
      /** For people: where the token is from. */
      readonly from: string;
    }
  | {
      readonly _tag: "App";
      readonly appId: string;
      /** The key itself, or the name of the file that holds it, as the section has it. */
      readonly privateKey: Redacted.Redacted | { readonly file: string };
      /** Undefined: looked up. */
      readonly installationId: number | undefined;
    };

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that count where the section has no token, the first before the second. */
const tokens = ["GITHUB_TOKEN", "GH_TOKEN"];

/** What a variable holds; undefined if it is empty. */
export const named = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === "" ? undefined : value.trim();

/** Either a token or an App, and an App with one key. */
export const authProblems = (section: Section): ReadonlyArray<Problem> => {
  const { app_id: app, installation_id: installation, private_key: key, token } = section;
  const file = section.private_key_file;
  const problems: Array<Problem> = [];
  const tell = (name: string, message: string) => problems.push(at([name], message));
  const isApp = isSet(app) || isSet(key) || isSet(file) || isSet(installation);
  if (!isApp) return problems;
  if (isSet(token)) tell("token", "does not go with app_id and its keys; leave one of them out");
  if (!isSet(app)) tell("app_id", "is missing; private_key and installation_id need it");
  if (isSet(key) && isSet(file))
    tell("private_key_file", "does not go with private_key; leave one out");
  if (isSet(app) && !isSet(key) && !isSet(file)) {
    tell("private_key_file", "is missing; name the file with the private key of the App");
  }
  return problems;
};

/** As whom; undefined if neither the section nor a variable says it. */
export const authIn = (section: Section, environment: Environment): Auth | undefined => {
  const { app_id: appId, private_key: key, private_key_file: file, token } = section;
  if (isSet(appId)) {
    return {
      _tag: "App",
      appId,
      privateKey: isSet(key) ? Redacted.make(key, { label: "private key" }) : { file: file ?? "" },
      installationId: section.installation_id ?? undefined,
    };
  }
  if (isSet(token)) return tokenFrom(token, "github.token");
  for (const name of tokens) {
    const value = named(environment[name]);
    if (value !== undefined) return tokenFrom(value, name);
  }
  return undefined;
};

const tokenFrom = (token: string, from: string): Auth => ({
  _tag: "Token",
  token: Redacted.make(token, { label: "github token" }),
  from,
});
