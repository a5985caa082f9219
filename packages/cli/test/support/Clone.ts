/** A clone of a repository of the fake of GitHub, which git can fetch from and push to, with a coding agent on the PATH. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { Clock, GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Command from "./Command.ts";

type World = NonNullable<GitHub.GitHubOptions["world"]>;
type Repo = NonNullable<World["repos"]>[number];

export interface Options extends Pick<Repo, "issues" | "checks"> {
  /** What the coding agent does, as lines for the shell; its prompt is in `$prompt`. */
  readonly play: string;
  /** Lines of the configuration beside the agent. */
  readonly config?: string;
  /** What `origin` is a clone of (default `acme/shop`). */
  readonly origin?: string;
  readonly faults?: GitHub.GitHubOptions["faults"];
}

/** As in `Joined`. */
const factor = 30;
const serverFactor = 36;

/** Keeps each prompt and each start, does its work, and says that it is done as Claude Code does. */
const claude = (log: string, play: string): string => `#!/bin/sh
prompt="${log}/$(printf %s "$ORCHESTRATOR_TASK_ID" | tr '/#' '--')-$ORCHESTRATOR_ATTEMPT"
cat >"$prompt"
echo "$ORCHESTRATOR_TASK_ID $ORCHESTRATOR_ATTEMPT token=\${GITHUB_TOKEN-none}" >>"${log}/starts"
number="\${ORCHESTRATOR_TASK_ID##*#}"
${play}
echo '{"type":"result","subtype":"success","is_error":false,"result":"Done.","session_id":"s-1","total_cost_usd":0.25,"usage":{"input_tokens":3,"output_tokens":4}}'
`;

const git = (cwd: string, ...args: ReadonlyArray<string>): string => {
  const who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"];
  return execFileSync("git", [...who, ...args], { cwd, encoding: "utf8" }).trim();
};

/** A bare repository with a first commit. */
const bare = (folder: string): string => {
  const origin = path.join(folder, "origin.git");
  const seed = path.join(folder, "seed");
  git(folder, "init", "-q", "--bare", "-b", "main", origin);
  git(folder, "init", "-q", "-b", "main", seed);
  execFileSync("sh", ["-c", "echo begin > shop.txt"], { cwd: seed });
  git(seed, "add", "--all");
  git(seed, "commit", "-q", "-m", "Begin");
  git(seed, "push", "-q", origin, "main");
  return origin;
};

/** A folder of its own for the other side, which goes away with the scope. */
const place = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "clone-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 })),
);

/** The clone, its origin and the fake. */
export const scene = Effect.fnUntraced(function* (options: Options) {
  const { config = "", faults = [], origin: cloneOf = "acme/shop", play, ...repo } = options;
  const beside = yield* place;
  const origin = bare(beside);
  const permissions = { operator: "admin" } as const;
  const github = yield* Effect.acquireRelease(
    Effect.promise(() =>
      GitHub.make({
        clock: Clock.real({ factor: serverFactor }),
        faults,
        world: {
          users: ["operator"],
          orgs: [{ login: "acme", members: ["operator"] }],
          repos: [{ name: "acme/shop", permissions, git: origin, ...repo }],
          tokens: [{ token: "fake", user: "operator", kind: "classic", scopes: ["repo"] }],
        },
      }),
    ),
    (made) => Effect.promise(() => made.close()),
  );
  const programs = yield* Command.folder();
  yield* programs.write("claude", claude(beside, play));
  execFileSync("chmod", ["755", programs.file("claude")]);
  const environment = {
    PATH: `${programs.path}:${process.env["PATH"]}`,
    GITHUB_API_URL: github.api,
    GITHUB_TOKEN: github.token,
  };
  const files = {
    "config.yaml": `agents: { claude: {} }\n${config}`,
  };
  const folder = yield* Command.folder(files, { environment, factor });
  const url = `${github.url}/${cloneOf}.git`;
  git(folder.path, "init", "-q", "-b", "main");
  git(folder.path, "remote", "add", "origin", url);
  git(folder.path, "config", `url.${origin}.insteadOf`, url);
  git(folder.path, "pull", "-q", "origin", "main");
  return {
    ...folder,
    github,
    /** What git says in the repository on GitHub. */
    origin: (...args: ReadonlyArray<string>) => git(origin, ...args),
    /** What git says in the clone. */
    clone: (...args: ReadonlyArray<string>) => git(folder.path, ...args),
    /** Task, attempt and token of each start of the agent. */
    starts: () =>
      execFileSync("sh", ["-c", "cat starts 2>/dev/null || true"], {
        cwd: beside,
        encoding: "utf8",
      })
        .trim()
        .split("\n"),
    prompt: (issue: number, attempt: number) =>
      execFileSync("cat", [`acme-shop-${issue}-${attempt}`], { cwd: beside, encoding: "utf8" }),
    /** The pull requests, the oldest first. */
    pulls: () =>
      [...github.world.repo("acme/shop")!.issues.values()].filter(({ pull }) => pull !== null),
  };
});
