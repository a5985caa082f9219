import { defineConfig } from "vitest/config";

const conditions = ["@orchestrator/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // A test sees the same git on every machine: no identity, no signing, no aliases.
    env: { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
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
          include: ["packages/*/test/**/*.test.ts", "fakes/test/**/*.test.ts"],
        },
      },
      { extends: true, test: { name: "examples", include: ["examples/**/*.test.ts"] } },
      { extends: true, test: { name: "simulation", include: ["simulation/test/**/*.test.ts"] } },
      { extends: true, test: { name: "kills", include: ["simulation/real/**/*.test.ts"] } },
    ],
  },
});
