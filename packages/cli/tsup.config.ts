import { cpSync } from "node:fs";
import { defineConfig, type Options } from "tsup";
import { writeFakeFixtures } from "../../scripts/fake-fixtures.mjs";
import { thirdPartyLicences } from "../../scripts/third-party-licences.mjs";

// CommonJS packages inside the bundle call require(), which an ES module does not have.
const requireBanner = `import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);`;

/** One minified bundle starts in a third of the time that separate modules take. */
export const bundle: Options = {
  format: ["esm"],
  platform: "node",
  target: "node22",
  noExternal: [/./],
  // node:sqlite has no other name.
  removeNodeProtocol: false,
  // What is imported when it is needed, as the database, is a file of its own and costs nothing before.
  splitting: true,
  minify: true,
  sourcemap: false,
  banner: { js: requireBanner },
  dts: false,
  esbuildOptions: (options) => {
    // Bundle the workspace's packages from their sources, so that no build order matters.
    options.conditions = ["@orchestrator/source"];
    options.legalComments = "none";
  },
};

export default defineConfig({
  ...bundle,
  entry: ["src/bin.ts"],
  clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
  esbuildPlugins: [thirdPartyLicences("dist/THIRD-PARTY-LICENSES.txt")],
  // The demo's repository, as it is before the first task.
  onSuccess: async () => {
    cpSync("../../examples/demo", "dist/wordstat", { recursive: true });
    // What the services of the demo on GitHub know of its API.
    writeFakeFixtures("../../fakes/src/github", "dist/github-fixtures");
  },
});
