import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Recorder from "./support/Recorder.ts";
import * as Screens from "./support/Screens.ts";

const plan = `isolation: none
on:
  emitted.hello: cat > heard.json
tasks:
  - { id: wait, run: 'until [ -e go ]; do sleep 0.02; done' }
`;

const bodies = ({ requests }: Recorder.Recorder) =>
  requests.map(({ body }) => JSON.parse(body) as { sequence: number; names: Array<string> });

describe("a run of a session", () => {
  it.live("takes events of others in, tells hooks and webhooks, and is found by its name", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>();
      const server = yield* Recorder.make(({ body }, response) => {
        if (body.includes('"RunStarted"')) Deferred.doneUnsafe(started, Exit.void);
        response.end();
      });
      const place = yield* Screens.make({
        files: {
          "plan.yaml": plan,
          "orchestrator.yaml": `webhooks: [{ url: "${server.url}/x" }]\n`,
        },
        environment: { USER: "ada" },
      });
      const file = (...names: ReadonlyArray<string>) => join(place.folder, ...names);
      const call = (...words: ReadonlyArray<string>) =>
        Effect.map(place.call(...words), (exit) => expect(exit).toEqual(Exit.void));
      const running = yield* Effect.forkChild(
        place.call("run", file("plan.yaml"), "--plain", "--session", "release"),
      );
      yield* Deferred.await(started);
      yield* call("emit", "hello", "--data", '{"to":["ada"]}', "--task", "wait");
      expect(place.out()).toContain("has recorded it");
      writeFileSync(file("go"), "");
      expect(yield* Fiber.join(running)).toEqual(Exit.void);

      expect(place.out()).toContain('• wait: event hello: {"to":["ada"]}');
      expect(JSON.parse(readFileSync(file("heard.json"), "utf8"))).toMatchObject({
        names: ["emitted", "emitted.hello"],
        event: { data: { to: ["ada"] }, task: "wait" },
      });
      const names = () => bodies(server).map((one) => one.names.at(-1));
      const all = ["run-started", "emitted.hello", "task-succeeded", "run-succeeded"];
      expect(names()).toEqual(all);

      // The cursor of a process that was killed before it had sent anything.
      const [run = ""] = readdirSync(file(".orchestrator/runs"));
      const outbox = file(".orchestrator/runs", run, "webhooks");
      const [cursor = ""] = readdirSync(outbox);
      writeFileSync(join(outbox, cursor), '{"version":1,"last":0}');
      yield* call("webhooks");
      expect(place.out()).toMatch(/: 4 events for 127\.0\.0\.1:\d+$/m);
      yield* call("resume", run);
      const reminder = `: 4 events of the run ${run}. To send what waits: orchestrator webhooks deliver ${run}`;
      expect(place.error()).toContain(reminder);
      expect(Exit.isFailure(yield* place.call("resume"))).toBe(true);
      expect(place.error().split(reminder)).toHaveLength(3);
      yield* call("webhooks", "deliver");
      expect(names()).toEqual([...all, ...all]);

      yield* call("sessions", "--owner", "ada", "--json");
      const listed = place.out().slice(place.out().lastIndexOf("\n[") + 1);
      expect(JSON.parse(listed)).toMatchObject([
        { session: "release", owner: "ada", status: "ended", runs: [{ run, status: "succeeded" }] },
      ]);
      yield* call("sessions", "--status", "open");
      expect(place.out()).toMatch(/No such sessions\.$/);
      yield* call("sessions", "close", "release");
      expect(place.out()).toMatch(/All runs of release have ended already\.$/);
      expect(Exit.isFailure(yield* place.call("emit", "late"))).toBe(true);
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});
