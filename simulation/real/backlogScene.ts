/** Both fakes with a backlog, people who interfere, and a folder in which the command works on it. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Clock, Joined, type FaultRule } from "@orchestrator/fakes";
import * as People from "./backlogPeople.ts";
import * as Program from "./Program.ts";
import { type Backlog, codegenRepos } from "./backlogWorld.ts";

/** How many times as fast time passes, for the fakes and for the command. */
const factor = 40;

export interface Faults {
  readonly github?: ReadonlyArray<FaultRule>;
  readonly codegen?: ReadonlyArray<FaultRule>;
}

export interface Scene {
  readonly backlog: Backlog;
  readonly fakes: Joined.Joined;
  readonly home: string;
  readonly start: (args: ReadonlyArray<string>, options?: Options) => Program.Started;
  readonly close: () => Promise<void>;
}

export type Token = "operator" | "machine" | "renewed";

export interface Options {
  readonly at?: Program.Point | undefined;
  /** A token of GitHub: `operator`, a person's; `machine`, or `renewed`, of the same account. */
  readonly token?: Token;
  /** A folder other than the scene's own. */
  readonly folder?: string;
}

export const first = ["run", "--config", "config.yaml", "--concurrency", "10"] as const;

/** Starts the fakes; people come when the first pull request does. */
export const make = async (backlog: Backlog, home: string, faults: Faults = {}): Promise<Scene> => {
  const since = Date.now();
  const fakes = await Joined.make({
    clock: Clock.real({ factor, start: since }),
    codegen: {
      repos: codegenRepos,
      script: { rules: fatesOf(backlog), fallback: { seconds: [5, 25] } },
      // What delays a request on a busy machine counts as often as time passes faster.
      limits: { creates: { count: 14, seconds: 60 }, reads: { count: 80, seconds: 30 } },
      faults: faults.codegen ?? [],
    },
    github: { world: backlog.world, faults: faults.github ?? [] },
    opens: backlog.opens,
  });
  await prepare(home, fakes);
  const leave = People.start(backlog, fakes);
  const start: Scene["start"] = (args, { at, folder = home, token = "machine" } = {}) =>
    Program.start({
      program: Program.fast,
      args: [String(factor), ...args],
      folder,
      home,
      at,
      environment: {
        GITHUB_API_URL: fakes.github.api,
        GITHUB_TOKEN: token,
        CODEGEN_TOKEN: fakes.codegen.token,
        FAST_SINCE: String(since),
        KILL_PACE: "usual",
      },
    });
  const close = async () => {
    leave();
    await fakes.close();
  };
  return { backlog, fakes, home, start, close };
};

const fatesOf = ({ fates }: Backlog) =>
  [...fates]
    .filter(([, fate]) => fate === "retried")
    .map(([task]) => ({ match: { task, nth: 1 }, fate: { end: "FAILED", seconds: 5 } }));

/** Makes a folder with the configuration that leads to the fakes. */
export const prepare = async (folder: string, { codegen }: Joined.Joined): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "config.yaml"),
    `github:
  organization: acme
  project_number: 1
codegen:
  org_id: ${codegen.orgId}
  api_token: \${CODEGEN_TOKEN}
  base_url: ${codegen.url}
  launch_deadline_seconds: 30
  settle_seconds: 30
agent:
  retry_delay_seconds: 1
automation:
  auto_merge_on_success: true
  close_issues: true
`,
  );
};
