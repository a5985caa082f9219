import { defineConfig } from "tsup";

export default defineConfig({
  // A module each, so that people import only what they use, and declarations can name every type.
  entry: ["src/*.ts", "src/testing/*.ts", "src/remote/*.ts"],
  format: ["esm"],
  platform: "neutral",
  target: "node22",
  sourcemap: true,
  // tsc -b writes the declarations: tsup's own need a TypeScript older than 7.
  dts: false,
  clean: ["!**/*.d.ts", "!**/*.d.ts.map"],
});
