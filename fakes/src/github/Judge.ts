import type { Deed } from "./world/deeds.ts";
import type { Maker } from "./world/Maker.ts";
import type { Issue } from "./world/model.ts";
import { settle } from "./world/settle.ts";
import { fullName } from "./world/World.ts";

/** A merge as it happened. */
export interface MergeReport {
  readonly pull: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly by: string;
  readonly way: "api" | "people" | "auto-merge" | "queue";
  readonly method: "merge" | "squash" | "rebase";
  /** The head that was merged. */
  readonly head: string;
  readonly base: string;
  /** The new tip of the base. */
  readonly sha: string;
}

export interface CommentReport {
  readonly id: number;
  readonly by: string | null;
  readonly body: string;
  /** Bodies that it had before, the first one first. */
  readonly former: ReadonlyArray<string>;
}

export interface LabelReport {
  readonly at: number;
  readonly by: string;
  readonly label: string;
  readonly isSet: boolean;
}

/** Says what came of a run: what a client wrote, how often, in which order, and what it should not have done. */
export class Judge {
  readonly #maker: Maker;

  constructor(maker: Maker) {
    this.#maker = maker;
  }

  /** The comments that an issue has, `owner/repo#1`. */
  commentsOf(name: string): ReadonlyArray<CommentReport> {
    return this.#issue(name).comments.map(({ id, author, body, former }) => ({
      id,
      by: author?.login ?? null,
      body,
      former: [...former],
    }));
  }

  /** Ids of comments that clients wrote with the same mark on the same issue, deleted ones included: the mark is what the pattern's first group finds, or all of it. */
  duplicatedComments(mark: RegExp): ReadonlyMap<string, ReadonlyArray<number>> {
    const found = new Map<string, Array<number>>();
    const once = new RegExp(mark.source, mark.flags.replace("g", ""));
    for (const { on, more } of this.#deeds("comment.created", true)) {
      const [whole, group = whole] = String(more["body"]).match(once) ?? [];
      if (group === undefined) continue;
      const key = `${on} ${group}`;
      found.set(key, [...(found.get(key) ?? []), more["id"] as number]);
    }
    return new Map([...found].filter(([, ids]) => ids.length > 1));
  }

  /** Every merge, in order. */
  merges(): ReadonlyArray<MergeReport> {
    return this.#deeds("pull.merged").map(
      ({ on, at, by, more }) => ({ pull: on, at, by, ...more }) as unknown as MergeReport,
    );
  }

  mergesOf(name: string): ReadonlyArray<MergeReport> {
    return this.merges().filter(({ pull }) => pull === name);
  }

  /** The labels that an issue has. */
  labelsOf(name: string): ReadonlyArray<string> {
    return this.#issue(name).labels.map((label) => label.name);
  }

  /** How the labels of an issue came and went. */
  labelHistory(name: string): ReadonlyArray<LabelReport> {
    const changes = this.#issue(name).events.filter(
      ({ type }) => type === "LabeledEvent" || type === "UnlabeledEvent",
    );
    return changes.map(({ createdAt: at, actor, label, type }) => ({
      at,
      by: actor.login,
      label: label!.name,
      isSet: type === "LabeledEvent",
    }));
  }

  /** Where the card of an issue went, by the values of a field. */
  cardHistory(name: string, field = "Status"): ReadonlyArray<unknown> {
    return this.#deeds("card.moved")
      .filter(({ on, more }) => on === name && more["field"] === field)
      .map(({ more }) => more["value"]);
  }

  /** What no client of ours may do, a sentence each; empty when none did. */
  forbidden(): ReadonlyArray<string> {
    settle(this.#maker);
    return this.#maker.world.deeds
      .filter(({ isApi }) => isApi)
      .flatMap((deed) => this.#blame(deed));
  }

  #blame(deed: Deed): ReadonlyArray<string> {
    const say = (text: string) => [`${deed.by} ${text}`];
    const { what, on, more } = deed;
    const ref = String(more["ref"]);
    switch (what) {
      case "issue.closed":
        return this.#isPull(on) ? say(`closed the pull request ${on}`) : [];
      case "pull.merged":
        return more["expected"] === null ? say(`merged ${on} without saying which head`) : [];
      case "autoMerge.enabled":
        return more["expected"] === null
          ? say(`switched auto-merge of ${on} on without saying which head`)
          : [];
      case "ref.deleted":
        return more["hadUnmerged"] === true
          ? say(`deleted ${ref} of ${on} with unmerged work`)
          : [];
      case "ref.forced":
        return say(`forced ${ref} of ${on} to another history`);
      case "ref.moved":
        return this.#isBase(on, ref) ? say(`pushed to ${ref} of ${on}`) : [];
      case "comment.edited":
      case "comment.deleted":
        return more["author"] === deed.by ? [] : say(`changed somebody else's comment on ${on}`);
      default:
        return [];
    }
  }

  #isPull(name: string): boolean {
    return this.#maker.world.issue(name)?.pull !== null;
  }

  #isBase(repo: string, ref: string): boolean {
    const found = this.#maker.world.repos.find((each) => fullName(each) === repo);
    return found !== undefined && ref === `refs/heads/${found.defaultBranch}`;
  }

  #deeds(what: Deed["what"], isApi?: boolean): ReadonlyArray<Deed> {
    settle(this.#maker);
    return this.#maker.world.deeds.filter(
      (deed) => deed.what === what && (isApi === undefined || deed.isApi === isApi),
    );
  }

  #issue(name: string): Issue {
    settle(this.#maker);
    return this.#maker.issue(name);
  }
}
