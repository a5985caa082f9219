import { type Memory, noMemory } from "../../LandingPolicy.ts";
import type { PullRequestView } from "../../PullRequestView.ts";

interface Kept {
  readonly sha: string;
  readonly memory: Memory;
  readonly paths: ReadonlyArray<string> | undefined;
}

/** What was done about pull requests, for as long as this process lives. */
export class Memories {
  readonly #kept = new Map<string, Kept>();

  /** What is remembered of a pull request as it is now. What was about another head is forgotten. */
  of(view: PullRequestView, now: number): Memory {
    const { memory } = this.#keep(view, now);
    const isEnqueued = memory.isEnqueued || view.queued !== undefined;
    // What ends from now on ends a request that was seen, not the one that was taken back before it.
    const isOn = view.autoMerge !== undefined || view.queued !== undefined;
    const hasWithdrawn = memory.hasWithdrawn && !(isOn && memory.hasRequested);
    const learnt = { isEnqueued, hasWithdrawn };
    this.change(view, learnt);
    return { ...memory, now, ...learnt };
  }

  change(view: PullRequestView, part: Partial<Memory>): void {
    const kept = this.#keep(view, part.now ?? 0);
    this.#kept.set(view.id, { ...kept, memory: { ...kept.memory, ...part } });
  }

  /** The paths that the head changes, once they were read. */
  paths({ head, id }: PullRequestView): ReadonlyArray<string> | undefined {
    const kept = this.#kept.get(id);
    return kept?.sha === head.sha ? kept.paths : undefined;
  }

  keepPaths(view: PullRequestView, paths: ReadonlyArray<string>, now: number): void {
    this.#kept.set(view.id, { ...this.#keep(view, now), paths });
  }

  #keep({ head, id }: PullRequestView, now: number): Kept {
    const known = this.#kept.get(id);
    if (known?.sha === head.sha) return known;
    const fresh = noMemory(now);
    const { hasAsked, hasRequested, hasWithdrawn, wasOnBase } = known?.memory ?? fresh;
    const memory = { ...fresh, hasAsked, hasRequested, hasWithdrawn, wasOnBase };
    const made = { sha: head.sha, memory, paths: undefined };
    this.#kept.set(id, made);
    return made;
  }
}
