/** Spreads seeds over child processes. */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { JournalKind } from "./Scenario.ts";
import type { Told } from "./worker.ts";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface Options {
  readonly first: number;
  readonly count: number;
  readonly variant?: string | undefined;
  /** Where the events are; without it, the seed says. */
  readonly journal?: JournalKind | undefined;
  /** Whether a process stops at its first seed that breaks a rule. */
  readonly stop?: boolean;
  readonly processes?: number;
}

/** What became of every seed, in the order of the seeds. */
export const simulate = async (options: Options): Promise<ReadonlyArray<Told>> => {
  const processes = Math.min(options.processes ?? availableParallelism(), options.count);
  const shares = Array.from({ length: processes }, (_, index) => share(options, index, processes));
  const told = await Promise.all(shares);
  return told.flat().sort((a, b) => a.seed - b.seed);
};

const flags = ["--conditions=@orchestrator/source", "--disable-warning=ExperimentalWarning"];

/** One process takes every so many-th seed. */
const share = (
  { count, first, journal, stop = false, variant }: Options,
  index: number,
  processes: number,
): Promise<ReadonlyArray<Told>> =>
  new Promise((resolve, reject) => {
    const own = Math.ceil((count - index) / processes);
    const args = [first + index, processes, own, stop ? 1 : 0, ...(journal ? [journal] : [])].map(
      String,
    );
    const isWrong = variant !== undefined;
    const child = fork(file("worker.ts"), args, {
      execArgv: isWrong ? [...flags, "--import", file("patch.ts")] : flags,
      env: { ...process.env, ...(isWrong ? { SIMULATION_VARIANT: variant } : {}) },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    const told: Array<Told> = [];
    let complaint = "";
    child.stderr!.on("data", (chunk) => {
      complaint += String(chunk);
    });
    child.on("message", (report) => told.push(report as Told));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(told);
      reject(new Error(`A process of the simulation ended with ${code}.\n${complaint}`));
    });
  });
