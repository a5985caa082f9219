/** Makes the JSON Schema of configuration files from the schemas that read them. */
import * as CodegenConfig from "@orchestrator/codegen/CodegenConfig";
import * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import { toJsonSchema } from "@valibot/to-json-schema";
import { type Json, tidy } from "../../local/scripts/planJsonSchema.ts";
import * as ConfigSchema from "../src/config/ConfigSchema.ts";

type Mapping = { [key: string]: Json };

const isMapping = (json: Json | undefined): json is Mapping =>
  typeof json === "object" && json !== null && !Array.isArray(json);

const variable = { $ref: "#/definitions/variable" };

/** Whether a text with `${VAR}` would be no value yet. */
const needsVariable = (json: Json | undefined): boolean =>
  isMapping(json) &&
  (json["enum"] !== undefined || ["number", "integer", "boolean"].includes(String(json["type"])));

/** Lets a variable stand wherever one value stands. */
const withVariables = (json: Json): Json => {
  if (Array.isArray(json)) return json.map(withVariables);
  if (!isMapping(json)) return json;
  const { anyOf, ...rest } = json;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, withVariables(value)]),
  );
  if (!Array.isArray(anyOf)) return inner;
  const [first, ...others] = anyOf.map(withVariables);
  const isKey = isMapping(others.at(-1)) && (others.at(-1) as Mapping)["type"] === "null";
  const allowed =
    isKey && needsVariable(first) ? [first!, variable, ...others] : [first!, ...others];
  return { ...inner, anyOf: allowed };
};

/** The JSON Schema of a configuration file, draft 7. */
export const configJsonSchema = (): Json => {
  const schema = ConfigSchema.complete(CodegenConfig.Section, GitHubConfig.Section);
  const generated = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  const { $schema, ...rest } = withVariables(tidy(generated as unknown as Json)) as Mapping;
  return {
    $schema: $schema!,
    title: "Orchestrator configuration",
    description:
      "Where tasks come from, which agents work on them, and what becomes of their changes.",
    definitions: {
      variable: {
        type: "string",
        pattern: "\\$\\{",
        description: "A variable of the environment: ${NAME} or ${NAME:-default}.",
      },
    },
    ...rest,
  };
};
