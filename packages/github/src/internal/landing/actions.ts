/** Does what was decided: sends it once, and remembers what came of it. */
import type { CodeHost } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import type { Step } from "../../LandingPolicy.ts";
import type { Check, PullRequestView } from "../../PullRequestView.ts";
import { autoMergeRefusal } from "./autoMergeRefusal.ts";
import { askedOf, isPassing } from "./failures.ts";
import type { Memories } from "./Memories.ts";
import * as Requests from "./requests.ts";

/** The steps that change something. */
export type Act = Exclude<Step, { readonly _tag: "Wait" | "Landed" | "Refuse" | "Ask" }>;

/** What came of it: the commit of a merge, or that it is time to look again, at once or after a rest. */
export type Done =
  | { readonly _tag: "Merged"; readonly commit: string }
  | { readonly _tag: "Look"; readonly isUrgent: boolean };

const look: Done = { _tag: "Look", isUrgent: true };
const rest: Done = { _tag: "Look", isUrgent: false };

interface Material {
  readonly client: GitHubClient;
  readonly memories: Memories;
  readonly view: PullRequestView;
  /** Called when a request leaves. */
  readonly leaving: () => void;
}

type Result = Effect.Effect<Done, CodeHost.LandingError>;

/** Must not be interrupted once something has left: what came of it has to be remembered. */
export const perform = (material: Material, step: Act): Result => {
  switch (step._tag) {
    case "Merge":
      return merge(material, step);
    case "EnableAutoMerge":
      return enable(material, step);
    case "Enqueue":
      return enqueue(material);
    case "Withdraw":
      return withdraw(material, step);
    case "Update":
      return update(material);
    case "Rerun":
      return Effect.as(
        Effect.forEach(step.checks, (check) => rerun(material, check), { discard: true }),
        rest,
      );
  }
};

/** Whoever sends something learns what is read next; what may not be done is a matter for people. */
const refused = (what: string, view: PullRequestView, error: GitHubError): Result => {
  if (isPassing(error)) return Effect.succeed(rest);
  return Effect.fail(askedOf(`${view.url} cannot be ${what}`, error));
};

/** A refusal that says only that others were faster is none. */
const overtaken = /base branch was modified|merge already in progress|head branch was modified/i;

const countRefusal = (
  { memories, view }: Material,
  { message }: GitHubError,
): Effect.Effect<Done> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    if (overtaken.test(message)) return rest;
    const { refusals } = memories.of(view, now);
    memories.change(view, { refusals: refusals + 1, refusal: message });
    return rest;
  });

const merge = (material: Material, { method }: Extract<Act, { _tag: "Merge" }>): Result => {
  const { client, leaving, view } = material;
  return Effect.matchEffect(client.send({ ...Requests.merge(view, method), leaving }), {
    onSuccess: ({ merged, sha }) =>
      Effect.succeed<Done>(merged ? { _tag: "Merged", commit: sha } : rest),
    onFailure: (error): Result =>
      error._tag === "Conflict" || error._tag === "Invalid"
        ? countRefusal(material, error)
        : refused("merged", view, error),
  });
};

/** Whether the answer comes or not: what is on from now on may be ours. */
const requesting =
  ({ leaving, memories, view }: Material) =>
  () => {
    memories.change(view, { hasRequested: true });
    leaving();
  };

const enable = (
  material: Material,
  { method }: Extract<Act, { _tag: "EnableAutoMerge" }>,
): Result => {
  const { client, memories, view } = material;
  const request = { ...Requests.enableAutoMerge(view, method), leaving: requesting(material) };
  return Effect.matchEffect(client.mutate(request), {
    onSuccess: () => Effect.succeed(rest),
    onFailure: (error): Result => {
      if (isPassing(error)) return refused("merged", view, error);
      const told = error._tag === "Invalid" ? error.message : "";
      const learnt = autoMergeRefusal(told);
      memories.change(view, learnt);
      return Effect.succeed(learnt.autoMerge === undefined ? rest : look);
    },
  });
};

const enqueue = (material: Material): Result => {
  const { client, view } = material;
  const request = { ...Requests.enqueue(view), leaving: requesting(material) };
  return Effect.matchEffect(client.mutate(request), {
    onSuccess: () => Effect.succeed(rest),
    onFailure: (error): Result =>
      error._tag === "Conflict" || error._tag === "Invalid"
        ? countRefusal(material, error)
        : refused("put into the merge queue", view, error),
  });
};

const withdraw = (
  { client, leaving, memories, view }: Material,
  { from }: Extract<Act, { _tag: "Withdraw" }>,
): Result => {
  const request = from === "queue" ? Requests.dequeue(view) : Requests.disableAutoMerge(view);
  const done = Effect.sync(() => {
    memories.change(view, { hasRequested: false, isEnqueued: false });
    return rest;
  });
  // Whether the answer comes or not: what ends from now on may have been ended by this.
  const withdrawing = () => {
    memories.change(view, { hasWithdrawn: true });
    leaving();
  };
  return Effect.matchEffect(client.mutate({ ...request, leaving: withdrawing }), {
    onSuccess: () => done,
    onFailure: (error): Result => (isPassing(error) ? refused("held back", view, error) : done),
  });
};

const update = (material: Material): Result => {
  const { client, leaving, view } = material;
  return Effect.matchEffect(client.send({ ...Requests.update(view), leaving }), {
    onSuccess: () => Effect.succeed(rest),
    onFailure: (error): Result =>
      error._tag === "Conflict" || error._tag === "Invalid"
        ? countRefusal(material, error)
        : refused("brought up to date", view, error),
  });
};

/** At most once for each head: remembered before it is sent, whatever the answer. What ran twice already does not run again. */
const rerun = Effect.fnUntraced(function* (
  { client, leaving, memories, view }: Material,
  check: Check,
) {
  const now = yield* Clock.currentTimeMillis;
  const note = (at: number) => {
    const reruns = new Map(memories.of(view, now).reruns);
    memories.change(view, { reruns: reruns.set(check.name, { mark: check.mark, at }) });
  };
  note(-Infinity);
  if (check.rerun === undefined) return;
  const { number, of } = check.rerun;
  if (of === "actions") {
    const job = yield* Effect.option(client.get(Requests.job(view, check, number)));
    if (job._tag === "None" || (job.value.run_attempt ?? 1) > 1) return;
  }
  const request = { ...Requests.rerun(view, check, check.rerun), leaving };
  const sent = yield* Effect.result(client.send(request));
  if (sent._tag === "Success" || isPassing(sent.failure)) note(now);
});
