/** A backlog with a second orchestrator on its repositories, and one whose token is revoked in the middle. */
import { join } from "node:path";
import { Operator } from "@orchestrator/core";
import * as Judge from "./backlogJudge.ts";
import * as Scene from "./backlogScene.ts";
import * as World from "./backlogWorld.ts";
import * as Outcome from "./Outcome.ts";
import * as Place from "./Place.ts";
import type * as Program from "./Program.ts";
import type { Case } from "./Totals.ts";

/** The exit code of whoever finds another orchestrator at work. */
const takenCode = 4;

const made = async <A>(root: string, name: string, seed: number, size: number, use: Use<A>) => {
  const home = join(root, `${name}-${seed}`);
  const scene = await Scene.make(World.make(seed, size), home);
  try {
    return await use(scene);
  } finally {
    await scene.close();
  }
};

type Use<A> = (scene: Scene.Scene) => Promise<A>;

const told = ({ code, error, out }: Program.Ended): string =>
  `exit ${code}: ${error}${out.split("\n").slice(-12).join("\n")}`;

const caseOf = async (
  { home }: Scene.Scene,
  name: string,
  problems: ReadonlyArray<string>,
  ended: ReadonlyArray<Program.Ended>,
  note: string,
): Promise<Case> => {
  if (problems.length === 0) await Place.remove(home);
  const all = problems.length === 0 ? [] : [...problems, `left in ${home}`, ...ended.map(told)];
  return { name, points: [], problems: all, note };
};

/** Two begin at the same moment: one works, the other ends and names it. */
export const two = (root: string, seed: number, size: number): Promise<Case> =>
  made(root, "two", seed, size, async (scene) => {
    const other = join(scene.home, "other");
    await Scene.prepare(other, scene.fakes);
    const folders = [scene.home, other];
    const started = folders.map((folder) => scene.start(Scene.first, { folder }));
    const ended = await Promise.all(started.map((one) => one.ended));
    const problems: Array<string> = [];
    const winner = ended.findIndex(({ code }) => code === Judge.code);
    const loser = ended.find(({ code }) => code === takenCode);
    if (winner < 0 || loser === undefined) {
      problems.push(
        `ended with ${ended.map(({ code }) => code).join(" and ")}, not with ${Judge.code} and ${takenCode}`,
      );
    } else {
      const { id, state } = await Outcome.readRun(folders[winner]!);
      problems.push(...Judge.problems(scene, state));
      if (!loser.error.includes(id)) problems.push(`the loser does not name ${id}`);
    }
    return caseOf(scene, "two orchestrators", problems, ended, loser?.error.trim() ?? "");
  });

/** Somebody revokes the token after the third merge; with a new one the run goes on where people say so. */
export const revoked = (root: string, seed: number, size: number): Promise<Case> =>
  made(root, "revoked", seed, size, async (scene) => {
    const started = scene.start(Scene.first);
    started.heard((out) => {
      if (out.split("merged as").length > 3) scene.fakes.github.tokens.revoke("machine");
    });
    const ended = [await started.ended];
    let asked = 0;
    while (ended.length < 4) {
      const { state } = await Outcome.readRun(scene.home);
      const held = Operator.held(state).map(({ task }) => task.task.id);
      if (held.length === 0 && state.outcome !== undefined && state.overdueReports === 0) break;
      asked += held.length;
      for (const task of held) {
        const { code } = await scene.start(["decide", task, "wait"]).ended;
        // What was only to be launched has nothing to look at again.
        if (code !== 0) await scene.start(["decide", task, "relaunch"]).ended;
      }
      ended.push(await scene.start(["resume"], { token: "renewed" }).ended);
    }
    const { state } = await Outcome.readRun(scene.home);
    const problems = [...Judge.problems(scene, state)];
    if (ended.length < 2) problems.push("ended by itself although its token was revoked");
    const codes = ended.map(({ code }) => code).join(", then ");
    const note = `ended with ${codes}; ${asked} tasks were held for the token`;
    return caseOf(scene, "a token revoked and renewed", problems, ended, note);
  });
