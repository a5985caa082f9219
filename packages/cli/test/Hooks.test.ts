import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import type { Journal, RunEvent } from "@orchestrator/core";
import * as LocalJournal from "@orchestrator/local/LocalJournal";
import * as PlanFile from "@orchestrator/local/PlanFile";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as CommandHooks from "../src/hooks/CommandHooks.ts";
import * as Listeners from "../src/hooks/Listeners.ts";
import * as Outbox from "../src/hooks/Outbox.ts";
import * as Sender from "../src/hooks/Sender.ts";
import * as Webhook from "../src/hooks/Webhook.ts";
import * as Config from "../src/config/Config.ts";
import { ofProcess } from "../src/telemetry/Scrubber.ts";
import * as Configs from "./support/Configs.ts";
import * as Journals from "./support/Journals.ts";
import * as Recorder from "./support/Recorder.ts";
import * as Scene from "./support/Scene.ts";
import * as Screens from "./support/Screens.ts";

const run = "20261121-120000-abcd";
const secret = "0123456789abcdef";

const entry = (event: RunEvent.RunEvent, sequence = 7): Journal.JournalEntry => ({
  run,
  sequence,
  epoch: 1,
  monotonicMillis: 0,
  event,
});

const failed = entry(Scene.failed("api", "boom").at(-1)!);
const ended = (sequence: number) => entry(Journals.ended("failed", Scene.now), sequence);

/** Hooks in a folder, and the warnings that they give. */
const hooked = Effect.fnUntraced(function* (hooks: CommandHooks.Options["hooks"]) {
  const screen = yield* Screens.make({ environment: { TOKEN_OF_CHAT: "chat" } });
  const warnings: Array<string> = [];
  const commands = yield* screen.run(
    CommandHooks.open({
      hooks,
      run,
      folder: screen.folder,
      cwd: screen.folder,
      warn: (message) => Effect.sync(() => void warnings.push(message)),
    }),
  );
  const call = (...entries: ReadonlyArray<Journal.JournalEntry>) => {
    entries.forEach(commands.take);
    return screen.run(commands.end);
  };
  const read = (name: string) => readFileSync(`${screen.folder}/${name}`, "utf8");
  return { warnings, call, read };
});

