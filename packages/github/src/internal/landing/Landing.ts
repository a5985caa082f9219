import { CodeHost, type Task } from "@orchestrator/core";
import { monotonicMillis } from "@orchestrator/core/remote/time";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { News } from "../../GitHubCodeHost.ts";
import type * as IssueId from "../../IssueId.ts";
import type { LandingOptions } from "../../LandingOptions.ts";
import * as LandingPolicy from "../../LandingPolicy.ts";
import * as PullRequestChoice from "../../PullRequestChoice.ts";
import type { PullRequestView } from "../../PullRequestView.ts";
import { type Act, perform } from "./actions.ts";
import { landingError } from "./failures.ts";
import { finishing } from "./finishing.ts";
import type { Memories } from "./Memories.ts";
import { noPullRequest } from "./noPullRequest.ts";
import { next, type Pace } from "./pace.ts";
import { isOnBase } from "./readiness.ts";
import { refusal } from "./refusal.ts";
import { stackBranch } from "./stackBranch.ts";
import type { Sight, Sighted } from "./Sight.ts";
import type { Turns } from "./Turns.ts";
import { wait } from "./wait.ts";

/** What all landings of a code host have in common. */
export interface Surroundings {
  readonly client: GitHubClient;
  readonly options: LandingOptions;
  readonly pace: Pace;
  readonly sight: Sight;
  readonly memories: Memories;
  readonly turns: Turns;
  readonly onNews: (news: News) => Effect.Effect<void>;
}

interface Place {
  readonly repository: IssueId.Repository;
  readonly issue: number | undefined;
}

type Landed = CodeHost.Landed;
type LandingError = CodeHost.LandingError;

/** Lists may be behind what an agent has just done: so often they are looked through. */
const mostSearches = 4;

/** What GitHub works out when it is asked is there after some seconds. */
const firstMomentMillis = 4_000;

/** How long a landing keeps its turn for that at most: meanwhile nothing else changes the base, which would begin it anew. */
const keptTurnMillis = 30_000;

/** So old may a look be that is taken for one right before a change. */
const freshMillis = 5_000;

/** One change on its way into its base. */
export class Landing {
  readonly #around: Surroundings;
  readonly #request: CodeHost.LandRequest;
  readonly #place: Place;
  readonly #reached = new Set<Task.Gate>();
  /** With the branch of the change that this one stands on, once that is known. */
  #options: LandingOptions;
  /** Whether it was there before the task, and may be somebody else's. */
  #isEarlier = false;
  /** Whether its branch was brought up to date since that has landed. */
  #isUpToDate = false;
  #told = "";

  constructor(around: Surroundings, request: CodeHost.LandRequest, place: Place) {
    this.#around = around;
    this.#request = request;
    this.#place = place;
    this.#options = around.options;
  }

