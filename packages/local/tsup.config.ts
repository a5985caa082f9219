import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/*.ts", "src/presets/Presets.ts"],
  format: ["esm"],
  platform: "node",
  target: "node22",
  // node:sqlite has no other name.
  removeNodeProtocol: false,
  sourcemap: true,
  // tsc -b writes the declarations: tsup's own need a TypeScript older than 7.
  dts: false,
  clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
});
