/** A GitHub of a few pull requests, for landings: it merges, waits and refuses as the test says. */
import type { CodeHost, Task } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as GitHubCodeHost from "../../src/GitHubCodeHost.ts";
import { answer, pull, repository } from "./pulls.ts";
import { type Answer, type Asked, client, json, pass, refused } from "./stub.ts";

type Told = Record<string, unknown>;

/** What a request for a change is called. */
type Act =
  | "merge"
  | "update"
  | "rerun"
  | "EnableAutoMerge"
  | "DisableAutoMerge"
  | "Enqueue"
  | "Dequeue";

/** Answers a request; `does` does what was asked for, and gives the answer that belongs to it. */
type Script = (number: number, does: () => Response) => Answer | Promise<Answer>;

interface Graphql {
  readonly query: string;
  readonly variables: Readonly<Record<string, string | number>>;
}

const us = { __typename: "Bot", login: "us" };

export class Desk {
  readonly #pulls = new Map<number, Told>();
  readonly #scripts = new Map<Act, Array<Script>>();
  readonly #texts = new Map<string, Told>();
  /** What was asked to be changed, in order: `merge 7 head7`. */
  readonly acts: Array<string> = [];
  /** What each pull request changes, and what the base did meanwhile. */
  readonly files = new Map<number, ReadonlyArray<string>>();
  baseFiles: ReadonlyArray<string> = [];
  /** How often the job of every check has run. */
  attempts = 1;
  /** The run of a workflow that all jobs are of. */
  workflow = 1;
  /** What the repository is, beside its name. */
  place: Told = {};
  /** How many queries looked at pull requests. */
  looks = 0;
  /** What the answers of REST say beside, as of limits. */
  headers: Readonly<Record<string, string>> = {};
  /** Answers instead of a look. */
  onLook: (() => Answer) | undefined;

  add(number: number, told: Told = {}): this {
    this.#pulls.set(number, pull(number, told));
    return this;
  }

  change(number: number, told: Told): void {
    this.#pulls.set(number, { ...this.pull(number), ...told });
  }

  pull(number: number): Told {
    const found = this.#pulls.get(number);
    if (found === undefined) throw new Error(`there is no ${number}`);
    return found;
  }

  merged(number: number): void {
    this.change(number, { state: "MERGED", mergeCommit: { oid: `merge${number}` } });
  }

  /** What a check or a review says. */
  says(id: string, text: Told): void {
    this.#texts.set(id, text);
  }

  /** What becomes of the next such requests; the last one stands for all that follow. */
  on(act: Act, ...scripts: ReadonlyArray<Script>): void {
    this.#scripts.set(act, [...scripts]);
  }

  readonly answer = async ({ body, method, url }: Asked): Promise<Answer> => {
    if (url.pathname === "/graphql") return await this.#graphql(body as Graphql);
    const number = Number(/\/(?:pulls|jobs|runs|check-runs)\/(\d+)/.exec(url.pathname)?.[1]);
    const end = url.pathname.split("/").at(-1)!;
    if (method === "GET") return this.#read(url, number, end);
    const told = body as { readonly sha: string; readonly expected_head_sha: string };
    switch (`${method} ${end}`) {
      case "PUT merge":
        return await this.#act("merge", number, told.sha);
      case "PUT update-branch":
        return await this.#act("update", number, told.expected_head_sha);
      case "POST rerun":
      case "POST rerequest":
      case "POST rerun-failed-jobs":
        return await this.#act("rerun", number, "");
      default:
        throw new Error(`a landing never asks for ${method} ${url.pathname}`);
    }
  };

  #read(url: URL, number: number, end: string): Answer {
    if (end === "files") {
      const files = (this.files.get(number) ?? ["src/a.ts"]).map((filename) => ({ filename }));
      return json(files, this.headers);
    }
    if (end === "pulls") {
      const branch = url.searchParams.get("head")?.split(":")[1];
      const found = [...this.#pulls.values()].filter((one) => one["headRefName"] === branch);
      const listed = (one: Told) => ({ number: one["number"], head: { sha: one["headRefOid"] } });
      return json(found.map(listed));
    }
    if (url.pathname.includes("/jobs/")) {
      return json({ run_attempt: this.attempts, run_id: this.workflow });
    }
    if (!url.pathname.includes("/compare/")) throw new Error(`nobody reads ${url.pathname}`);
    return json({ files: this.baseFiles.map((filename) => ({ filename })) });
  }

