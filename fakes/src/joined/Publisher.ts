import { createHash } from "node:crypto";
import type { Run, Stage } from "../codegen/Run.ts";
import { at as valueAt, type Match, matches, type PullRequestScript } from "../codegen/Script.ts";
import type { GitHub } from "../github/GitHub.ts";
import type { CheckInput, FileInput } from "../github/world/input.ts";
import type { World } from "../github/world/World.ts";

/** A run of an agent that ended well. */
export interface Ended {
  readonly run: number;
  /** `owner/repo` that it was launched in. */
  readonly repo: string;
  readonly prompt: string;
  readonly metadata: unknown;
  /** Of `metadata.orchestrator`; `null` where there is none. */
  readonly task: string | null;
  readonly attempt: number | null;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  readonly endedAt: number;
}

/** What an agent delivers. */
export interface PullScript {
  /** By default it pushes to the open pull request of an earlier run of the task, if there is one. */
  readonly does?: "open" | "push" | "nothing";
  readonly title?: string;
  /** By default it closes the issue that the task is. */
  readonly body?: string;
  /** By default one of its own, `changes/<task>.txt`. */
  readonly files?: ReadonlyArray<FileInput>;
  /** Instead of those of the repository. */
  readonly checks?: ReadonlyArray<CheckInput>;
  readonly draft?: boolean;
  readonly labels?: ReadonlyArray<string>;
  readonly base?: string;
  readonly branch?: string;
  /** Where it opens it, when that is not the repository it was launched in. */
  readonly repo?: string;
  /** `codegen-sh[bot]` by default. */
  readonly author?: string;
  readonly failsInQueue?: boolean;
  /** Whether a push has the base merged in, conflicts resolved; by default it has. */
  readonly rebase?: boolean;
  /** Whether the run reports it; by default it does. */
  readonly reported?: boolean;
}

export interface OpenRule {
  readonly match: Match;
  readonly opens: PullScript;
}

export type Opens = ReadonlyArray<OpenRule> | ((run: Ended) => PullScript);

/** What was opened or pushed for a run. */
export interface Opened {
  readonly run: number;
  readonly task: string | null;
  readonly attempt: number | null;
  /** `owner/repo#1`. */
  readonly pull: string;
  readonly does: "open" | "push";
  readonly at: number;
}

/** Opens pull requests for agents, and pushes to them. */
export class Publisher {
  readonly #github: GitHub;
  readonly #world: World;
  readonly #opens: Opens;
  readonly #matched = new Map<OpenRule, number>();
  readonly opened: Array<Opened> = [];
  /** While it works, GitHub is as it was when the run ended. */
  isBusy = false;

  constructor(github: GitHub, opens: Opens) {
    this.#github = github;
    this.#world = github.world;
    this.#opens = opens;
  }

  /** What a run is to report of its pull requests, which are there from now on. */
  deliver(run: Run, stage: Stage, repo: string): ReadonlyArray<PullRequestScript> {
    const { pullRequests = 1 } = stage.outcome!;
    if (pullRequests === null) return [];
    if (typeof pullRequests !== "number") return pullRequests;
    const ended = endedOf(run, stage, repo);
    return Array.from({ length: pullRequests }, (_, index) =>
      this.#then(ended.endedAt, () => this.#publish(ended, this.#scriptOf(ended), index)),
    ).flat();
  }

