import type { InputSchema } from "./checkInput.ts";

const number = { type: "number" };
const natural = { type: "integer", minimum: 1 };
const seconds = { type: "number", minimum: 0 };
const status = { type: "integer", minimum: 200, maximum: 599 };
const string = { type: "string" };
const effect = { enum: ["none", "done"] };

const shape = (
  properties: InputSchema,
  required: ReadonlyArray<string> = [],
): Record<string, unknown> => ({
  type: "object",
  additionalProperties: false,
  required,
  properties,
});

const kind = (name: string, fields: InputSchema = {}, required: ReadonlyArray<string> = []) =>
  shape({ kind: { const: name }, effect, ...fields }, ["kind", ...required]);

const bend = (name: string, fields: InputSchema, required: ReadonlyArray<string>) =>
  shape({ kind: { const: name }, ...fields }, ["kind", ...required]);

const faultOf = ({ hasStale = false, refusals = [] }: FaultNames) => ({
  type: "object",
  required: ["kind"],
  discriminator: { propertyName: "kind" },
  oneOf: [
    kind(
      "status",
      { status, body: {}, retryAfter: { type: ["number", "string"] }, headers: { type: "object" } },
      ["status"],
    ),
    kind("reset"),
    kind("hang"),
    kind("delay", { seconds }, ["seconds"]),
    kind("slow-body", { seconds }),
    kind("truncated"),
    kind("malformed"),
    kind("html", { status }),
    kind("empty", { status }),
    kind("content-type", { type: string }),
    kind("redirect", { location: string, status }, ["location"]),
    kind("oversized", { bytes: natural }),
    bend("list-lag", { seconds }, ["seconds"]),
    ...(hasStale ? [bend("stale", { seconds }, ["seconds"])] : []),
    bend("insert", { count: natural, by: { enum: ["self", "others"] } }, ["count"]),
    ...(refusals.length > 0 ? [kind("refusal", { name: { enum: refusals } }, ["name"])] : []),
  ],
});

const calls = {
  anyOf: [
    natural,
    { type: "array", items: natural },
    shape({ from: natural, to: natural }, ["from"]),
    shape({ every: natural }, ["every"]),
  ],
};

/** What the rules of a service may name. */
export interface FaultNames {
  /** A schema of its endpoints and classes. */
  readonly on: InputSchema;
  /** Its own refusals. */
  readonly refusals?: ReadonlyArray<string>;
  /** Whether it can tell how things were before. */
  readonly hasStale?: boolean;
}

/** Fault rules, as they stand in a file. */
export const faultRulesSchema = (names: FaultNames): InputSchema => ({
  type: "array",
  items: shape(
    {
      fault: faultOf(names),
      on: {
        anyOf: [names.on, { type: "array", items: names.on }],
      },
      task: string,
      during: shape({ from: number, to: number }),
      calls,
      chance: { type: "number", minimum: 0, maximum: 1 },
      times: natural,
    },
    ["fault"],
  ),
});
