/** Runs examples as people do: as processes of their own, in folders of their own. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "@effect/vitest";

/** The folder of the examples. */
export const examples = join(import.meta.dirname, "..");

/** The examples of a folder, by the ending of their names. */
export const filesIn = (folder: string, ending: string): ReadonlyArray<string> =>
  readdirSync(join(examples, folder)).filter((name) => name.endsWith(ending));

/** A folder that is gone after the test. */
export const temporaryFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-examples-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** How a process ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const execute = (
  command: string,
  args: ReadonlyArray<string>,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd, env, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(command, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

// Sources run as they are, so that no build is needed.
const fromSource = "--conditions=@orchestrator/source";

/** Runs a program of the examples. */
export const runProgram = (name: string): Promise<Ended> =>
  execute(process.execPath, [fromSource, name], examples, process.env);

/** Runs the command `orchestrator` in a folder. */
export const orchestrator = (cwd: string, ...args: ReadonlyArray<string>): Promise<Ended> => {
  const bin = join(examples, "../packages/cli/src/bin.ts");
  const { NODE_COMPILE_CACHE, PATH, TMPDIR } = process.env;
  const env = { PATH, HOME: cwd, NODE_COMPILE_CACHE, ...(TMPDIR === undefined ? {} : { TMPDIR }) };
  return execute(process.execPath, [fromSource, bin, ...args], cwd, env);
};

/** Runs git, or another tool of the system, that must succeed. */
export const output = async (
  cwd: string,
  command: string,
  ...args: ReadonlyArray<string>
): Promise<string> => {
  const { code, stderr, stdout } = await execute(command, args, cwd, process.env);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}${stdout}`);
  return stdout.trimEnd();
};

/** A new git repository that holds a copy of a file, in its first commit. */
export const repositoryWith = async (file: string): Promise<string> => {
  const folder = temporaryFolder();
  cpSync(join(examples, file), join(folder, basename(file)));
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  await output(folder, "git", "init", "--quiet", "-b", "main");
  await output(folder, "git", "add", "--all");
  await output(folder, "git", ...identity, "commit", "--quiet", "-m", "Start");
  return folder;
};