  #then<A>(at: number, act: () => A): A {
    this.#world.horizon = at;
    this.isBusy = true;
    try {
      return act();
    } finally {
      this.#world.horizon = null;
      this.isBusy = false;
    }
  }

  #scriptOf(ended: Ended): PullScript {
    if (typeof this.#opens === "function") return this.#opens(ended);
    // Every rule counts, so that `nth` does not depend on their order.
    const found = this.#opens.filter((rule) => this.#holds(rule, ended));
    return found[0]?.opens ?? {};
  }

  #holds(rule: OpenRule, ended: Ended): boolean {
    if (!matches(rule.match, ended)) return false;
    const nth = (this.#matched.get(rule) ?? 0) + 1;
    this.#matched.set(rule, nth);
    return rule.match.nth === undefined || rule.match.nth === nth;
  }

  /** `index` tells several pull requests of one run apart: only the first may be one that is there. */
  #publish(ended: Ended, script: PullScript, index: number): ReadonlyArray<PullRequestScript> {
    if (script.does === "nothing") return [];
    const known = index === 0 && script.does !== "open" ? this.#openOne(ended) : null;
    const pull = known ?? this.#open(ended, script, index);
    if (known !== null) this.#push(ended, script, known);
    const { run, task, attempt, endedAt: at } = ended;
    this.opened.push({ run, task, attempt, pull, does: known === null ? "open" : "push", at });
    return script.reported === false ? [] : [this.#report(pull)];
  }

  /** The open pull request that an earlier run of the task opened last. */
  #openOne({ task }: Ended): string | null {
    const mine = this.opened.filter((each) => task !== null && each.task === task);
    const open = mine.filter(({ pull }) => this.#world.issue(pull)?.isOpen === true);
    return open.at(-1)?.pull ?? null;
  }

  #open(ended: Ended, script: PullScript, index: number): string {
    const { endedAt, launchedAt, task, run } = ended;
    const { repo = ended.repo, author = "codegen-sh[bot]", labels = [] } = script;
    const { title = `Change of ${task ?? run}`, body = bodyOf(ended) } = script;
    const { files = [fileOf(ended, index)], branch = branchOf(ended, index) } = script;
    const { base, checks, draft, failsInQueue } = script;
    return this.#github.people.open(repo, {
      title,
      body,
      author,
      labels,
      createdAt: endedAt,
      pull: {
        head: branch,
        files,
        since: launchedAt,
        ...(base === undefined ? {} : { base }),
        ...(checks === undefined ? {} : { checks }),
        ...(draft === undefined ? {} : { draft }),
        ...(failsInQueue === undefined ? {} : { failsInQueue }),
      },
    });
  }

  #push(ended: Ended, script: PullScript, pull: string): void {
    const { author = "codegen-sh[bot]", rebase = true, checks } = script;
    const { files = [fileOf(ended, 0)] } = script;
    const doing = { by: author, at: ended.endedAt };
    const more = checks === undefined ? {} : { checks };
    this.#github.people.push(pull, { ...doing, files, rebase, ...more });
  }

  #report(name: string): PullRequestScript {
    const issue = this.#world.issue(name)!;
    const [repo] = name.split("#");
    return {
      number: issue.number,
      title: issue.title,
      url: `https://github.com/${repo}/pull/${issue.number}`,
      head_branch_name: issue.pull!.head,
    };
  }
}

const endedOf = (run: Run, stage: Stage, repo: string): Ended => {
  const { id, prompt, metadata, createdAt } = run.start;
  const task = valueAt(metadata, "orchestrator.task");
  const attempt = valueAt(metadata, "orchestrator.attempt");
  return {
    run: id,
    repo,
    prompt,
    metadata,
    task: typeof task === "string" ? task : null,
    attempt: typeof attempt === "number" ? attempt : null,
    launchedAt: createdAt,
    endedAt: stage.at,
  };
};

const issueName = /^[\w.-]+\/[\w.-]+#\d+$/;

const bodyOf = ({ task }: Ended): string =>
  task !== null && issueName.test(task) ? `Fixes ${task}` : "";

const slugOf = ({ task, run }: Ended): string =>
  (task ?? String(run)).replaceAll(/[^\w.-]+/g, "-").toLowerCase();

const fileOf = (ended: Ended, index: number): string =>
  `changes/${slugOf(ended)}${index === 0 ? "" : `-${index + 1}`}.txt`;

const branchOf = (ended: Ended, index: number): string => {
  const hex = createHash("sha1").update(`${ended.run} ${index}`).digest("hex").slice(0, 6);
  return `codegen-bot/${slugOf(ended)}-${hex}`;
};
