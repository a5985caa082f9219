/** Answers that are lost after what was asked for was done, for every kind of write. */
import type { FaultRule } from "@orchestrator/fakes";
import type { Faults } from "./backlogScene.ts";

/** What the run writes on GitHub, by the names of the fake. */
export const writes = [
  "comments.create",
  "comments.update",
  "labels.create",
  "SetStatus",
  "SetLabels",
  "issues.update",
  "git.createTree",
  "git.createCommit",
  "refs.create",
  "refs.update",
  "refs.delete",
  "pulls.merge",
  "EnableAutoMerge",
  "DisableAutoMerge",
  "Enqueue",
  "jobs.rerun",
] as const;

const lost = (on: string, calls: FaultRule["calls"]): FaultRule => ({
  on,
  ...(calls === undefined ? {} : { calls }),
  fault: { kind: "reset", effect: "done" },
});

/** Every second answer to one kind of write is lost, the first one too. */
export const ofOne = (name: (typeof writes)[number]): Faults => ({
  github: [lost(name, 1), lost(name, { every: 2 })],
});

/** Every second answer to a launch is lost. */
export const ofLaunches: Faults = { codegen: [lost("create", { every: 2 })] };

/** Every fourth answer to every kind of write is lost. */
export const ofAll: Faults = {
  github: writes.map((name) => lost(name, { every: 4 })),
  codegen: [lost("create", { every: 4 })],
};
