/** What the configuration comes to, and where each value stands: what `config show` does. */
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Effect from "effect/Effect";
import type * as Result from "effect/Result";
import * as Config from "./Config.ts";
import * as ConfigKeys from "./ConfigKeys.ts";
import * as ConfigLayers from "./ConfigLayers.ts";
import { nearby, type Origin, type Sources } from "./ConfigSources.ts";
import { Screen } from "../terminal/Screen.ts";
import * as SecretText from "./SecretText.ts";
import * as Text from "../terminal/Text.ts";
import * as ConfigText from "../view/ConfigText.ts";

/** One key as it stands. */
export interface Row {
  readonly key: string;
  /** Undefined if nothing says it and there is no default. */
  readonly value: unknown;
  readonly from: Origin | { readonly _tag: "Default" } | undefined;
  readonly variable: string;
}

export interface Options extends Config.Flags {
  readonly json: boolean;
  /** Whether keys without a value are shown, too. */
  readonly all: boolean;
}

/** What is shown in the place of a secret. */
export const hidden = "***";

/** Prints every key with its value and its origin; fails if the configuration cannot be used. */
export const show = Effect.fn("ConfigShow.show")(function* ({ all, json, ...flags }: Options) {
  const { error, out } = yield* Screen;
  const near = yield* nearby;
  const sources = yield* Config.sourcesOf(flags);
  const rows = rowsOf(sources, yield* serviceVariables);
  for (const warning of sources.warnings) yield* error.print(`warning: ${Text.line(warning)}`);
  yield* out.print(
    json
      ? Text.json(JSON.stringify(document(sources, rows), undefined, 2))
      : ConfigText.lines(sources.files, rows, { all, near, paint: out.paint }).join("\n"),
  );
  // What is wrong only together, as an address that is not allowed.
  const { codegen, github } = yield* Config.ofSources(sources, flags);
  for (const part of [codegen, github]) if (part !== undefined) yield* asEffect(part);
});

const asEffect = (part: Result.Result<unknown, Config.ConfigInvalid>) => Effect.fromResult(part);

/** What the services' own variables say, by the keys that they stand for. */
interface ByVariable {
  readonly name: string;
  readonly value: string;
  /** Whether it goes before the files; else it only helps out. */
  readonly isFirst: boolean;
}

const serviceVariables = Effect.gen(function* () {
  const { environment } = yield* Screen;
  const found = new Map<string, ByVariable>();
  const take = (key: string, name: string, isFirst: boolean, read = (text: string) => text) => {
    const value = (environment([name])[name] ?? "").trim();
    if (value !== "" && !found.has(key)) found.set(key, { name, value: read(value), isFirst });
  };
  for (const [name, key] of Object.entries(Config.codegenVariables)) {
    take(`codegen.${key}`, name, true);
  }
  take("github.base_url", "GITHUB_API_URL", true);
  take("github.base_url", "GH_HOST", true, GitHubHost.apiOf);
  take("github.token", "GITHUB_TOKEN", false);
  take("github.token", "GH_TOKEN", false);
  return found;
});

const rowsOf = (sources: Sources, services: ReadonlyMap<string, ByVariable>): ReadonlyArray<Row> =>
  ConfigKeys.all
    .filter((key) => !ConfigKeys.isMapping(key))
    .map((key) => rowOf(key, sources, services.get(key.path.join("."))));

const rowOf = (
  key: ConfigKeys.Key,
  { originOf, raw }: Sources,
  service: ByVariable | undefined,
): Row => {
  const origin = originOf(key.path);
  const row = { key: key.path.join("."), variable: key.variable };
  const isFirst = service?.isFirst === true && origin?._tag !== "Variable";
  if (service !== undefined && (isFirst || origin === undefined)) {
    const from = { _tag: "Variable", name: service.name } as const;
    return { ...row, value: safe(key, service.value), from };
  }
  if (origin !== undefined) {
    return { ...row, value: safe(key, ConfigLayers.at(raw, key.path)), from: origin };
  }
  const from = key.default === undefined ? undefined : ({ _tag: "Default" } as const);
  return { ...row, value: key.default, from };
};

const safe = ({ isSecret }: ConfigKeys.Key, value: unknown): unknown =>
  isSecret || SecretText.places(value).length > 0 ? hidden : value;

const document = ({ files, warnings }: Sources, rows: ReadonlyArray<Row>) => ({
  files,
  keys: rows.map(({ from, key, value, variable }) => ({
    key,
    value: value ?? null,
    from: from === undefined ? null : fromOf(from),
    variable,
  })),
  warnings,
});

const fromOf = (from: NonNullable<Row["from"]>) => {
  switch (from._tag) {
    case "Default":
      return { kind: "default" };
    case "Variable":
      return { kind: "variable", name: from.name };
    case "File": {
      const { column = null, file, line = null, variables } = from;
      return { kind: "file", file, line, column, variables };
    }
  }
};
