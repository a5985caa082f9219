import { Agent } from "@orchestrator/core";
import { describe, expect, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Scrubbed from "../src/telemetry/Scrubbed.ts";
import * as Secrets from "../src/telemetry/Secrets.ts";

const secret = "a-token-that-nobody-may-see";
Secrets.hide([secret]);

const ref: Agent.AgentRunRef = { agent: "inner", id: "1", url: `https://x/?t=${secret}` };

/** An agent that says the secret whenever it is asked anything, and what it was asked. */
const talkative = (end: Agent.AgentRunEnd, remote = true) => {
  const asked: Array<Agent.LaunchRequest> = [];
  const agent: Agent.Agent = {
    name: "inner",
    capabilities: { launch: "findable", cancel: true, remote },
    launch: (request) => Effect.sync(() => (asked.push(request), ref)),
    observe: (_, report) =>
      Effect.gen(function* () {
        yield* report.output(`half ${secret.slice(0, 9)}`);
        yield* report.output(`${secret.slice(9)} told`);
        yield* report.progress(`holds ${secret}`);
        yield* Effect.orDie(report.discover([{ id: "new", prompt: `use ${secret}` }]));
        return end;
      }),
    cancel: () => Effect.fail(new Agent.AgentError({ operation: "cancel", message: secret })),
    find: () => Effect.fail(new Agent.AgentError({ operation: "find", message: secret })),
  };
  return { agent: Scrubbed.agent(agent), asked };
};

const request: Agent.LaunchRequest = {
  run: "r",
  task: { id: "t", title: `Fix ${secret}`, prompt: secret, payload: { env: { A: secret } } },
  attempt: 1,
  key: "k",
  dependencies: () => [],
  previousFailure: undefined,
};

const observed = (end: Agent.AgentRunEnd) => {
  const told: Array<unknown> = [];
  const tell = (one: unknown) => Effect.sync(() => void told.push(one));
  const report = { output: tell, progress: tell, discover: tell, unknownStatus: tell };
  return Effect.map(talkative(end).agent.observe(ref, report), (ended) => ({ ended, told }));
};

describe("Scrubbed.agent", () => {
  it.effect("takes secrets out of what an agent prints, says, finds and ends with", () =>
    Effect.gen(function* () {
      const failure = { class: "agent", message: `failed with ${secret}` } as const;
      const { ended, told } = yield* observed({ _tag: "Failed", failure, output: [secret] });
      expect(ended).toEqual({
        _tag: "Failed",
        failure: { class: "agent", message: "failed with [redacted]" },
        output: ["[redacted]"],
      });
      expect(told).toEqual([
        "holds [redacted]",
        [{ id: "new", prompt: "use [redacted]" }],
        "half [redacted] told",
      ]);
      const { agent } = talkative({ _tag: "Succeeded" });
      expect((yield* agent.launch(request)).url).toBe("https://x/?t=[redacted]");
      expect((yield* Effect.flip(agent.cancel(ref))).message).toBe("[redacted]");
      expect((yield* Effect.flip(agent.find("k"))).message).toBe("[redacted]");
    }),
  );

  it.effect("says why a launch was refused without secrets, and until when", () =>
    Effect.gen(function* () {
      const error = { reason: "Exhausted", message: `no quota for ${secret}`, until: 7 } as const;
      const { agent } = talkative({ _tag: "Succeeded" });
      const refusing = { ...agent, launch: () => Effect.fail(new Agent.LaunchError(error)) };
      const told = yield* Effect.flip(Scrubbed.agent(refusing).launch(request));
      expect(told).toMatchObject({ ...error, message: "no quota for [redacted]" });
    }),
  );

  it.effect("lets no secret out of this machine, and gives a command what its plan says", () =>
    Effect.gen(function* () {
      const remote = talkative({ _tag: "Succeeded" });
      yield* remote.agent.launch(request);
      expect(JSON.stringify(remote.asked)).not.toContain(secret);
      const local = talkative({ _tag: "Succeeded" }, false);
      yield* local.agent.launch(request);
      expect(local.asked[0]!.task).toEqual(request.task);
    }),
  );

  it.effect("refuses a branch with a secret in its name, and leaves others alone", () =>
    Effect.gen(function* () {
      const bad = yield* observed({ _tag: "Succeeded", change: { branch: `fix-${secret}` } });
      expect(bad.ended).toMatchObject({ _tag: "Failed", failure: { class: "permanent" } });
      expect(JSON.stringify(bad.ended)).not.toContain(secret);
      const change = { branch: "fix-1", pullRequests: ["https://github.com/a/b/pull/1"] };
      const good = yield* observed({ _tag: "Succeeded", change, summary: secret });
      expect(good.ended).toEqual({ _tag: "Succeeded", change, summary: "[redacted]" });
    }),
  );
});
