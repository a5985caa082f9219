import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Commit, TreeEntry } from "./Git.ts";

/** A commit that somebody pushed. */
export interface Pushed extends Pick<Commit, "sha" | "parents" | "message" | "at"> {
  /** Against its first parent. */
  readonly entries: ReadonlyArray<TreeEntry>;
}

const nobody = { name: "GitHub", email: "noreply@example.com" };

/** A bare repository that is the git side of a repository of the world. */
export class Disk {
  readonly folder: string;
  /** As the world has them; what it sets is set on the disk. */
  readonly refs: Map<string, string>;
  #branches: ReadonlyMap<string, string> = new Map();
  #printed = "";

  constructor(folder: string) {
    this.folder = folder;
    this.refs = new WrittenRefs(this);
  }

  git(args: ReadonlyArray<string>, input = "", env: NodeJS.ProcessEnv = {}): string {
    const options = { cwd: this.folder, input, env: { PATH: process.env["PATH"], ...env } };
    return execFileSync("git", [...args], { ...options, encoding: "utf8" }).replace(/\n$/, "");
  }

  blob(content: string): string {
    return this.git(["hash-object", "-w", "--stdin"], content);
  }

  /** Writes a commit with these files. */
  commit(
    { at, message, parents }: Omit<Commit, "sha" | "changes" | "order">,
    files: Iterable<TreeEntry>,
  ): string {
    const folder = mkdtempSync(join(tmpdir(), "index-"));
    const index = { GIT_INDEX_FILE: join(folder, "index") };
    const lines = Array.from(files, ({ mode, path, sha }) => `${mode} ${sha}\t${path}\n`);
    this.git(["update-index", "--index-info"], lines.join(""), index);
    const tree = this.git(["write-tree"], "", index);
    rmSync(folder, { recursive: true });
    const date = `${Math.floor(at / 1000)} +0000`;
    const who = Object.fromEntries(
      ["AUTHOR", "COMMITTER"].flatMap((role) => [
        [`GIT_${role}_NAME`, nobody.name],
        [`GIT_${role}_EMAIL`, nobody.email],
        [`GIT_${role}_DATE`, date],
      ]),
    );
    const args = parents.flatMap((parent) => ["-p", parent]);
    return this.git(["commit-tree", tree, ...args, "-m", message], "", who);
  }

  /** The branches as they are on the disk. */
  branches(): ReadonlyMap<string, string> {
    const print = this.#print();
    if (print !== this.#printed) this.#branches = this.#list();
    this.#printed = print;
    return this.#branches;
  }

  /** What differs whenever a branch does: to ask git each time would take long. */
  #print(): string {
    const heads = join(this.folder, "refs", "heads");
    const files = readdirSync(heads, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".lock"))
      .map(({ name, parentPath }) => join(parentPath, name));
    return files.map((file) => `${file} ${readFileSync(file, "utf8")}`).join("");
  }

  #list(): ReadonlyMap<string, string> {
    const format = "--format=%(refname) %(objectname)";
    const lines = this.git(["for-each-ref", format, "refs/heads"]).split("\n");
    return new Map(
      lines.filter((line) => line !== "").map((line) => line.split(" ") as [string, string]),
    );
  }

  /** The commits that lead to one, those that they were made from first; `isKnown` ends the search. */
  pushed(tip: string, isKnown: (sha: string) => boolean): ReadonlyArray<Pushed> {
    const all = this.git(["rev-list", "--topo-order", "--reverse", tip]).split("\n");
    return all.filter((sha) => !isKnown(sha)).map((sha) => this.#read(sha));
  }

  #read(sha: string): Pushed {
    const [parents = "", at = "", ...message] = this.git([
      "show",
      "-s",
      "--format=%P%n%ct%n%B",
      sha,
    ]).split("\n");
    const parentShas = parents.split(" ").filter((one) => one !== "");
    const [first] = parentShas;
    const trees = first === undefined ? ["--root", sha] : [first, sha];
    const diff = this.git([
      "diff-tree",
      "-r",
      "--raw",
      "--no-renames",
      "--no-abbrev",
      "--no-commit-id",
      ...trees,
    ]);
    const entries = diff
      .split("\n")
      .filter((line) => line !== "")
      .map(entryOf);
    return {
      sha,
      parents: parentShas,
      message: message.join("\n").trim(),
      at: Number(at) * 1000,
      entries,
    };
  }
}

/** A line of `git diff-tree --raw`: `:100644 100644 old new M\tpath`. */
const entryOf = (line: string): TreeEntry => {
  const [facts = "", path = ""] = line.split("\t");
  const [, mode = "", , sha = "", status = ""] = facts.split(" ");
  return {
    path,
    mode: status === "D" ? "100644" : mode,
    type: "blob",
    sha: status === "D" ? null : sha,
  };
};

/** Refs that are on the disk, too. */
class WrittenRefs extends Map<string, string> {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    super();
    this.#disk = disk;
  }

  override set(ref: string, sha: string): this {
    if (this.get(ref) !== sha) this.#disk.git(["update-ref", ref, sha]);
    return super.set(ref, sha);
  }

  override delete(ref: string): boolean {
    if (this.has(ref)) this.#disk.git(["update-ref", "-d", ref]);
    return super.delete(ref);
  }
}
