import type { RunEvent } from "@orchestrator/core";
import { type Answer, outageOf } from "./BackEnd.ts";
import { pageSize } from "./requests.ts";
import type { World } from "./World.ts";

/** A comment as the place where it is written knows it. */
export interface Comment {
  readonly id: string;
  readonly key: string;
  readonly task: string;
  /** When a listing shows it. */
  readonly listedAt: number;
  /** When its writer takes it out of the listing. */
  removedAt: number;
  /** What it says, by the last request for it that was sent, and when that was. */
  phase: RunEvent.Phase | undefined;
  sentAt: number;
}

/** What a request changes or asks for. */
export type CommentRequest =
  | {
      readonly method: "create";
      readonly key: string;
      readonly task: string;
      readonly phase: RunEvent.Phase;
    }
  | { readonly method: "list"; readonly skip: number }
  | { readonly method: "edit"; readonly id: string; readonly phase: RunEvent.Phase };

/** Where people write below each other; what is written twice is there twice. */
export class Comments {
  readonly #world: World;
  readonly #lag: number;
  readonly #isBusy: boolean;
  readonly #created: (comment: Comment) => void;
  readonly all: Array<Comment> = [];
  /** While most listings fail, and what is answered then. */
  #outage = { until: 0, status: 0, share: 0 };

  constructor(world: World, lag: number, isBusy: boolean, created: (comment: Comment) => void) {
    this.#world = world;
    this.#lag = lag;
    this.#isBusy = isBusy;
    this.#created = created;
    for (let before = isBusy ? world.random.int(0, 15) : 0; before > 0; before--)
      this.#writeOther();
  }

  /** Answers a request that was sent at a moment. */
  handle(request: CommentRequest, sentAt: number): Answer {
    switch (request.method) {
      case "create":
        return this.#create(request.key, request.task, request.phase, sentAt);
      case "list":
        return this.#list(request.skip);
      case "edit":
        return this.#edit(request.id, request.phase, sentAt);
    }
  }

  #create(key: string, task: string, phase: RunEvent.Phase, sentAt: number): Answer {
    const comment = this.#write(key, task);
    comment.phase = phase;
    comment.sentAt = sentAt;
    this.#world.note(`comment ${comment.id} for ${key} says ${phase}`);
    this.#created(comment);
    this.#misfortune();
    return { status: 201, body: show(comment) };
  }

  #write(key: string, task: string): Comment {
    const { isCalm, now, random } = this.#world;
    const lag = isCalm ? 0 : this.#lag * (random.chance(0.4) ? random.between(0.7, 1) : 0.1);
    const comment: Comment = {
      id: `comment-${this.all.length + 1}`,
      key,
      task,
      listedAt: now + lag,
      removedAt: Infinity,
      phase: undefined,
      sentAt: now,
    };
    this.all.push(comment);
    return comment;
  }

  #writeOther(): void {
    this.#write("", "");
  }

  /** Listings fail just when they are needed, and other people answer. */
  #misfortune(): void {
    const world = this.#world;
    const { random } = world;
    if (!this.#isBusy) return;
    if (world.fails("comments out of order", 0.4)) {
      this.#outage = {
        until: world.now + outageOf(random),
        status: random.pick([401, 503]),
        share: random.pick([1, 1, 0.75]),
      };
    }
    for (let others = random.int(0, 8); others > 0; others--) {
      world.after(random.between(0, 100_000), () => world.isCalm || this.#writeOther());
    }
  }

  /** The oldest first. */
  #list(skip: number): Answer {
    const { isCalm, now, random } = this.#world;
    const { share, status, until } = this.#outage;
    if (now < until && !isCalm && random.chance(share)) return { status, body: refusal };
    const visible = this.all.filter(
      ({ listedAt, removedAt }) => listedAt <= now && now < removedAt,
    );
    const items = visible.slice(skip, skip + pageSize).map(show);
    // Other people tidy up while we turn the pages.
    const others = visible.slice(0, skip + pageSize).filter(({ key }) => key === "");
    if (!isCalm && others.length > 0 && random.chance(0.5)) random.pick(others).removedAt = now;
    return { status: 200, body: { items } };
  }

  /** Requests may overtake each other on their way; nobody can help that. */
  #edit(id: string, phase: RunEvent.Phase, sentAt: number): Answer {
    const comment = this.all.find((known) => known.id === id);
    if (comment === undefined) return { status: 404, body: { message: "Comment not found." } };
    if (sentAt >= comment.sentAt) {
      comment.phase = phase;
      comment.sentAt = sentAt;
      this.#world.note(`comment ${id} says ${phase}`);
    }
    return { status: 200, body: show(comment) };
  }
}

const show = ({ id, key }: Comment) => ({ id, key });

const refusal = { message: "Not now." };
