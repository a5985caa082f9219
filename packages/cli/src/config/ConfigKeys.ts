/**
 * Every key of the configuration: its variable, its type, its default, and what it means.
 *
 * All of it is read off the published JSON Schema, which the tests keep to what `ConfigSchema` says.
 */
import published from "../../schema/config.json" with { type: "json" };

/** The part of JSON Schema that the configuration's has. */
export interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly writeOnly?: boolean;
  readonly enum?: ReadonlyArray<string>;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly anyOf?: ReadonlyArray<Shape>;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly $ref?: string;
}

export interface Key {
  readonly path: ReadonlyArray<string>;
  /** The variable of the environment that goes before it. */
  readonly variable: string;
  /** What its value may be. */
  readonly shape: Shape;
  readonly description: string;
  readonly default: unknown;
  readonly isSecret: boolean;
}

/** What every variable of ours begins with. */
export const prefix = "ORCHESTRATOR_";

/** The JSON Schema of a configuration file. */
export const schema: Shape = published as Shape;

/** A shape without null, which stands for an absent key, and without references to variables. */
const bare = (shape: Shape): Shape => {
  const inner = shape.anyOf?.filter(({ $ref, type }) => $ref === undefined && type !== "null");
  if (inner === undefined) return shape;
  return inner.length === 1 ? bare(inner[0]!) : { anyOf: inner };
};

interface Draft extends Omit<Key, "variable"> {
  readonly isSection: boolean;
}

const draftsIn = (
  properties: Readonly<Record<string, Shape>>,
  path: ReadonlyArray<string>,
): ReadonlyArray<Draft> =>
  Object.entries(properties).flatMap(([name, stated]) => {
    const shape = bare(stated);
    const own: Draft = {
      path: [...path, name],
      shape,
      description: stated.description ?? "",
      default: stated.default,
      isSecret: stated.writeOnly === true,
      isSection: path.length === 0 && shape.properties !== undefined,
    };
    return [own, ...draftsIn(shape.properties ?? {}, own.path)];
  });

/** `github.project.number` would be called as `github.project_number` is: the deeper one gives way. */
const variablesOf = (drafts: ReadonlyArray<Draft>): ReadonlyArray<string> => {
  const joined = (path: ReadonlyArray<string>, by: string) => prefix + path.join(by).toUpperCase();
  const shallow = new Map<string, number>();
  for (const { path } of drafts) {
    const name = joined(path, "_");
    shallow.set(name, Math.min(path.length, shallow.get(name) ?? path.length));
  }
  return drafts.map(({ path }) => {
    const name = joined(path, "_");
    return shallow.get(name) === path.length
      ? name
      : `${joined(path.slice(0, -1), "_")}__${path.at(-1)!.toUpperCase()}`;
  });
};

const { $schema: _, ...sections } = schema.properties ?? {};
const drafts = draftsIn(sections, []);
const names = variablesOf(drafts);

/** All keys, in the order of the schema, each mapping before the keys in it; sections are none. */
export const all: ReadonlyArray<Key> = drafts
  .map(({ isSection, ...draft }, index) => ({ isSection, ...draft, variable: names[index]! }))
  .filter(({ isSection }) => !isSection)
  .map(({ isSection: _section, ...key }) => key);

/** Whether a key holds keys that have variables of their own. */
export const isMapping = ({ shape }: Key): boolean => shape.properties !== undefined;

/** Says in some words what a value may be. */
export const typeOf = ({ anyOf, enum: words, items, type, ...shape }: Shape): string => {
  if (words !== undefined) return words.join(", ");
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(" or ");
  if (items !== undefined) return `list of ${items.enum?.join(", ") ?? pluralOf(items)}`;
  if (type === "boolean") return "true or false";
  if (type === "integer" || type === "number") return numberOf(type, shape);
  return type === "object" ? "mapping" : "text";
};

const pluralOf = ({ type }: Shape): string => (type === "object" ? "mappings" : "texts");

const numberOf = (type: string, { exclusiveMinimum, maximum, minimum }: Shape): string => {
  const noun = type === "integer" ? "whole number" : "number";
  if (exclusiveMinimum !== undefined) return `${noun} above ${exclusiveMinimum}`;
  if (minimum === undefined) return noun;
  const isBounded = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return isBounded ? `${noun}, ${minimum} to ${maximum}` : `${noun}, ${minimum} or more`;
};
