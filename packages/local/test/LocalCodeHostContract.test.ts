import { describe, it } from "@effect/vitest";
import { CodeHostContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Base from "../src/Base.ts";
import { Git } from "../src/Git.ts";
import * as LocalCodeHost from "../src/LocalCodeHost.ts";
import { branchWith, freeBase, repository, services } from "./support/repository.ts";

const setup = Effect.gen(function* () {
  const git = yield* Git;
  const folder = yield* repository();
  const base = yield* freeBase(folder);
  const host = yield* LocalCodeHost.make.pipe(Effect.provideService(Base.Base, base));
  const start = yield* base.tip;
  const branches = new Map<string, string>();
  const changeOf = Effect.fnUntraced(function* (file: string) {
    const branch = `change-${branches.size}`;
    const change = yield* branchWith(folder, branch, start, { [file]: branch });
    branches.set(change.commit, branch);
    return change;
  });
  // Each landing is a merge whose second parent is the change.
  const landed = git
    .text(folder, ["log", "--first-parent", "--reverse", "--format=%P", `${start}..work`])
    .pipe(
      Effect.map((log) =>
        log
          .split("\n")
          .filter((line) => line !== "")
          .map((parents) => branches.get(parents.split(" ")[1] ?? "") ?? parents),
      ),
    );
  const context = yield* Effect.context<Layer.Success<typeof services>>();
  return {
    host,
    reopened: LocalCodeHost.make.pipe(
      Effect.provideServiceEffect(
        Base.Base,
        Base.make({ run: "r1", repository: folder, branch: "work" }),
      ),
      Effect.provideContext(context),
    ),
    change: Effect.suspend(() => changeOf(`file-${branches.size}`)).pipe(
      Effect.provideContext(context),
    ),
    rivals: Effect.all([changeOf("README"), changeOf("README")]).pipe(
      Effect.provideContext(context),
    ),
    landed,
  };
});

describe("LocalCodeHost keeps the contract of a code host", () => {
  const clauses = CodeHostContract.make({
    make: Effect.flatMap(Layer.build(services), (context) => Effect.provideContext(setup, context)),
    within: "50 seconds",
  });
  for (const { name, check } of clauses) it.live(name, () => check);
});
