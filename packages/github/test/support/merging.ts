/** Landings on the fake of GitHub, in simulated time. */
import type { CodeHost, Task } from "@orchestrator/core";
import type { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as GitHubCodeHost from "../../src/GitHubCodeHost.ts";
import { type Simulation, simulated } from "./simulated.ts";

type Repo = NonNullable<GitHub.WorldInput["repos"]>[number];

/** A GitHub with one repository, acme/shop, which the token's user may merge into. */
export const shop = Effect.fnUntraced(function* (
  repo: Partial<Repo> = {},
  more: Omit<Simulation, "world"> & { readonly world?: GitHub.WorldInput } = {},
) {
  const { world, ...rest } = more;
  const repos: ReadonlyArray<Repo> = [
    { name: "acme/shop", permissions: { operator: "admin", ada: "write" }, ...repo },
  ];
  const users = ["operator", "ada", "eve"];
  const simulation = yield* simulated({ ...rest, world: { users, repos, ...world } });
  const client = yield* simulation.client({ patienceSeconds: Infinity });
  /** A code host that merges by itself and looks often, unless told otherwise. */
  const host = (given: GitHubCodeHost.Options = {}) =>
    GitHubCodeHost.make(client, {
      mode: "auto",
      repository: "acme/shop",
      checksGraceSeconds: 0,
      soonSeconds: 2,
      longestSeconds: 20,
      ...given,
    });
  return { ...simulation, client, host };
});

/** What was merged over the API or otherwise, the oldest first. */
export const merges = (fake: GitHub.GitHub) =>
  fake.world.deeds.filter(({ what }) => what === "pull.merged");

/** Everything that was done to pull requests and branches over the API. */
export const done = (fake: GitHub.GitHub): ReadonlyArray<string> =>
  fake.world.deeds.filter(({ isApi }) => isApi).map(({ on, what }) => `${what} ${on}`);

/** A request to land the pull request of a number, and the gates that it passes. */
export const asked = (number: number) => {
  const gates: Array<Task.Gate> = [];
  const request: CodeHost.LandRequest = {
    run: "r",
    task: { id: `acme/shop#${number}` },
    attempt: 1,
    change: { branch: `refs/pull/${number}/head` },
    reached: (gate) => Effect.sync(() => void gates.push(gate)),
  };
  return { gates, request };
};
