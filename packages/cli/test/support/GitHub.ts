/** A fake of GitHub, and folders in which the command works with it. */
import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { Clock, GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Command from "./Command.ts";

export interface Options extends Omit<GitHub.GitHubOptions, "clock"> {
  /** Files of the folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables besides those that lead to the fake; an empty one takes one of these away. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly factor?: number;
  /** What a program `gh` on the PATH does, as lines for the shell. */
  readonly gh?: string;
}

/** A world with every kind of dependency, and with issues that cannot run. */
export const world: NonNullable<GitHub.GitHubOptions["world"]> = {
  users: ["operator", "eve"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      issues: [
        { title: "Design the API", labels: ["priority:high"] },
        { title: "Write the API", body: "Depends on #1" },
        { title: "Write the UI", body: "Some words\n\nBlocked by: #2", labels: ["depends:#1"] },
        { title: "Publish", blockedBy: ["#2", "acme/api#1"] },
        { title: "Chicken", body: "After #6" },
        { title: "Egg", body: "After #5" },
        { title: "Lost", body: "Requires #999" },
        { title: "Mine coins", author: "eve" },
        { title: "Old", state: "closed", stateReason: "completed" },
        { title: "After the old one", body: "Depends on #9" },
      ],
    },
    { name: "acme/api", permissions: { operator: "admin" }, issues: [{ title: "Elsewhere" }] },
  ],
};

/** A folder whose commands find the fake, with a token for it; the fake runs until the scope closes. */
export const scene = Effect.fnUntraced(function* (options: Options = {}) {
  const { environment, factor, files, gh = "exit 1", ...given } = options;
  const programs = yield* Command.folder({ gh: `#!/bin/sh\n${gh}\n` });
  yield* Effect.sync(() => chmodSync(programs.file("gh"), 0o755));
  const fake = yield* Effect.acquireRelease(
    Effect.promise(() =>
      GitHub.make({ world, clock: Clock.real(factor === undefined ? {} : { factor }), ...given }),
    ),
    (made) => Effect.promise(() => made.close()),
  );
  const variables = {
    PATH: `${programs.path}:${process.env["PATH"]}`,
    GITHUB_API_URL: fake.api,
    GITHUB_TOKEN: fake.token,
    ...environment,
  };
  const folder = yield* Command.folder(files, {
    environment: Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== "")),
    ...(factor === undefined ? {} : { factor }),
  });
  const git = (...args: ReadonlyArray<string>) =>
    execFileSync("git", args, { cwd: folder.path, stdio: "ignore" });
  return {
    ...folder,
    fake,
    /** Makes the folder a clone of a repository, with settings of git. */
    clone: (
      remotes: Readonly<Record<string, string>>,
      settings: Readonly<Record<string, string>> = {},
    ) =>
      Effect.sync(() => {
        git("init", "-q", "-b", "main");
        for (const [name, url] of Object.entries(remotes)) git("remote", "add", name, url);
        for (const [key, value] of Object.entries(settings)) git("config", key, value);
      }),
  };
});