  readonly land: Effect.Effect<Landed, LandingError> = Effect.gen({ self: this }, function* () {
    const { stack } = this.#request;
    if (stack !== undefined) this.#options = yield* this.#stacked(stack);
    const first = yield* this.#choose();
    if (this.#request.wasAsked === true) {
      const now = yield* Clock.currentTimeMillis;
      this.#around.memories.change(first.view, { hasAsked: true, now });
    }
    const release = Effect.sync(() => this.#around.turns.release(first.view));
    return yield* Effect.ensuring(this.#follow(first), release);
  });

  #stacked(stack: CodeHost.Stacked): Effect.Effect<LandingOptions, LandingError> {
    const { client, options, sight } = this.#around;
    const read = stackBranch(client, this.#place.repository, stack, options);
    return Effect.map(sight.patiently(`The branch of ${stack.task}`, read), (stackedOn) => ({
      ...options,
      stackedOn,
    }));
  }

  /** What is known of it, with what it stands on. */
  #situation(view: PullRequestView): Effect.Effect<LandingPolicy.Situation, LandingError> {
    const { stack } = this.#request;
    const options = this.#options;
    const { memories, sight } = this.#around;
    return Effect.map(sight.situation(view), (seen) => {
      if (isOnBase(view, options)) memories.change(view, { wasOnBase: true });
      const situation = { ...seen, isEarlier: this.#isEarlier };
      if (stack === undefined) return situation;
      const hasLanded = stack.standing()._tag === "Landed";
      const against = CodeHost.unsupported(stack);
      const footing = { task: stack.task, hasLanded, against, isUpToDate: this.#isUpToDate };
      return { ...situation, options, stack: footing };
    });
  }

  /** A look after a while, or as soon as what it stands on has ended. */
  #later(view: PullRequestView, millis: number): Effect.Effect<Sighted, LandingError> {
    const { sight } = this.#around;
    const { stack } = this.#request;
    const later = sight.look(view, millis);
    if (stack?.standing()._tag !== "Open") return later;
    return Effect.raceFirst(later, Effect.andThen(stack.settled, sight.look(view, 0)));
  }

  #choose(): Effect.Effect<Sighted, LandingError> {
    return Effect.gen({ self: this }, function* () {
      const { client, pace, sight } = this.#around;
      const options = this.#options;
      const { repository } = this.#place;
      const { change, since, task } = this.#request;
      const read = PullRequestChoice.read(client, { ...this.#place, change, since }, options);
      for (let searches = 1; ; searches++) {
        const askedAt = yield* monotonicMillis;
        const choice = yield* sight.patiently(`The pull request of ${task.id}`, read);
        if (choice._tag === "Delivered") {
          this.#isEarlier = choice.isEarlier === true;
          return { view: choice.view, askedAt };
        }
        const mayAppear = choice._tag === "NoChange" || choice._tag === "Unrelated";
        if (!mayAppear || searches === mostSearches) {
          return yield* noPullRequest(choice, change, task.id, repository);
        }
        yield* Effect.sleep(pace.soonMillis);
      }
    });
  }

  /** Until it ends: looks, does what is to be done, looks again. */
  #follow(first: Sighted): Effect.Effect<Landed, LandingError> {
    return Effect.gen({ self: this }, function* () {
      const { client, pace, sight, turns } = this.#around;
      let seen = first;
      let millis = 0;
      let momentMillis = firstMomentMillis;
      for (;;) {
        const { view } = seen;
        const situation = yield* this.#situation(view);
        const step = LandingPolicy.decide(situation);
        if (isAct(step)) {
          const done = yield* this.#act(seen);
          if (done._tag === "Merged") return { commit: done.commit };
          if (done._tag === "Look") millis = 0;
          seen = done._tag === "Seen" ? done.seen : yield* sight.look(view, done.millis);
          continue;
        }
        const isNews = yield* this.#tell(situation, step);
        if (step._tag === "Landed") return { commit: step.commit };
        if (step._tag === "Refuse") return yield* yield* refusal(client, view, step);
        if (step._tag === "Ask") return yield* this.#ask(view, step.question);
        if (!step.isSoon) turns.release(view);
        millis = next(pace, millis, isNews, step.isSoon);
        const before = view.base.tip;
        const rest = step.isMoment ? Math.min(momentMillis, millis) : millis;
        seen = yield* this.#later(view, rest);
        // Whatever moves the base makes GitHub find out anew.
        const goesOn = step.isMoment && seen.view.base.tip === before;
        momentMillis = goesOn ? momentMillis * 2 : firstMomentMillis;
      }
    });
  }

  /** What a person has to decide; what was held against the head is forgotten, because they may put it right. */
  #ask(view: PullRequestView, question: string): Effect.Effect<never, LandingError> {
    return Effect.suspend(() => {
      this.#around.memories.change(view, { hasAsked: true, refusals: 0 });
      return landingError("Undecided", question);
    });
  }

  /** In its turn, and only if a fresh look says the same. */
  #act(before: Sighted): Effect.Effect<Turn, LandingError> {
    const turn = Effect.gen({ self: this }, function* () {
      const { pace, turns } = this.#around;
      const seen = (yield* this.#isFresh(before)) ? before : yield* this.#afresh(before.view);
      const { view } = seen;
      const situation = yield* this.#situation(view);
      const step = LandingPolicy.decide(situation);
      if (!isAct(step)) return { _tag: "Seen", seen } as const;
      if (step._tag === "Update" && !turns.mayUpdate(view)) {
        const other = `another pull request is brought up to date with ${view.base.branch} first`;
        yield* this.#tell(situation, wait(other, true));
        return { _tag: "Look", millis: pace.soonMillis } as const;
      }
      yield* this.#tell(situation, step);
      const noted = Effect.map(monotonicMillis, (at) => turns.changed(view, at));
      return yield* Effect.ensuring(
        finishing((leaving) => this.#perform(view, step, leaving)),
        noted,
      );
    });
    return this.#around.turns.take(before.view, turn);
  }

  /** How it is now, once GitHub has found out what it works out when it is asked. */
  #afresh(view: PullRequestView): Effect.Effect<Sighted, LandingError> {
    return Effect.gen({ self: this }, function* () {
      const { sight } = this.#around;
      const until = (yield* monotonicMillis) + keptTurnMillis;
      for (let millis = 0; ; millis = firstMomentMillis) {
        const seen = yield* sight.look(view, millis);
        const step = LandingPolicy.decide(yield* this.#situation(seen.view));
        const isMoment = step._tag === "Wait" && step.isMoment === true;
        if (!isMoment || (yield* monotonicMillis) >= until) return seen;
      }
    });
  }

  /** Whether it was seen just now, and after the last change to its base. */
  #isFresh({ askedAt, view }: Sighted): Effect.Effect<boolean> {
    const { turns } = this.#around;
    return Effect.map(
      monotonicMillis,
      (now) => now - askedAt < freshMillis && turns.isSince(view, askedAt),
    );
  }

  #perform(
    view: PullRequestView,
    step: Act,
    leaving: () => void,
  ): Effect.Effect<Turn, LandingError> {
    return Effect.gen({ self: this }, function* () {
      const { client, memories, pace, sight } = this.#around;
      const done = yield* perform({ client, memories, view, leaving }, step);
      if (done._tag === "Look" && done.isUpToDate === true) this.#isUpToDate = true;
      if (done._tag === "Look" && step._tag !== "Merge") {
        return { _tag: "Look", millis: done.isUrgent ? 0 : pace.soonMillis };
      }
      const commit = done._tag === "Merged" ? done.commit : yield* sight.commitOf(view);
      if (commit === undefined) return { _tag: "Look", millis: pace.soonMillis };
      yield* this.#reach(["pr-open", "checks-green", "merged"]);
      return { _tag: "Merged", commit };
    });
  }

