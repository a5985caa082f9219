import { Ajv, type ErrorObject } from "ajv";

/** A JSON Schema for what a person writes. */
export type InputSchema = Readonly<Record<string, unknown>>;

const ajv = new Ajv({ strict: false, allErrors: true, verbose: true, discriminator: true });

/** Gives the value back, or fails with every mistake in it: where, what was found, what is allowed. */
export const checkInput = <A>(what: string, schema: InputSchema, value: A): A => {
  if (ajv.validate(schema, value)) return value;
  const found = (ajv.errors ?? []).map((error) => `  ${sentence(error, value)}`);
  throw new Error(`${what} is not valid:\n${[...new Set(found)].join("\n")}`);
};

const sentence = (error: ErrorObject, value: unknown): string => {
  const { instancePath, message } = error;
  const place = instancePath === "" ? "at the top" : `at ${instancePath}`;
  const found = JSON.stringify(valueAt(value, instancePath))?.slice(0, 80);
  const allowed = allowedBy(error);
  const hint = allowed.length === 0 ? "" : `; allowed: ${allowed.join(", ")}`;
  return `${place}: ${message}, found ${found}${hint}`;
};

const allowedBy = ({ keyword, params, parentSchema }: ErrorObject): ReadonlyArray<string> => {
  if (keyword === "additionalProperties") return Object.keys(parentSchema?.["properties"] ?? {});
  if (keyword === "enum") return params["allowedValues"] as ReadonlyArray<string>;
  if (keyword !== "discriminator") return [];
  const shapes = parentSchema?.["oneOf"] as ReadonlyArray<{ properties: Tagged }>;
  return shapes.map((shape) => shape.properties.kind.const);
};

interface Tagged {
  readonly kind: { readonly const: string };
}

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split("/")
    .slice(1)
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null)?.[key], value);
