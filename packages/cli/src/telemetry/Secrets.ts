/** Which of the values that the command is given are secrets. */
import type { Task } from "@orchestrator/core";
import * as Redacted from "effect/Redacted";
import * as Scrubber from "./Scrubber.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const names =
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:^|_)(?:PASS|PAT|AUTH|BEARER|COOKIE)|(?:API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|DEPLOY|SSH|AUTH|SERVICE|LICENSE)_?KEY)(?:_?(?:\d+|B64|BASE64|VALUE))?$/;

/** Whether a variable of this name holds a secret, as far as its name tells: `GITHUB_TOKEN`, `apiKey`. */
export const isSecretName = (name: string): boolean =>
  names.test(name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toUpperCase());

/** A password within an address, as `postgres://user:password@host`. */
const inAddress = /^[a-z][a-z\d+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i;

/** The headers that go to a collector, as `key=value,key=value`. */
const headers = /^OTEL_EXPORTER_OTLP_(?:[A-Z]+_)?HEADERS$/;

/** The secrets among variables of an environment. */
export const ofVariables = (variables: Variables): ReadonlyArray<string> =>
  Object.entries(variables).flatMap(([name, value = ""]) => {
    if (headers.test(name)) return headersOf(value);
    if (isSecretName(name)) return isPlace(name, value) ? [] : [value];
    const password = inAddress.exec(value)?.[1];
    return password === undefined ? [] : both(password);
  });

/** `GOOGLE_APPLICATION_CREDENTIALS` names the file that holds them. */
const isPlace = (name: string, value: string): boolean =>
  /CREDENTIALS?$/i.test(name) && /^[~./]*\//.test(value);

const headersOf = (list: string): ReadonlyArray<string> =>
  list.split(",").flatMap((pair) => {
    const value = pair.slice(pair.indexOf("=") + 1).trim();
    const secret = decoded(value).replace(/^(?:Bearer|Basic|Token|Api-Key)\s+/i, "");
    return [...both(value), secret];
  });

const both = (value: string): ReadonlyArray<string> => [value, decoded(value)];

/** What stands for percent-encoded text; the text itself if it is none. */
export const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};

/** The secrets among the variables that a task declares for its command. */
export const ofTask = ({ payload }: Pick<Task.Task, "payload">): ReadonlyArray<string> => {
  if (!isRecord(payload) || !isRecord(payload["env"])) return [];
  const texts = Object.entries(payload["env"]).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return ofVariables(Object.fromEntries(texts));
};

/** What stands at keys of a configuration that are for secrets, as `api_token`. */
export const ofSections = (value: unknown): ReadonlyArray<string> => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "string" && isSecretName(key) ? [inner] : ofSections(inner),
  );
};

/** Everything that is `Redacted` in a value, as in the settings of an adapter. */
export const redactedIn = (value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> => {
  if (Redacted.isRedacted(value)) {
    const inner = Redacted.value(value);
    return typeof inner === "string" ? [inner] : [];
  }
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Object.values(value).flatMap((inner) => redactedIn(inner, seen));
};

/** Hides values wherever this process writes. */
export const hide = (values: ReadonlyArray<string>): void => {
  for (const value of values) Scrubber.ofProcess.hide(value);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