  /** Tells gates and news; whether there are some. */
  #tell(situation: LandingPolicy.Situation, step: LandingPolicy.Step): Effect.Effect<boolean> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#reach(LandingPolicy.gates(situation));
      const { attempt, task } = this.#request;
      const { view } = situation;
      if (step._tag === "Wait" && step.isMoment && this.#told !== "") return false;
      const told = JSON.stringify([step, view.state, view.head.sha, view.checks, view.review]);
      if (told === this.#told) return false;
      this.#told = told;
      yield* this.#around.onNews({ task: task.id, attempt, view, step });
      return true;
    });
  }

  /** Each gate once, whatever becomes of it later. */
  #reach(gates: ReadonlyArray<Task.Gate>): Effect.Effect<void> {
    return Effect.forEach(
      gates.filter((gate) => !this.#reached.has(gate)),
      (gate) => {
        this.#reached.add(gate);
        return this.#request.reached(gate);
      },
      { discard: true },
    );
  }
}

type Turn =
  | { readonly _tag: "Merged"; readonly commit: string }
  | { readonly _tag: "Seen"; readonly seen: Sighted }
  | { readonly _tag: "Look"; readonly millis: number };

const isAct = (step: LandingPolicy.Step): step is Act =>
  step._tag !== "Wait" && step._tag !== "Landed" && step._tag !== "Refuse" && step._tag !== "Ask";
