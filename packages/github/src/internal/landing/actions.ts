/** Does what was decided: sends it once, and remembers what came of it. */
import type { CodeHost } from "@orchestrator/core";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { GitHubClient, Send } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import type { Step } from "../../LandingPolicy.ts";
import type { Check, PullRequestView } from "../../PullRequestView.ts";
import { GitRefs } from "../git/GitRefs.ts";
import { autoMergeRefusal } from "./autoMergeRefusal.ts";
import { askedOf, isPassing } from "./failures.ts";
import type { Memories } from "./Memories.ts";
import * as Requests from "./requests.ts";

/** The steps that change something. */
export type Act = Exclude<Step, { readonly _tag: "Wait" | "Landed" | "Refuse" | "Ask" }>;

/** What came of it: the commit of a merge, or that it is time to look again, at once or after a rest. */
export type Done =
  | { readonly _tag: "Merged"; readonly commit: string }
  | {
      readonly _tag: "Look";
      readonly isUrgent: boolean;
      /** Its branch contains its base, or cannot without somebody's doing. */
      readonly isUpToDate?: true;
    };

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
      return inTime(material, (timed) => merge(timed, step));
    case "EnableAutoMerge":
      return inTime(material, (timed) => enable(timed, step));
    case "Enqueue":
      return inTime(material, enqueue);
    case "Withdraw":
      return withdraw(material, step);
    case "Update":
      return update(material);
    case "Retarget":
      return retarget(material, step);
    case "Rerun":
      return Effect.as(rerun(material, step.checks), rest);
  }
};

/** What was seen does not stay true: a request that waits longer for its turn, as for a limit, is not sent. */
const longestWait = "15 seconds";

const inTime = (material: Material, act: (timed: Material) => Result): Result =>
  Effect.suspend(() => {
    let hasLeft = false;
    const leaving = () => {
      hasLeft = true;
      material.leaving();
    };
    const late = Effect.andThen(
      Effect.sleep(longestWait),
      Effect.suspend(() => (hasLeft ? Effect.never : Effect.succeed(rest))),
    );
    return Effect.raceFirst(act({ ...material, leaving }), late);
  });

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

const upToDate: Done = { ...rest, isUpToDate: true };

/** A refusal that says that it contains its base already. */
const nothingNew = /no new commits/i;

/** A refusal that says that somebody pushed meanwhile. */
const pushed = /expected head/i;

const update = (material: Material): Result => {
  const { client, leaving, view } = material;
  return Effect.matchEffect(client.send({ ...Requests.update(view), leaving }), {
    onSuccess: () => Effect.succeed(upToDate),
    onFailure: (error): Result => {
      const isRefusal = error._tag === "Conflict" || error._tag === "Invalid";
      if (!isRefusal) return refused("brought up to date", view, error);
      if (nothingNew.test(error.message)) return Effect.succeed(upToDate);
      if (pushed.test(error.message)) return Effect.succeed(rest);
      return Effect.as(countRefusal(material, error), upToDate);
    },
  });
};

/** The same base as often as it is asked for: nothing is done twice by it. */
const retarget = (
  { client, leaving, view }: Material,
  { to }: Extract<Act, { _tag: "Retarget" }>,
): Result => {
  const named =
    to === undefined ? new GitRefs(client, view.repository).defaultBranch() : Effect.succeed(to);
  const sent = Effect.flatMap(named, (base) =>
    client.send({ ...Requests.retarget(view, base), leaving }),
  );
  return Effect.matchEffect(sent, {
    onSuccess: () => Effect.succeed(rest),
    onFailure: (error): Result => refused("given the base that changes land on", view, error),
  });
};

/** At most once for each head: remembered before it is sent, whatever the answer. What ran twice already does not run again. */
const rerun = Effect.fnUntraced(function* (material: Material, checks: ReadonlyArray<Check>) {
  const { client, leaving } = material;
  const now = yield* Clock.currentTimeMillis;
  yield* note(material, checks, -Infinity);
  const ways = yield* Effect.forEach(checks, (check) => wayOf(material, check));
  for (const way of byWorkflow(material, ways.flat())) {
    const sent = yield* Effect.result(client.send({ ...way.request, leaving }));
    if (sent._tag === "Success" || isPassing(sent.failure)) yield* note(material, way.checks, now);
    else if (underway.test(sent.failure.message)) yield* note(material, way.checks, undefined);
  }
});

/** A refusal that says that other jobs of the workflow have not ended: then is soon enough. */
const underway = /already running/i;

/** When checks were run again; undefined: they were not. */
const note = (
  { memories, view }: Material,
  checks: ReadonlyArray<Check>,
  at: number | undefined,
): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const reruns = new Map(memories.of(view, now).reruns);
    for (const { mark, name } of checks) {
      if (at === undefined) reruns.delete(name);
      else reruns.set(name, { mark, at });
    }
    memories.change(view, { reruns });
  });

interface Way {
  readonly checks: ReadonlyArray<Check>;
  /** The run of a workflow that it is a job of. */
  readonly run: number | undefined;
  readonly request: Send<unknown>;
}

/** How a check is run again; nothing if it ran twice already, or cannot. */
const wayOf = Effect.fnUntraced(function* ({ client, view }: Material, check: Check) {
  const none: ReadonlyArray<Way> = [];
  if (check.rerun === undefined) return none;
  const { number, of } = check.rerun;
  const request = Requests.rerun(view, check, check.rerun);
  if (of === "app") return [{ checks: [check], run: undefined, request }];
  const job = yield* Effect.option(client.get(Requests.job(view, check, number)));
  if (job._tag === "None" || (job.value.run_attempt ?? 1) > 1) return none;
  return [{ checks: [check], run: job.value.run_id, request }];
});

/** A workflow that runs again takes no second request: those of its jobs that failed go together. */
const byWorkflow = ({ view }: Material, ways: ReadonlyArray<Way>): ReadonlyArray<Way> => {
  const groups = new Map<unknown, Way>();
  for (const way of ways) {
    const { run } = way;
    const before = run === undefined ? undefined : groups.get(run);
    const checks = [...(before?.checks ?? []), ...way.checks];
    const request =
      before === undefined || run === undefined ? way.request : Requests.rerunFailed(view, run);
    groups.set(run ?? way, { checks, run, request });
  }
  return [...groups.values()];
};
