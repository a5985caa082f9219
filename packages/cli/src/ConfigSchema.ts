/** The shape of a configuration file. The section `codegen` is looked at in detail by its adapter. */
import { choice, mapping, must, number, text } from "@orchestrator/local/DataSchema";
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

const words = optional(text());
const flag = from(v.boolean(must("be true or false")));

const github = mapping(
  {
    token: words,
    organization: words,
    repository: words,
    project_number: whole(1, Number.MAX_SAFE_INTEGER),
    default_branch: words,
    base_url: words,
  },
  "a mapping with keys of the section github",
);

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

/** The shape of a configuration whose section `codegen` has these keys. */
export const make = (codegenKeys: ReadonlyArray<string>) =>
  mapping(
    {
      github: optional(github),
      codegen: optional(
        mapping(
          Object.fromEntries(codegenKeys.map((key) => [key, v.optional(v.unknown())])),
          "a mapping with keys of the section codegen",
        ),
      ),
      agent: optional(agent),
      automation: optional(automation),
      logging_level: optional(choice(levels)),
    },
    "a mapping with the sections github, codegen, agent, automation and the key logging_level",
  );
