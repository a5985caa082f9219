import { pathToFileURL } from "node:url";
import { defineConfig } from "tsup";
import { bundle } from "./tsup.config.ts";

/** The command whose time passes faster, for tests alone: no package has it. */
export default defineConfig({
  ...bundle,
  entry: ["test/support/fastCommand.ts"],
  outDir: "../../node_modules/.cache/fast",
  clean: true,
  // It finds what belongs to the command where the bundle of the package finds it.
  define: { "import.meta.url": JSON.stringify(pathToFileURL("dist/bin.js").href) },
});
