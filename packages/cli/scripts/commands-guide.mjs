// Writes the commands in docs/guides/commands.md from their own help; run it after a change there:
// node --conditions=@orchestrator/source packages/cli/scripts/commands-guide.mjs
import { readFileSync, writeFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import { withCommands } from "./commandsText.ts";

const guide = new URL("../../../docs/guides/commands.md", import.meta.url);
writeFileSync(guide, await Effect.runPromise(withCommands(readFileSync(guide, "utf8"))));
