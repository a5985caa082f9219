import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import type { Agent } from "@orchestrator/core";
import * as GitHubClient from "@orchestrator/github/GitHubClient";
import * as PullRequestOpening from "@orchestrator/github/PullRequestOpening";
import { Git, Remote, RunFolder } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as DeliveryNote from "../src/github/DeliveryNote.ts";
import * as LocalDelivery from "../src/github/LocalDelivery.ts";
import * as WorkDelivery from "../src/github/WorkDelivery.ts";
import * as Clone from "./support/Clone.ts";

const task = { id: "acme/shop#1", title: "Server", agent: "claude" } as const;

const asked = (more: Partial<Agent.LaunchRequest> = {}): Agent.LaunchRequest => ({
  run: "r2",
  task,
  attempt: 1,
  key: "r2/1/1",
  dependencies: () => [],
  previousFailure: undefined,
  mayHaveWorked: false,
  ...more,
});

const report: Agent.AgentReport = {
  output: () => Effect.void,
  progress: () => Effect.void,
  discover: () => Effect.void,
  unknownStatus: () => Effect.void,
};

const earlier = RunFolder.branch("r1", task.id, 1);
const own = RunFolder.branch("r2", task.id, 1);

/** The delivery of the run `r2` in a clone, around an agent that only counts its launches. */
const scene = Effect.fnUntraced(function* () {
  const folder = yield* Clone.scene({ issues: [{ title: "Server" }], play: "true" });
  const { github } = folder;
  const token = Redacted.make(github.token);
  const client = yield* GitHubClient.make({
    credentials: { _tag: "Token", token },
    baseUrl: github.api,
  });
  const git = yield* Git.make({ PATH: process.env["PATH"] ?? "" });
  const remote = yield* Remote.make({
    repository: folder.path,
    name: "origin",
    url: folder.clone("config", "remote.origin.url"),
    gits: [git],
  });
  const notes = yield* RunFolder.make(folder.file("notes"));
  const target = { client, remote, base: "main" };
  const delivery = yield* Effect.provideService(
    LocalDelivery.make({ ...target, folder: notes }),
    Git.Git,
    git,
  );
  const launched: Array<Agent.LaunchRequest> = [];
  const agent = delivery.around({
    name: "claude",
    capabilities: { launch: "idempotent", cancel: true, remote: false },
    launch: (request) =>
      Effect.sync(() => {
        launched.push(request);
        return { agent: "claude", id: "r2/agent" };
      }),
    observe: () => Effect.succeed({ _tag: "Succeeded" } as const),
    cancel: () => Effect.die(new Error("nothing is to be cancelled")),
    find: (key) =>
      Effect.succeed(
        launched.some((one) => one.key === key) ? [{ agent: "claude", id: "r2/agent" }] : [],
      ),
  });
  /** Work of an earlier run, and its pull request. */
  const left = (branch: string, base = "main") =>
    Effect.gen(function* () {
      github.people.pushTo("acme/shop", branch, { files: [`${branch.replaceAll("/", "-")}.txt`] });
      const commit = folder.origin("rev-parse", branch);
      const text = { title: "Server", body: "Closes #1" };
      const place = { repository: "acme/shop", branch, commit, base };
      return { ...(yield* PullRequestOpening.ensure(client, { ...place, ...text })), commit };
    });
  return { folder, github, target, git, notes, agent, launched, left };
});

describe("work that an earlier run left open", { concurrent: true }, () => {
  it.live("is landed by a new run, which starts an agent only for what stands in its way", () =>
    Effect.gen(function* () {
      const { agent, launched, left, notes } = yield* scene();
      const { commit, url } = yield* left(earlier);
      const ref = yield* agent.launch(asked());
      expect(ref).toMatchObject({ agent: "claude", url });
      expect(yield* agent.observe(ref, report)).toMatchObject({
        _tag: "Succeeded",
        summary: expect.stringContaining(url),
        change: { pullRequests: [url] },
        usage: { costUsd: 0 },
      });
      yield* agent.cancel(ref);
      expect(launched).toEqual([]);
      const again = asked({ attempt: 2, key: "r2/1/2", mayHaveWorked: true });
      expect(yield* agent.launch(again)).toMatchObject({ id: "r2/agent" });
      expect(launched[0]!.startFrom!.change.commit).toBe(commit);
      const note = yield* DeliveryNote.read(notes, notes.name(task.id, 2));
      expect(note.branch).toBe(earlier);
      // Of several a person has to choose one; until then an agent goes on with none of them.
      const { url: other } = yield* left(RunFolder.branch("r0", task.id, 1));
      const both = yield* agent.observe(yield* agent.launch(asked()), report);
      expect(both).toMatchObject({ change: { pullRequests: [other, url] } });
      yield* agent.launch(asked({ attempt: 3, key: "r2/1/3", mayHaveWorked: true }));
      const last = yield* DeliveryNote.read(notes, notes.name(task.id, 3));
      expect(last.branch).toBe(own);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("is asked about where it goes elsewhere, and counts as none once it is closed", () =>
    Effect.gen(function* () {
      const { agent, github, launched, left, notes } = yield* scene();
      github.people.pushTo("acme/shop", "next", { files: ["next.txt"] });
      const { number, url } = yield* left(earlier, "next");
      const ref = yield* agent.launch(asked());
      expect(yield* agent.observe(ref, report)).toMatchObject({
        _tag: "Waiting",
        question: expect.stringContaining(url),
      });
      expect(launched).toEqual([]);
      github.people.close(`acme/shop#${number}`);
      yield* agent.launch(asked());
      expect(launched).toHaveLength(1);
      const note = yield* DeliveryNote.read(notes, notes.name(task.id, 1));
      expect(note.branch).toBe(own);
      // A launch that is repeated goes on with the agent that works, whatever is open by then.
      yield* left(RunFolder.branch("r0", task.id, 1));
      expect(yield* agent.launch(asked())).toMatchObject({ id: "r2/agent" });
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});

describe("work that was brought before the process was killed", () => {
  it.live(
    "is found once it was merged, and neither its branch nor a pull request is made again",
    () =>
      Effect.gen(function* () {
        const { folder, git, github, left, target } = yield* scene();
        const { commit, number, url } = yield* left(own);
        folder.clone("fetch", "-q", "origin", own);
        github.people.push(`acme/shop#${number}`, { files: ["theirs.txt"] });
        github.people.merge(`acme/shop#${number}`, { method: "squash" });
        github.people.deleteBranch("acme/shop", own);
        const work = { run: "r2", task, attempt: 1, branch: own, commit, agent: "claude" };
        const brought = WorkDelivery.within("2 minutes", target, {
          ...work,
          tell: () => Effect.void,
        });
        expect(yield* Effect.provideService(brought, Git.Git, git)).toBe(url);
        expect(folder.pulls()).toHaveLength(1);
        expect(folder.origin("branch", "--list", "orchestrator/*")).toBe("");
      }).pipe(Effect.provide(NodeServices.layer)),
  );
});
