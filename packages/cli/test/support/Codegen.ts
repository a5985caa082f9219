/** A fake of the Codegen API in a process of its own, and folders in which the command works with it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import * as Effect from "effect/Effect";
import * as Command from "./Command.ts";

const server = fileURLToPath(new URL("../../../../fakes/src/codegen-server.ts", import.meta.url));

/** How many times as fast time passes for the command. */
const factor = 30;

/** The service is a fifth faster: what delays a request on a busy machine counts that often, too. */
const serverFactor = 36;

export const token = "fake-codegen-token";

/** What the service is told to do, as JSON, and its flags. */
export interface Options {
  readonly script?: unknown;
  readonly faults?: ReadonlyArray<unknown>;
  readonly flags?: ReadonlyArray<string>;
  /** Files of the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** More lines of the configuration. */
  readonly config?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

interface Entry {
  readonly endpoint?: string;
  readonly effect?: { readonly type: string; readonly key: string; readonly id: number } | null;
}

/** What a service did, as its audit tells. */
export interface Summary {
  readonly launched: number;
  readonly duplicates: number;
  readonly highWater: number;
  readonly busiest: Readonly<Record<string, number>>;
  readonly violations: ReadonlyArray<string>;
}

/** A folder with a configuration for a service that runs until the scope closes. */
export const scene = Effect.fnUntraced(function* (options: Options = {}) {
  const { config = "", environment, faults = [], files, flags = [], script = {} } = options;
  const folder = yield* Command.folder(
    { ...files, "script.json": JSON.stringify(script), "faults.json": JSON.stringify(faults) },
    { environment: { FAKE_TOKEN: token, ...environment }, factor },
  );
  const audit = folder.file("audit.ndjson");
  const args = ["--script", folder.file("script.json"), "--faults", folder.file("faults.json")];
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(
        process.execPath,
        [server, ...args, "--audit", audit, "--factor", String(serverFactor), ...flags],
        { stdio: ["ignore", "pipe", "inherit"] },
      ),
    ),
    (process) => Effect.sync(() => void process.kill("SIGKILL")),
  );
  const [url] = yield* Effect.promise(
    () => once(createInterface({ input: child.stdout }), "line") as Promise<[string]>,
  );
  yield* folder.write(
    "config.yaml",
    `codegen:\n  org_id: 1\n  api_token: \${FAKE_TOKEN}\n  base_url: ${url}\n  repo_id: 7001\n${config}`,
  );
  const entries = (): ReadonlyArray<Entry> =>
    readFileSync(audit, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Entry);
  return {
    ...folder,
    url,
    /** What was asked so far. */
    entries,
    /** How often each key was launched. */
    launches: () => {
      const byKey = new Map<string, number>();
      for (const { effect } of entries()) {
        if (effect?.type !== "created") continue;
        byKey.set(effect.key, (byKey.get(effect.key) ?? 0) + 1);
      }
      return byKey;
    },
    /** Ends the service and answers with what it did. */
    summary: Effect.promise(async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
      const last = entries().at(-1) as unknown as { readonly summary: Summary };
      return last.summary;
    }),
  };
});

/** A plan of chains: so many tasks side by side, each with so many one after another. */
export const chains = (width: number, length: number): string =>
  [
    "tasks:",
    ...Array.from({ length: width * length }, (_, index) => {
      const after = index < width ? "" : `, dependsOn: [t${index - width}]`;
      return `  - { id: t${index}, prompt: Do part ${index}, agent: codegen${after} }`;
    }),
    "",
  ].join("\n");
