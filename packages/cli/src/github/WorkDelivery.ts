/** Brings work that is done to GitHub, once, however often it is asked for: a branch with the commit, and its pull request. */
import { CodeHost } from "@orchestrator/core";
import type { GitHubClient } from "@orchestrator/github/GitHubClient";
import * as PullRequestOpening from "@orchestrator/github/PullRequestOpening";
import * as PullRequestText from "@orchestrator/github/PullRequestText";
import { Remote, RunFolder, Worktree } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Backlog from "../plan/Backlog.ts";
import * as Scrubber from "../telemetry/Scrubber.ts";
import type { DeliveryNote } from "./DeliveryNote.ts";
import * as TaskBranch from "./TaskBranch.ts";

/** Where it goes. */
export interface Target {
  readonly client: GitHubClient;
  readonly remote: Remote.Remote;
  /** The branch that changes land on. */
  readonly base: string;
}

/** Work that is to be on GitHub. */
export interface Work extends DeliveryNote {
  readonly commit: string;
  readonly agent: string;
  readonly summary?: string | undefined;
  readonly tell: (message: string) => Effect.Effect<void>;
}

/** Pushes it and sees to its pull request; answers with the address of that. */
const bring = Effect.fnUntraced(function* ({ base, client, remote }: Target, work: Work) {
  const { agent, attempt, below, branch, commit, run, summary, task, tell } = work;
  const place = { repository: Backlog.repositoryOf(task), branch, commit };
  const open = Effect.gen(function* () {
    yield* tell(`pushing to ${branch} of ${remote.name}`);
    yield* remote.publish(branch, commit);
    yield* tell("opening its pull request");
    const isStacked = below !== undefined && (yield* remote.fetch([below])).has(below);
    const issue = TaskBranch.issueOf(task);
    const told = summary === undefined ? undefined : Scrubber.scrub(summary);
    return yield* PullRequestOpening.ensure(client, {
      ...place,
      base: isStacked ? below : base,
      title: PullRequestText.title(task.title ?? task.id),
      body: PullRequestText.body({ issue, agent, run, summary: told }),
    });
  });
  // It may have been brought before, and merged since: its branch is not made again.
  const { url } = (yield* PullRequestOpening.mergedOf(client, place)) ?? (yield* open);
  // The branch of this machine has served: its work is where everybody sees it.
  const local = RunFolder.branch(run, task.id, attempt);
  yield* Effect.ignore(Worktree.deleteBranch(remote.repository, local, commit));
  return url;
});

type Refusal = Effect.Error<ReturnType<typeof bring>>;

/** An hour without GitHub is waited through, as it is for pull requests that are there. */
export const outages = Schedule.upTo(
  Schedule.min([Schedule.exponential("5 seconds"), Schedule.spaced("1 minute")]),
  { times: 65 },
);

/** Brings it, or gives up after a time: what was sent until then is found again. */
export const within = (duration: `${number} minutes`, target: Target, work: Work) =>
  Effect.timeoutOrElse(bring(target, work), {
    duration,
    orElse: () => {
      const message = `The remote ${target.remote.name} gave no answer in ${duration}.`;
      return Effect.fail(new Remote.RemoteError({ reason: "Unavailable", message }));
    },
  });

const landingError = (reason: CodeHost.LandingError["reason"], message: string) =>
  new CodeHost.LandingError({ reason, message, paths: [] });

/** What a refusal means for the work, which is done and lies on a branch of this clone. */
export const against = (
  { attempt, run, task }: DeliveryNote,
  error: Refusal,
): CodeHost.LandingError => {
  const kept = `It is on the branch ${RunFolder.branch(run, task.id, attempt)} of this clone.`;
  const asked = `The work on ${task.id} is done and could not be delivered: ${error.message} ${kept} Put that right, then decide wait.`;
  switch (error._tag) {
    case "RemoteError":
      if (error.reason === "Unavailable") return landingError("Unavailable", error.message);
      return error.reason === "Moved"
        ? landingError("Refused", `${error.message} ${kept}`)
        : landingError("Undecided", asked);
    case "GitError":
    case "Unavailable":
    case "Malformed":
    case "RateLimited":
      return landingError("Unavailable", error.message);
    default:
      return PullRequestOpening.isEmpty(error)
        ? landingError("Rejected", "Its base contains all that the agent did: there is no change.")
        : landingError("Undecided", asked);
  }
};
