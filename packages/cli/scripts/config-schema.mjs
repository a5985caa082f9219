// Writes schema/config.json and the table in docs/guides/configuration.md from src/config/ConfigSchema.ts; run it after a change there:
// node --conditions=@orchestrator/source packages/cli/scripts/config-schema.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { configJsonSchema } from "./configJsonSchema.ts";

const schema = new URL("../schema/config.json", import.meta.url);
writeFileSync(schema, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);

const guide = new URL("../../../docs/guides/configuration.md", import.meta.url);
// Only now: the table is made of the schema that was just written.
const { withTable } = await import("./configTable.ts");
writeFileSync(guide, withTable(readFileSync(guide, "utf8")));
