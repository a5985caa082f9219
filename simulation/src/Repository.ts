import type { Random } from "./Random.ts";
import type { World } from "./World.ts";

export interface Merge {
  readonly branch: string;
  readonly commit: string;
}

/** What a request changes or asks for. */
export type RepositoryRequest =
  | { readonly method: "look"; readonly branch: string }
  | { readonly method: "propose"; readonly branch: string }
  | { readonly method: "merge"; readonly branch: string; readonly base: string };

/** A code host: pull requests by branch, and a base that moves when one is merged. */
export class Repository {
  readonly #world: World;
  readonly #random: Random;
  /** Branches that do not fit the base any more. */
  readonly #conflicting: (branch: string) => boolean;
  readonly merges: Array<Merge> = [];
  readonly proposed = new Set<string>();
  #head = "base-0";
  #commits = 0;

  constructor(world: World, random: Random, conflicting: (branch: string) => boolean) {
    this.#world = world;
    this.#random = random;
    this.#conflicting = conflicting;
  }

  isMerged(branch: string): boolean {
    return this.merges.some((merge) => merge.branch === branch);
  }

  handle(request: RepositoryRequest): { readonly status: number; readonly body: unknown } {
    // Other people merge too.
    if (!this.#world.isCalm && this.#random.chance(0.05)) this.#advance();
    switch (request.method) {
      case "look":
        return { status: 200, body: this.#look(request.branch) };
      case "propose":
        this.proposed.add(request.branch);
        return { status: 200, body: this.#look(request.branch) };
      case "merge":
        return this.#merge(request.branch, request.base);
    }
  }

  #look(branch: string) {
    const merge = this.merges.find((known) => known.branch === branch);
    return {
      head: this.#head,
      isProposed: this.proposed.has(branch),
      ...(merge === undefined ? {} : { merged: merge.commit }),
    };
  }

  #merge(branch: string, base: string) {
    if (base !== this.#head) return { status: 409, body: { message: "The base has moved." } };
    if (this.#conflicting(branch)) return { status: 422, body: { message: "Conflict." } };
    const commit = this.#advance();
    this.merges.push({ branch, commit });
    this.#world.note(`repository merges ${branch} as ${commit}`);
    return { status: 200, body: this.#look(branch) };
  }

  #advance(): string {
    this.#head = `base-${++this.#commits}`;
    return this.#head;
  }
}