  async #graphql({ query, variables }: Graphql): Promise<Answer> {
    const [, kind, name = ""] = /^(\w+) (\w+)/.exec(query) ?? [];
    if (kind === "mutation") {
      const number = Number(/\d+/.exec(String(variables["id"]))?.[0]);
      return await this.#act(name as Act, number, String(variables["sha"] ?? ""));
    }
    if (name === "PullRequestTexts") {
      const ids = variables["ids"] as unknown as ReadonlyArray<string>;
      return json({ data: { nodes: ids.map((id) => this.#texts.get(id) ?? null) } });
    }
    if (name === "ClosingPullRequests") return json({ data: { repository: null } });
    this.looks++;
    if (this.onLook !== undefined) return this.onLook();
    const numbers = Object.keys(variables).filter((key) => key.startsWith("m"));
    const one = (key: string) =>
      repository(this.#pulls.get(Number(variables[key])) ?? null, this.place);
    return json(answer(numbers.map(one)));
  }

  async #act(act: Act, number: number, detail: string): Promise<Answer> {
    this.acts.push(`${act} ${number} ${detail}`.trim());
    const does = () => this.#does(act, number, detail);
    const scripts = this.#scripts.get(act) ?? [];
    const script = scripts.length > 1 ? scripts.shift() : scripts[0];
    return await (script === undefined ? does() : script(number, does));
  }

  #does(act: Act, number: number, detail: string): Response {
    if (act === "merge") return this.#merge(number, detail);
    if (act === "rerun") return json({}, {}, 201);
    this.change(number, effects[act](detail));
    return act === "update" ? json({ message: "Updating." }, {}, 202) : json({ data: {} });
  }

  #merge(number: number, sha: string): Response {
    const { headRefOid, state } = this.pull(number);
    if (state !== "OPEN") return refused(405, "Pull Request is not mergeable");
    if (sha !== headRefOid) {
      return refused(409, "Head branch was modified. Review and try the merge again.");
    }
    this.merged(number);
    return json({ sha: `merge${number}`, merged: true, message: "Merged" });
  }
}

const effects: Record<Exclude<Act, "merge" | "rerun">, (sha: string) => Told> = {
  EnableAutoMerge: () => ({ autoMergeRequest: { enabledBy: us } }),
  DisableAutoMerge: () => ({ autoMergeRequest: null }),
  Enqueue: () => ({ mergeQueueEntry: { position: 1, enqueuer: us } }),
  Dequeue: () => ({ mergeQueueEntry: null }),
  update: (sha) => ({ headRefOid: `${sha}+`, mergeStateStatus: "CLEAN" }),
};

/** The answer to a mutation that GitHub refuses. */
export const unprocessable = (message: string): Response =>
  json({ data: null, errors: [{ type: "UNPROCESSABLE", path: ["x"], message }] });

/** A code host at a desk, which merges by itself unless told otherwise. */
export const opened = Effect.fnUntraced(function* (desk: Desk, given: GitHubCodeHost.Options = {}) {
  const { client: github } = yield* client(desk.answer, { patienceSeconds: Infinity });
  const usual = { mode: "auto", repository: "acme/shop" } as const;
  return { host: yield* GitHubCodeHost.make(github, { ...usual, ...given }) };
});

/** Starts to land the pull request of a number. */
export const landing = Effect.fnUntraced(function* (
  host: CodeHost.CodeHost["Service"],
  number: number,
  change: Partial<CodeHost.LandRequest["change"]> = {
    pullRequests: [`https://github.com/acme/shop/pull/${number}`],
  },
  more: Partial<CodeHost.LandRequest> = {},
) {
  const gates: Array<Task.Gate> = [];
  const request: CodeHost.LandRequest = {
    run: "r",
    task: { id: `t${number}` },
    attempt: 1,
    change: { branch: `branch-${number}`, ...change },
    reached: (gate) => Effect.sync(() => void gates.push(gate)),
    ...more,
  };
  const landed = Effect.result(host.land(request));
  const fiber = yield* Effect.forkChild(landed, { startImmediately: true });
  const isOver = () => fiber.pollUnsafe() !== undefined;
  /** How it ends, if it does within twenty simulated minutes. */
  const end = Effect.gen(function* () {
    for (let step = 0; step < 240 && !isOver(); step++) yield* pass("5 seconds");
    return isOver() ? yield* Fiber.join(fiber) : yield* Effect.die(new Error("it does not end"));
  });
  /** The commit it landed as. */
  const commit = Effect.flatMap(end, (result) =>
    result._tag === "Success" ? Effect.succeed(result.success.commit) : Effect.die(result.failure),
  );
  /** Why it did not land. */
  const failure = Effect.flatMap(end, (result) =>
    result._tag === "Failure"
      ? Effect.succeed(result.failure)
      : Effect.die(new Error("it has landed")),
  );
  return { gates, fiber, commit, failure, isOver };
});
