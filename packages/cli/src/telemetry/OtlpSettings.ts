/** Where telemetry goes, as the variables of OpenTelemetry say. */
import * as Secrets from "./Secrets.ts";

export const signals = ["traces", "metrics", "logs"] as const;
export type Signal = (typeof signals)[number];

/** Where one signal goes. */
export interface Destination {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Settings {
  /** Absent: that signal is not sent. */
  readonly destinations: Readonly<Partial<Record<Signal, Destination>>>;
  readonly isProtobuf: boolean;
  readonly service: string;
  /** Of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resource: Readonly<Record<string, string>>;
  /** What is wrong with the variables, a sentence each. */
  readonly problems: ReadonlyArray<string>;
}

/** Tells the value of a variable. */
type Lookup = (name: string) => string | undefined;

const exporter = "OTEL_EXPORTER_OTLP";

/** The variables that are looked at. */
export const variables: ReadonlyArray<string> = [
  "OTEL_SDK_DISABLED",
  "OTEL_SERVICE_NAME",
  "OTEL_RESOURCE_ATTRIBUTES",
  `${exporter}_PROTOCOL`,
  ...["", ...signals.map((signal) => `_${signal.toUpperCase()}`)].flatMap((infix) => [
    `${exporter}${infix}_ENDPOINT`,
    `${exporter}${infix}_HEADERS`,
  ]),
  ...signals.map((signal) => `OTEL_${signal.toUpperCase()}_EXPORTER`),
];

/** Undefined where nothing is sent. An endpoint may be any host: the operator's environment names it. */
export const read = (environment: Readonly<Record<string, string>>): Settings | undefined => {
  const lookup: Lookup = (name) => environment[name]?.trim() || undefined;
  if (lookup("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return undefined;
  const problems: Array<string> = [];
  const destinations: Partial<Record<Signal, Destination>> = {};
  for (const signal of signals) {
    const found = destinationOf(signal, lookup, problems);
    if (found !== undefined) destinations[signal] = found;
  }
  if (Object.keys(destinations).length === 0 && problems.length === 0) return undefined;
  const resource = pairs(lookup("OTEL_RESOURCE_ATTRIBUTES") ?? "");
  return {
    destinations,
    isProtobuf: protocolOf(lookup, problems) === "http/protobuf",
    service: lookup("OTEL_SERVICE_NAME") ?? resource["service.name"] ?? "orchestrator",
    resource,
    problems,
  };
};

const destinationOf = (
  signal: Signal,
  lookup: Lookup,
  problems: Array<string>,
): Destination | undefined => {
  const infix = `_${signal.toUpperCase()}`;
  if (lookup(`OTEL${infix}_EXPORTER`)?.toLowerCase() === "none") return undefined;
  const [own, common] = [`${exporter}${infix}_ENDPOINT`, `${exporter}_ENDPOINT`];
  const given = lookup(own) ?? lookup(common);
  if (given === undefined) return undefined;
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    const name = lookup(own) === undefined ? common : own;
    const problem = `${name} is not an address that begins with http:// or https://, so nothing is sent there`;
    if (!problems.includes(problem)) problems.push(problem);
    return undefined;
  }
  // As the specification has it: the common endpoint is where the paths of signals begin.
  if (lookup(own) === undefined) url.pathname = `${url.pathname.replace(/\/+$/, "")}/v1/${signal}`;
  const headers = pairs(
    lookup(`${exporter}${infix}_HEADERS`) ?? lookup(`${exporter}_HEADERS`) ?? "",
  );
  return { url: url.href, headers };
};

const protocolOf = (lookup: Lookup, problems: Array<string>): string => {
  const protocol = lookup(`${exporter}_PROTOCOL`)?.toLowerCase() ?? "http/json";
  if (!["http/json", "http/protobuf"].includes(protocol)) {
    problems.push(`${exporter}_PROTOCOL must be http/json or http/protobuf; http/json is sent`);
  }
  return protocol;
};

/** `key=value,key=value`, percent-encoded. What has no key is left out. */
const pairs = (list: string): Record<string, string> =>
  Object.fromEntries(
    list.split(",").flatMap((pair) => {
      const at = pair.indexOf("=");
      const key = pair.slice(0, Math.max(at, 0)).trim();
      return key === "" ? [] : [[key, Secrets.decoded(pair.slice(at + 1).trim())]];
    }),
  );