describe("commands at events", () => {
  it.live("get the event on standard input and in variables, in the order of the events", () =>
    Effect.gen(function* () {
      const line =
        'cat >> events; echo "$ORCHESTRATOR_EVENT $ORCHESTRATOR_TASK_ID $ORCHESTRATOR_SEQUENCE $TOKEN_OF_CHAT" >> names';
      const { call, read, warnings } = yield* hooked([
        { on: "task-failed", run: line, passEnv: ["TOKEN_OF_CHAT"] },
        { on: "run-ended", run: "echo end >> names2" },
        { on: "task-succeeded", run: "touch never" },
      ]);
      yield* call(failed, entry(failed.event, 8), ended(9));
      expect(read("names")).toBe("task-failed api 7 chat\ntask-failed api 8 chat\n");
      expect(read("names2")).toBe("end\n");
      const [first] = read("events").split("\n");
      expect(JSON.parse(first!)).toEqual({
        id: `${run}/7`,
        run,
        sequence: 7,
        time: new Date(failed.event.at).toISOString(),
        names: ["task-ended", "task-failed"],
        event: failed.event,
      });
      expect(warnings).toEqual([]);
      expect(() => read("never")).toThrow("ENOENT");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("need not read what they are given, however long it is", () =>
    Effect.gen(function* () {
      const { call, read, warnings } = yield* hooked([{ on: "warning", run: "echo x > done" }]);
      const long = { _tag: "Warning", at: 0, message: "x".repeat(900_000) } as const;
      yield* call(entry(long), entry({ ...long, message: "x".repeat(2 ** 20) }));
      expect(read("done")).toBe("x\n");
      expect(warnings).toEqual([]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("are told of when they fail, the first time and the tenth, with what they printed", () =>
    Effect.gen(function* () {
      ofProcess.hide("hunter2-hunter2");
      const { call, read, warnings } = yield* hooked([
        { on: "run-failed", run: "printf hunter2-%s hunter2 >&2; exit 3" },
      ]);
      yield* call(...Array.from({ length: 11 }, (_, index) => ended(index + 1)));
      expect(warnings).toEqual([
        "the command at run-failed, printf hunter2-%s hunter2 >&2; exit 3, failed: exit code 3 (event 1)",
        "the command at run-failed, printf hunter2-%s hunter2 >&2; exit 3, failed for the 10th time: exit code 3 (event 10)",
      ]);
      const log = read("hooks.log");
      expect(log).toContain("run-failed: ");
      expect(log).toContain("exit code 3");
      expect(log).not.toContain("hunter2-hunter2");
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it("are named in plans, where a wrong name is told with the one that was meant", () => {
    const plan = (on: string) =>
      PlanFile.parse(`on: ${on}\ntasks: [{ id: a, run: "true" }]\n`, "plan.yaml");
    const right = plan("{ task-failed: [./notify.sh, { run: ./page.sh, passEnv: [PAGER] }] }");
    expect(Result.getOrThrow(right).hooks).toEqual([
      { on: "task-failed", run: "./notify.sh" },
      { on: "task-failed", run: "./page.sh", passEnv: ["PAGER"] },
    ]);
    const wrong = plan("{ task-faild: ./notify.sh }");
    expect(Result.isFailure(wrong) && wrong.failure.message).toContain("did you mean task-failed?");
  });

  it.effect("are not those of a file that merely lies in the folder, for issues of GitHub", () =>
    Effect.gen(function* () {
      const screen = yield* Screens.make({});
      const config = { ...Config.none, hooks: [{ on: "run-ended", run: "./evil.sh" }] };
      const github = {
        api: "https://api.github.com",
        sources: [],
        repositories: ["acme/shop"],
        landing: "manual",
        isSilent: false,
      } as const;
      const of = (...given: Parameters<typeof Listeners.of>) =>
        Effect.map(screen.run(Listeners.of(...given)), ({ hooks }) => hooks);
      expect(yield* of(config, { github })).toEqual([]);
      expect(screen.error()).toContain("--config FILE");
      expect(yield* of({ ...config, isNamed: true }, { github })).toEqual(config.hooks);
      expect(yield* of(config, { github, configNamed: true })).toEqual(config.hooks);
      expect(yield* of(config, {})).toEqual(config.hooks);
    }).pipe(Effect.provide(NodeServices.layer)),
  );
});

const webhookAt = (url: string, events = ["task-ended", "run-ended"]): Webhook.Webhook =>
  Result.getOrThrow(Webhook.read([{ url, events, secret }], []))[0]!;

/** A receiver that answers as it is told, in turn, and with 204 from then on. */
const receiver = (answers: ReadonlyArray<readonly [status: number, retryAfter?: string]>) => {
  const left = [...answers];
  return Recorder.make((_, response) => {
    const [status, retryAfter] = left.shift() ?? [204];
    if (retryAfter !== undefined) response.setHeader("retry-after", retryAfter);
    response.statusCode = status;
    response.end();
  });
};

/** A run of two tasks in a journal, and the outbox that it has for a receiver, opened as often as wanted. */
const posting = Effect.fnUntraced(function* (url: string) {
  const fs = yield* FileSystem.FileSystem;
  const folder = yield* fs.makeTempDirectoryScoped();
  const added = Scene.added([{ id: "a" }, { id: "b" }]);
  const events = [Scene.started(), added, ...Scene.succeeded("a"), ...Scene.failed("b", "boom")];
  const journal = yield* LocalJournal.make({ folder });
  yield* Effect.scoped(Effect.flatMap(journal.open(run), (writer) => writer.append(events)));
  const refusals: Array<string> = [];
  const refused = (message: string) => Effect.sync(() => void refusals.push(message));
  const place = { webhook: webhookAt(url), run, folder, journal, refused };
  const add = (...more: ReadonlyArray<RunEvent.RunEvent>) =>
    Effect.scoped(Effect.flatMap(journal.open(run), (writer) => writer.append(more)));
  return { place, refusals, add, open: (seen = 0) => Outbox.open(place, seen) };
});

const deliveries = ({ requests }: Recorder.Recorder) =>
  requests.map(({ headers }) => Number(headers["x-orchestrator-delivery"]!.split("/")[1]));

describe("a webhook", () => {
  it.live("is sent what it wants, signed, in order, and once", () =>
    Effect.gen(function* () {
      const server = yield* receiver([]);
      const { open } = yield* posting(server.url);
      const outbox = yield* open();
      expect(yield* outbox.waiting).toBe(2);
      expect(yield* outbox.deliver).toBe(2);
      expect(yield* outbox.deliver).toBe(0);
      expect(deliveries(server)).toEqual([7, 12]);
      const [{ body, headers }] = server.requests as [Recorder.Recorded];
      expect(headers["x-orchestrator-event"]).toBe("task-succeeded");
      const [, t, v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(headers["x-orchestrator-signature"]!)!;
      expect(v1).toBe(createHmac("sha256", secret).update(`${t}.${body}`).digest("hex"));
      expect(JSON.parse(body)).toMatchObject({ run, sequence: 7, event: { task: "a" } });
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("gets the rest from the process that comes after one that was killed", () =>
    Effect.gen(function* () {
      const server = yield* receiver([[204], [503, "7"]]);
      const { add, open } = yield* posting(server.url);
      const broken = yield* Effect.flip((yield* open()).deliver);
      expect(broken).toMatchObject({
        message: "it answered with status 503",
        isFinal: false,
        retryAfterMillis: 7_000,
      });
      yield* add(Journals.ended("failed", Scene.now));
      // Another process: it knows only what is on the disk, whatever it has seen of the run.
      const next = yield* open(13);
      expect(yield* next.waiting).toBe(2);
      expect(yield* next.deliver).toBe(2);
      expect(deliveries(server)).toEqual([7, 12, 12, 13]);
      expect(yield* (yield* open()).waiting).toBe(0);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("is not sent again what it says it will never take, nor what was before it", () =>
    Effect.gen(function* () {
      const server = yield* receiver([[422]]);
      const { open, refusals } = yield* posting(server.url);
      const outbox = yield* open(7);
      expect(yield* outbox.deliver).toBe(1);
      expect(deliveries(server)).toEqual([12]);
      expect(refusals).toEqual([
        expect.stringMatching(/^127\.0\.0\.1:\d+ does not take event 12, .* status 422$/),
      ]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it.live("is tried again while a run goes on, and for a moment at its end", () =>
    Effect.gen(function* () {
      const server = yield* receiver([[500]]);
      const { open } = yield* posting(server.url);
      const warnings: Array<string> = [];
      const outbox = yield* open();
      const sender = yield* Sender.start(outbox, (message) =>
        Effect.sync(() => void warnings.push(message)),
      );
      yield* sender.end;
      expect(deliveries(server)).toEqual([7, 7, 12]);
      expect(warnings).toEqual([expect.stringContaining("it answered with status 500")]);
    }).pipe(Effect.provide(NodeServices.layer)),
  );

  it("is refused by the rule of base URLs: an allowed host over https, or this machine", () => {
    const read = (url: string, ...allowed: ReadonlyArray<string>) =>
      Result.match(Webhook.read([{ url }], allowed), {
        onSuccess: ([one]) => Redacted.value(one!.url),
        onFailure: ([problem]) => problem!.message,
      });
    expect(read("https://hooks.example/x")).toContain("--allow-host hooks.example");
    expect(read("https://hooks.example/x?a=1", "hooks.example")).toBe(
      "https://hooks.example/x?a=1",
    );
    expect(read("http://hooks.example/x", "hooks.example")).toContain("neither https nor http");
    expect(read("http://127.0.0.1:80/x")).toBe("http://127.0.0.1:80/x");
    expect(read("https://a:b@hooks.example/x", "hooks.example")).toContain("holds a password");
  });

  it.effect("may be in a file that was found, its secret too, and neither is shown", () =>
    Effect.gen(function* () {
      const files = {
        "orchestrator.yaml":
          "webhooks:\n  - { url: http://localhost:1/x, events: [run-ended], secret: '${ORCHESTRATOR_SECRET_HOOK}' }\n",
      };
      const environment = { ORCHESTRATOR_SECRET_HOOK: "hook-secret-of-the-operator" };
      const shown = yield* Configs.show({ files, environment });
      expect(shown.problems).toEqual([]);
      expect(shown.out).not.toContain("hook-secret");
      const wrong = yield* Configs.show({
        files: { "orchestrator.yaml": "webhooks:\n  - { url: nowhere, events: [run-endet] }\n" },
      });
      expect(wrong.problems.join("\n")).toMatch(
        /url: must be an address [^]*did you mean run-ended\?/,
      );
    }),
  );
});
