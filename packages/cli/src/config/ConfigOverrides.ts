/** The variables of the environment that go before the keys of configuration files. */
import * as Suggest from "@orchestrator/core/Suggest";
import * as Actions from "@orchestrator/local/Actions";
import * as PlanFile from "@orchestrator/local/PlanFile";
import * as Result from "effect/Result";
import * as ConfigKeys from "./ConfigKeys.ts";
import * as ConfigLayers from "./ConfigLayers.ts";
import * as ConfigValue from "./ConfigValue.ts";

/** What one variable says. */
export interface Override extends ConfigLayers.Layer {
  readonly variable: string;
  readonly key: ConfigKeys.Key;
}

/** A variable whose text is not what its key wants. */
export interface Wrong {
  readonly variable: string;
  readonly path: ReadonlyArray<string>;
  readonly message: string;
}

export interface Overrides {
  /** In the order in which they count: a whole mapping before the keys in it. */
  readonly layers: ReadonlyArray<Override>;
  readonly wrong: ReadonlyArray<Wrong>;
  /** Variables that look like ours and are for no key. */
  readonly warnings: ReadonlyArray<string>;
}

/** Hosts that the operator allows, separated by commas or spaces. */
export const hostsVariable = `${ConfigKeys.prefix}ALLOWED_HOSTS`;

/** What else begins as ours do: an agent may itself start the orchestrator. */
const others = new Set([
  hostsVariable,
  ...PlanFile.reservedVariables.map((name) => ConfigKeys.prefix + name),
]);

/** Reads variables; an empty one counts as absent. */
export const read = (variables: Readonly<Record<string, string>>): Overrides => {
  const given = Object.entries(variables).filter(([, text]) => text.trim() !== "");
  const texts = new Map(given.map(([name, text]) => [name, text.trim()]));
  const layers: Array<Override> = [];
  const wrong: Array<Wrong> = [];
  for (const key of ConfigKeys.all) {
    const { path, shape, variable } = key;
    const text = texts.get(variable);
    if (text === undefined) continue;
    texts.delete(variable);
    Result.match(ConfigValue.parse(text, shape), {
      onFailure: (message) => wrong.push({ variable, path, message }),
      onSuccess: (value) => layers.push({ variable, key, value: ConfigLayers.around(path, value) }),
    });
  }
  const unknown = Array.from(texts.keys()).filter(
    (name) => !others.has(name) && !name.startsWith(Actions.secretPrefix),
  );
  return { layers, wrong, warnings: unknown.toSorted().map(unknownText) };
};

const unknownText = (name: string): string => {
  const meant = Suggest.closest(
    name,
    ConfigKeys.all.map(({ variable }) => variable).concat(hostsVariable),
  );
  const hint =
    meant === undefined
      ? "orchestrator config show --json names them all"
      : `did you mean ${meant}?`;
  return `the variable ${name} is for no key of the configuration and says nothing; ${hint}`;
};
