import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@orchestrator/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    env: {
      // A test sees the same git on every machine: no identity, no signing, no aliases.
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      // Programs of tests that start from sources are stripped of their types and compiled once, and not by each process.
      NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/compiled", import.meta.url)),
    },
    // Real processes on a busy machine are slow; a test that hangs still ends.
    testTimeout: 60_000,
    // Most tests of the command wait for its processes: two files at once keep two cores busy.
    maxWorkers: 2,
    // Within files that say so, for tests that wait for whole runs.
    maxConcurrency: 3,
    projects: [
      {
        extends: true,
        test: {
          name: "packages",
          // Half of the time of a file was for loading what all files use. No test mocks a module or leaves a global changed.
          isolate: false,
          include: ["packages/*/test/**/*.test.ts", "fakes/test/**/*.test.ts"],
        },
      },
      { extends: true, test: { name: "examples", include: ["examples/**/*.test.ts"] } },
      { extends: true, test: { name: "simulation", include: ["simulation/test/**/*.test.ts"] } },
      { extends: true, test: { name: "kills", include: ["simulation/real/**/*.test.ts"] } },
    ],
  },
});
