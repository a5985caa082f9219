import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import type { GitHubError } from "../../GitHubError.ts";
import type { GitRefs } from "../git/GitRefs.ts";
import type { Found } from "./LeaseErrors.ts";
import * as LeaseRecord from "./LeaseRecord.ts";
import * as Moment from "./Moment.ts";

/** A commit of ours that says that we have the lease. */
export interface Claim {
  readonly sha: string;
  /** Before GitHub was asked to write it: whatever anybody counts from begins later. */
  readonly at: Moment.Moment;
  /** By GitHub's clock. */
  readonly writtenAt: number;
  readonly record: LeaseRecord.LeaseRecord;
}

/** What a ref points at. */
export type Look =
  | { readonly _tag: "Ours"; readonly claim: Claim }
  | { readonly _tag: "Theirs"; readonly sha: string }
  | { readonly _tag: "Nothing" };

/** What a ref points at after a claim was put there, and why it was not taken if it was not. */
export type Placed = Look & { readonly refusal: GitHubError | undefined };

/** The commit that a claim stands on. */
export interface Parent {
  readonly sha: string;
  readonly epoch: number;
  readonly since: number | undefined;
}

/**
 * A ref that can hold a lease, as one holder sees it.
 *
 * GitHub creates a ref only if it is not there, and moves it only to a commit
 * that stands on the one it points at: of two who try, one succeeds. What was
 * sent and not answered may still happen; so each claim is remembered, and one
 * that is found at the ref is ours whenever it got there.
 */
export class LeaseRef {
  readonly name: string;
  readonly repository: string;
  readonly #refs: GitRefs;
  readonly #holder: LeaseRecord.Holder;
  readonly #seconds: number;
  readonly #claims = new Map<string, Claim>();
  #tree: string | undefined;

  constructor(refs: GitRefs, name: string, holder: LeaseRecord.Holder, seconds: number) {
    this.name = name;
    this.repository = refs.repository;
    this.#refs = refs;
    this.#holder = holder;
    this.#seconds = seconds;
  }

  /** Whether a claim was ever put here. */
  get isTried(): boolean {
    return this.#claims.size > 0;
  }

  /** A ref whose name GitHub does not take is not there. */
  look(): Effect.Effect<Look, GitHubError> {
    const tip = Effect.catchTag(this.#refs.tip(this.name), "Invalid", () => Effect.undefined);
    return Effect.map(tip, (sha): Look => {
      if (sha === undefined) return { _tag: "Nothing" };
      const claim = this.#claims.get(sha);
      return claim === undefined ? { _tag: "Theirs", sha } : { _tag: "Ours", claim };
    });
  }

  /** What a commit says about a lease; what is no commit says nothing. */
  read(sha: string): Effect.Effect<Found, GitHubError> {
    return this.#refs.commit(sha).pipe(
      Effect.map(({ message, writtenAt }): Found => ({
        record: LeaseRecord.read(message),
        writtenAt,
      })),
      Effect.catchTag("NotFound", () => Effect.succeed(unknown)),
    );
  }

  /** Writes a claim that nobody sees yet. */
  write(parent: Parent | undefined): Effect.Effect<Claim, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const at = yield* Moment.now;
      const record: LeaseRecord.LeaseRecord = {
        holder: this.#holder,
        seconds: this.#seconds,
        epoch: parent?.epoch ?? 1,
        since: parent?.since,
        claim: yield* unique,
      };
      const tree = (this.#tree ??= yield* this.#refs.tree("README.md", readme));
      const parents = parent === undefined ? [] : [parent.sha];
      const written = yield* this.#refs.write(LeaseRecord.print(record), tree, parents);
      return { sha: written.sha, at, writtenAt: written.writtenAt, record };
    });
  }

  /** Writes a claim and puts it at the ref, if that still points at the parent; then says what is there. */
  put(parent: Parent | undefined): Effect.Effect<Placed, GitHubError> {
    return Effect.gen({ self: this }, function* () {
      const claim = yield* this.write(parent);
      this.#claims.set(claim.sha, claim);
      const { sha } = claim;
      const placed = yield* Effect.result(
        parent === undefined ? this.#refs.create(this.name, sha) : this.#refs.move(this.name, sha),
      );
      if (placed._tag === "Success") return { _tag: "Ours", claim, refusal: undefined } as const;
      return { ...(yield* this.look()), refusal: placed.failure };
    });
  }

  /** Deletes the ref; whoever does that must be sure that nobody else may have taken it over. */
  remove(): Effect.Effect<void, GitHubError> {
    return this.#refs.remove(this.name);
  }
}

const unknown: Found = { record: undefined, writtenAt: Number.NaN };

/** A tree without workflows: where the ref is a branch, moving it starts none. */
const readme = `${LeaseRecord.explanation}\n`;

const letters = "abcdefghijkmnpqrstuvwxyz23456789";

const letter = Effect.map(Random.next, (part) => letters[Math.floor(part * letters.length)]!);

const unique = Effect.map(Effect.replicateEffect(letter, 16), (all) => all.join(""));
