/** The fakes of GitHub and of Codegen, joined, and folders in which the command works with both. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { Clock, type Fate, type GitHub, Joined } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Command from "./Command.ts";

type World = NonNullable<GitHub.GitHubOptions["world"]>;
type Repo = NonNullable<World["repos"]>[number];
type Issue = NonNullable<Repo["issues"]>[number];

export interface Options {
  /** Of `acme/shop`. */
  readonly issues: ReadonlyArray<Issue>;
  /** Issues of `acme/api`, and a board with all of them, which is then where they come from. */
  readonly others?: ReadonlyArray<Issue>;
  /** What becomes of agent runs. */
  readonly fate?: Fate;
  /** What they deliver. */
  readonly opens?: Joined.Opens;
  /** Lines of the section `automation`. */
  readonly automation?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What a fine-grained token may do; absent: a classic one, which may do everything here. */
  readonly token?: Readonly<Record<string, "read" | "write">>;
}

/** How many times as fast time passes for the command: what takes it a minute may take a busy machine two seconds. */
const factor = 30;

/** A fifth faster: what delays a request on a busy machine counts that often, too. */
const serverFactor = 36;

/** A repository with issues, agents that work on them, and a configuration that leads to both. */
export const scene = Effect.fnUntraced(function* (options: Options) {
  const { automation = "", environment, fate = { seconds: 5, result: "Done." } } = options;
  const names = options.others === undefined ? ["acme/shop"] : ["acme/shop", "acme/api"];
  const { codegen, github, opened, violations } = yield* Effect.acquireRelease(
    Effect.promise(() =>
      Joined.make({
        clock: Clock.real({ factor: serverFactor }),
        codegen: {
          script: { fallback: fate },
          repos: names.map((full_name, index) => ({ id: 7001 + index, orgId: 1, full_name })),
        },
        github: { world: worldOf(options) },
        ...(options.opens === undefined ? {} : { opens: options.opens }),
      }),
    ),
    (made) => Effect.promise(() => made.close()),
  );
  const variables = {
    GITHUB_API_URL: github.api,
    GITHUB_TOKEN: github.token,
    CODEGEN_TOKEN: codegen.token,
    ...environment,
  };
  const source =
    options.others === undefined
      ? "repository: acme/shop"
      : "organization: acme\n  project_number: 1";
  const config = `github:
  ${source}
codegen:
  org_id: ${codegen.orgId}
  api_token: \${CODEGEN_TOKEN}
  base_url: ${codegen.url}
  launch_deadline_seconds: 60
  settle_seconds: 90
agent:
  retry_delay_seconds: 1
${automation === "" ? "" : `automation:\n${automation}`}`;
  const folder = () =>
    Command.folder({ "config.yaml": config }, { environment: variables, factor });
  return {
    ...(yield* folder()),
    github,
    codegen,
    violations,
    /** Another folder with the same configuration. */
    elsewhere: folder,
    /** A clone of the repository with the folder `src` and no configuration: variables say how Codegen is reached. */
    clone: Effect.gen(function* () {
      const byVariables = {
        CODEGEN_ORG_ID: String(codegen.orgId),
        CODEGEN_API_TOKEN: codegen.token,
        CODEGEN_API_BASE_URL: codegen.url,
      };
      const around = { environment: { ...variables, ...byVariables }, factor };
      const made = yield* Command.folder({}, around);
      const git = (...args: ReadonlyArray<string>) =>
        execFileSync("git", args, { cwd: made.path, stdio: "ignore" });
      git("init", "-q", "-b", "main");
      git("remote", "add", "origin", `${github.url}/acme/shop.git`);
      mkdirSync(made.file("src"));
      return made;
    }),
    /** The issue that a pull request was opened for. */
    issueOf: (pull: string) => opened().find((one) => one.pull === pull)?.task ?? pull,
    /** Somebody deletes what keeps other orchestrators away. */
    unlock: Effect.promise(() =>
      fetch(`${github.api}/repos/acme/shop/git/refs/orchestrator/lease`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${github.token}`, "user-agent": "somebody" },
      }),
    ),
    /** What the command did on GitHub, in that order. */
    deeds: () => github.world.deeds.filter(({ isApi }) => isApi),
  };
});

const tokenOf = (permissions: Options["token"]): NonNullable<World["tokens"]>[number] => {
  const whose = { token: "fake", user: "operator" };
  return permissions === undefined
    ? { ...whose, kind: "classic", scopes: ["repo", "project"] }
    : { ...whose, kind: "fine-grained", permissions };
};

const worldOf = ({ issues, others, token }: Options): World => {
  const permissions = { operator: "admin" } as const;
  const world: World = {
    users: ["operator"],
    orgs: [{ login: "acme", members: ["operator"] }],
    repos: [{ name: "acme/shop", permissions, issues }],
    tokens: [tokenOf(token)],
  };
  if (others === undefined) return world;
  const cards = [
    ...issues.map((_, index) => `acme/shop#${index + 1}`),
    ...others.map((_, index) => `acme/api#${index + 1}`),
  ];
  const items = cards.map((issue) => ({ issue, values: { Status: "Todo" } }));
  return {
    ...world,
    repos: [...world.repos!, { name: "acme/api", permissions, issues: others }],
    projects: [{ owner: "acme", fields: { Status: ["Todo", "In Progress", "Shipped"] }, items }],
  };
};
