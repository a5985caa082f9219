/** What becomes of pull requests, told where people look: in the run's own journal and on the issue. */
import type { CodeHost, Task } from "@orchestrator/core";
import type { News } from "@orchestrator/github/GitHubCodeHost";
import type { Step } from "@orchestrator/github/LandingPolicy";
import type { Landing } from "@orchestrator/github/ReportComment";
import * as Effect from "effect/Effect";

type Listener = (message: string) => Effect.Effect<void>;

export class LandingNews {
  /** Who listens to the landing of a task. */
  readonly #listeners = new Map<Task.TaskId, Listener>();
  readonly #note: (task: Task.TaskId, note: Landing) => Effect.Effect<void>;

  /** What stands on the issue is left to `note`. */
  constructor(note: (task: Task.TaskId, note: Landing) => Effect.Effect<void>) {
    this.#note = note;
  }

  /** The same host; whoever lands a change there hears what becomes of it. */
  listening(host: CodeHost.CodeHost["Service"]): CodeHost.CodeHost["Service"] {
    return {
      gates: host.gates,
      land: (request) => {
        const { progress, task } = request;
        if (progress === undefined) return host.land(request);
        const listen = Effect.sync(() => void this.#listeners.set(task.id, progress));
        const forget = Effect.sync(() => void this.#listeners.delete(task.id));
        return Effect.ensuring(Effect.andThen(listen, host.land(request)), forget);
      },
    };
  }

  /** Tells what is done next about a pull request, or what it waits for. */
  tell({ step, task, view }: News): Effect.Effect<void> {
    const does = sentence(step);
    const message = `pull request #${view.number}: ${does}`;
    const told = this.#listeners.get(task)?.(message) ?? Effect.void;
    const { number, url } = view;
    const checks = view.checks.map(({ name, state }) => ({ name, state }));
    const note: Landing = {
      pullRequest: { url, number },
      checks,
      ...(step._tag === "Wait" ? { waitsFor: does } : {}),
    };
    const log = Effect.logDebug(`${task}: ${url}: ${does}`);
    return Effect.all([log, told, this.#note(task, note)], { discard: true });
  }
}

/** What is done, as a clause. */
export const sentence = (step: Step): string => {
  switch (step._tag) {
    case "Wait":
      return step.why;
    case "Merge":
      return "it is being merged";
    case "EnableAutoMerge":
      return "GitHub is asked to merge it when it may";
    case "Enqueue":
      return "it goes into the merge queue";
    case "Withdraw":
      return `GitHub is asked not to merge it: ${step.why}`;
    case "Retarget":
      return "it is to be merged into the branch that changes land on, now that what it stands on has landed";
    case "Update":
      return "its branch is brought up to date";
    case "Rerun":
      return `checks are run again: ${step.checks.map(({ name }) => name).join(", ")}`;
    case "Landed":
      return "it is merged";
    case "Refuse":
      return "it goes back to the agent";
    case "Ask":
      return "a person must say how it goes on";
  }
};
