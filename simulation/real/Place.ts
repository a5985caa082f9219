/** A folder for one case: the home of its commands, with a repository in it. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

export interface Place {
  readonly home: string;
  readonly repository: string;
  /** Outside of the repository: each command appends a line when it starts. */
  readonly starts: string;
}

const placeAt = (home: string): Place => ({
  home,
  repository: join(home, "repository"),
  starts: join(home, "starts"),
});

/** A new folder; the caller removes it. */
export const temporary = async (): Promise<string> =>
  realpath(await mkdtemp(join(tmpdir(), "orchestrator-kills-")));

/** Makes a repository with these files, or those of a folder, in its first commit. */
export const make = async (
  home: string,
  files: Readonly<Record<string, string>>,
  from?: string,
): Promise<Place> => {
  const place = placeAt(home);
  await mkdir(place.repository, { recursive: true });
  if (from !== undefined) await cp(from, place.repository, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(place.repository, name), text);
  }
  await git(place, "init", "--quiet", "-b", "main");
  await git(place, "add", "--all", "--force");
  await git(place, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "Plan");
  return place;
};

/** A place with the same repository in it. */
export const copy = async (of: Place, home: string): Promise<Place> => {
  await cp(of.home, home, { recursive: true });
  return placeAt(home);
};

export const remove = (home: string): Promise<void> => rm(home, { recursive: true, force: true });

export const git = async ({ home, repository }: Place, ...args: ReadonlyArray<string>) => {
  const env = { PATH: process.env["PATH"], HOME: home };
  return (await execute("git", args, { cwd: repository, env })).stdout.trimEnd();
};

/** The lines of a text file, sorted; none if it is not there. */
export const lines = async (file: string): Promise<ReadonlyArray<string>> => {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .sort();
};
