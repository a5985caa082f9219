/** The refs, trees and commits of one repository, in memory: what GitHub does with them, and nothing else. */
import { createHash } from "node:crypto";
import type { Asked } from "./stub.ts";

interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly parents: ReadonlyArray<string>;
  readonly committer: { readonly date: string };
}

export interface Settings {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly now: () => number;
  /** Refs whose names are not taken, by how they begin. */
  readonly refused?: ReadonlyArray<string>;
  readonly isEmpty?: boolean;
}

const sha = (content: unknown): string =>
  createHash("sha1").update(JSON.stringify(content)).digest("hex");

const answer = (status: number, body: unknown): Response =>
  status === 204 ? new Response(null, { status }) : Response.json(body, { status });

const error = (status: number, message: string): Response => answer(status, { message });

/** What happened to a ref; `to` is undefined where it was deleted. */
export interface Change {
  readonly ref: string;
  readonly to: string | undefined;
  readonly message: string;
}

export class RefServer {
  readonly refs = new Map<string, string>();
  readonly commits = new Map<string, Commit>();
  readonly changes: Array<Change> = [];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A commit that stands on others. */
  commit(message: string, parents: ReadonlyArray<string> = []): string {
    const seconds = Math.floor(this.#settings.now() / 1000) * 1000;
    const content = { message, parents, committer: { date: new Date(seconds).toISOString() } };
    const commit = { sha: sha(content), ...content };
    this.commits.set(commit.sha, commit);
    return commit.sha;
  }

  /** Points a ref somewhere, or deletes it, whatever was there. */
  put(ref: string, to: string | undefined): void {
    if (to === undefined) this.refs.delete(ref);
    else this.refs.set(ref, to);
    const message = to === undefined ? "" : (this.commits.get(to)?.message ?? "");
    this.changes.push({ ref, to, message });
  }

  /** Does what is asked. */
  handle({ body, method, url }: Pick<Asked, "method" | "url" | "body">): Response {
    const [what, ...rest] = url.pathname.split("/").slice(5);
    const given = (body ?? {}) as Record<string, never>;
    const part = decodeURIComponent(rest.join("/"));
    if (url.pathname.endsWith("/acme/shop")) return answer(200, { default_branch: "main" });
    if (this.#settings.isEmpty === true) return error(409, "Git Repository is empty.");
    if (url.pathname.includes("/compare/")) return this.#compare(url.pathname);
    switch (`${method} ${what ?? ""}`) {
      case "POST trees":
        return answer(201, { sha: sha(given) });
      case "POST commits":
        return answer(201, this.commits.get(this.commit(given["message"]!, given["parents"])));
      case "GET commits":
        return this.#found(this.commits.get(part));
      case "GET ref":
        if (this.#isRefused(part)) return error(422, "Invalid reference");
        return this.#found(this.refs.has(part) ? this.#ref(part) : undefined);
      case "GET matching-refs":
        return answer(
          200,
          [...this.refs.keys()].filter((ref) => ref.startsWith(part)).map((ref) => this.#ref(ref)),
        );
      case "POST refs":
        return this.#create(String(given["ref"]).slice("refs/".length), given["sha"]!);
      case "PATCH refs":
        return this.#move(part, given["sha"]!);
      case "DELETE refs":
        if (!this.refs.has(part)) return error(422, "Reference does not exist");
        this.put(part, undefined);
        return answer(204, undefined);
      default:
        return error(404, "Not Found");
    }
  }

  #found(value: unknown): Response {
    return value === undefined ? error(404, "Not Found") : answer(200, value);
  }

  #ref(name: string) {
    return { ref: `refs/${name}`, object: { type: "commit", sha: this.refs.get(name) } };
  }

  #isRefused(name: string): boolean {
    return this.#settings.refused?.some((start) => name.startsWith(start)) === true;
  }

  #create(name: string, to: string): Response {
    if (this.#isRefused(name)) return error(422, "Reference update failed");
    if (this.refs.has(name)) return error(422, "Reference already exists");
    if (!this.commits.has(to)) return error(422, "Object does not exist");
    const known = [...this.refs.keys()];
    if (known.some((ref) => ref.startsWith(`${name}/`) || name.startsWith(`${ref}/`))) {
      return error(422, "Reference update failed");
    }
    this.put(name, to);
    return answer(201, this.#ref(name));
  }

  #move(name: string, to: string): Response {
    const from = this.refs.get(name);
    if (from === undefined) return error(422, "Reference does not exist");
    if (!this.#standsOn(to, from)) return error(422, "Update is not a fast forward");
    this.put(name, to);
    return answer(200, this.#ref(name));
  }

  #compare(path: string): Response {
    const [base = "", head = ""] = path.slice(path.lastIndexOf("/") + 1).split("...");
    const [inBase, inHead] = [this.#history(base), this.#history(head)];
    const ahead = [...inHead].filter((commit) => !inBase.has(commit)).length;
    const behind = [...inBase].filter((commit) => !inHead.has(commit)).length;
    return answer(200, { ahead_by: ahead, behind_by: behind });
  }

  #history(commit: string): ReadonlySet<string> {
    const parents = this.commits.get(commit)?.parents ?? [];
    return new Set([commit, ...parents.flatMap((parent) => [...this.#history(parent)])]);
  }

  #standsOn(commit: string, base: string): boolean {
    if (commit === base) return true;
    const parents = this.commits.get(commit)?.parents ?? [];
    return parents.some((parent) => this.#standsOn(parent, base));
  }
}
