/** The shape of a configuration file. The sections of adapters are looked at in detail by these. */
import { choice, list, mapping, must, number } from "@orchestrator/local/DataSchema";
import * as v from "valibot";

/** A key that is null counts as absent. */
const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema);

/** What stands for a number or a truth value, as a variable of the environment gives it. */
const plain = (value: unknown): unknown => {
  if (typeof value !== "string") return value;
  if (value === "true" || value === "false") return value === "true";
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
};

const from = <S extends v.GenericSchema>(schema: S) =>
  optional(v.pipe(v.unknown(), v.transform(plain), schema));

const whole = (least: number, most: number) => {
  const allowed = `be a whole number from ${least} to ${most}`;
  return from(
    v.pipe(
      number(allowed),
      v.integer(must(allowed)),
      v.minValue(least, must(allowed)),
      v.maxValue(most, must(allowed)),
    ),
  );
};

const seconds = (allowed: string, isAllowed: (value: number) => boolean) =>
  from(v.pipe(number(allowed), v.check(isAllowed, must(allowed))));

const flag = from(v.boolean(must("be true or false")));

const agent = mapping(
  {
    max_concurrent_agents: whole(1, 10_000),
    task_timeout_seconds: seconds("be seconds above 0", (value) => value > 0),
    retry_attempts: whole(0, 1_000),
    retry_delay_seconds: seconds("be seconds of 0 or more", (value) => value >= 0),
  },
  "a mapping with keys of the section agent",
);

const automation = mapping(
  {
    auto_merge_on_success: flag,
    post_results_as_comment: flag,
    update_issue_status: flag,
    status_label_prefix: optional(v.string(must("be text"))),
  },
  "a mapping with keys of the section automation",
);

const levels = ["DEBUG", "INFO", "WARNING", "ERROR"] as const;

/** The keys of an adapter's section: null if its value is the adapter's alone to judge, else the keys in it or in its list's items. */
export interface Keys {
  readonly [key: string]: Keys | readonly [Keys] | null;
}

/** The keys of each section that an adapter judges. */
export interface Sections {
  readonly codegen: Keys;
  readonly github: Keys;
}

const keysOnly = (keys: Keys, where: string): v.GenericSchema =>
  mapping(
    Object.fromEntries(
      Object.entries(keys).map(([key, inner]) => [key, optional(valueOf(inner, key))]),
    ),
    `a mapping with keys of ${where}`,
  );

const valueOf = (inner: Keys | readonly [Keys] | null, key: string): v.GenericSchema => {
  if (inner === null) return v.unknown();
  return isList(inner)
    ? list(keysOnly(inner[0], `one of the ${key}`), `a list of ${key}`)
    : keysOnly(inner, key);
};

const isList = (inner: Keys | readonly [Keys]): inner is readonly [Keys] => Array.isArray(inner);

/** The shape of a configuration whose adapters take these keys. */
export const make = ({ codegen, github }: Sections) =>
  mapping(
    {
      github: optional(keysOnly(github, "the section github")),
      codegen: optional(keysOnly(codegen, "the section codegen")),
      agent: optional(agent),
      automation: optional(automation),
      logging_level: optional(choice(levels)),
    },
    "a mapping with the sections github, codegen, agent, automation and the key logging_level",
  );
