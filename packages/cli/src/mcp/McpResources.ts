/** Runs as resources that an assistant can read: the list, one run, its graph and its events. */
import { GraphPicture } from "@orchestrator/core";
import * as McpSchema from "effect/ai/McpSchema";
import * as McpServer from "effect/ai/McpServer";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as ErrorCode from "../ErrorCode.ts";
import * as Project from "../run/Project.ts";
import * as RunLook from "../run/RunLook.ts";
import * as RunRecord from "../run/RunRecord.ts";
import * as RunStatus from "../run/RunStatus.ts";
import * as RunWanted from "../run/RunWanted.ts";
import { row } from "./LookTools.ts";
import * as McpAnswer from "./McpAnswer.ts";
import type { Services } from "./McpTool.ts";

/** The newest of them are listed. */
const mostRuns = 100;

/** The last of them are given. */
const mostEvents = 500;

const listed = Effect.gen(function* () {
  const opened = yield* Project.open();
  const now = yield* Clock.currentTimeMillis;
  const ids = (yield* opened.journal.runs).toReversed();
  const looks = yield* Effect.forEach(ids.slice(0, mostRuns), (id) => RunLook.look(opened, id));
  const runs = looks.map((look) => row(RunStatus.row(look, now)));
  return json({ runs, older: Math.max(0, ids.length - mostRuns) });
}).pipe(Effect.catchTag("NoRuns", () => Effect.succeed(json({ runs: [], older: 0 }))));

const one = Effect.fnUntraced(function* (id: string) {
  const wanted = yield* RunWanted.open(id);
  const look = yield* RunLook.look(wanted, wanted.run);
  const { at_work_now, decided, held_tasks, last_failures, ready, ...status } = RunStatus.make(
    look,
    yield* Clock.currentTimeMillis,
  );
  const first = <A>(all: ReadonlyArray<A>) => all.slice(0, 100);
  return json({
    ...status,
    backing_off: first(status.backing_off),
    at_work_now: first(at_work_now),
    held_tasks: first(held_tasks),
    decided: first(decided),
    last_failures,
    ready: first(ready),
  });
});

const graph = Effect.fnUntraced(function* (id: string) {
  const wanted = yield* RunWanted.open(id);
  const { state } = yield* RunRecord.tell(wanted.journal, wanted.run);
  const tasks = Array.from(state.tasks(), ({ task }) => task);
  const text = GraphPicture.mermaid(tasks, { state: (task) => state.get(task)?.phase });
  return text.length <= McpAnswer.longestAnswer
    ? text
    : `%% The graph has ${tasks.length} tasks, which are too many for a picture. Use the tools status and why.\n`;
});

const events = Effect.fnUntraced(function* (id: string) {
  const wanted = yield* RunWanted.open(id);
  const kept: Array<string> = [];
  let left = 0;
  yield* Stream.runForEach(wanted.journal.read(wanted.run), (entry) =>
    Effect.sync(() => {
      kept.push(JSON.stringify(McpAnswer.make(entry).data));
      if (kept.length > mostEvents) left += kept.splice(0, kept.length - mostEvents).length;
    }),
  );
  let size = kept.reduce((sum, line) => sum + line.length + 1, 0);
  while (size > McpAnswer.longestAnswer) {
    size -= kept.shift()!.length + 1;
    left++;
  }
  return [JSON.stringify({ earlier_events_left_out: left }), ...kept, ""].join("\n");
});

const json = (value: unknown): string =>
  JSON.stringify({ notice: McpAnswer.dataNotice, ...(McpAnswer.make(value).data as object) });

interface Template {
  readonly suffix: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
  readonly read: (id: string) => Effect.Effect<string, unknown, Services | Scope.Scope>;
}

const templates: ReadonlyArray<Template> = [
  {
    suffix: "",
    name: "A run",
    description: "How far a run is",
    mimeType: "application/json",
    read: one,
  },
  {
    suffix: "/graph",
    name: "The graph of a run",
    description: "Tasks and what they wait for, as a Mermaid flowchart with the state of each",
    mimeType: "text/vnd.mermaid",
    read: graph,
  },
  {
    suffix: "/events",
    name: "The events of a run",
    description: `The last ${mostEvents} events of its journal, one JSON object a line`,
    mimeType: "application/x-ndjson",
    read: events,
  },
];

/** Where the list is. */
export const home = "orchestrator://runs";

/** Offers them to whoever is connected. */
export const register = Effect.fn("McpResources.register")(function* () {
  const server = yield* McpServer.McpServer;
  const services = yield* Effect.context<Services>();
  const reading = (uri: string, mimeType: string, read: Template["read"], id: string) =>
    read(id).pipe(
      Effect.scoped,
      Effect.map((text): McpSchema.ReadResourceResult => ({ contents: [{ uri, mimeType, text }] })),
      Effect.mapError((error) => {
        const { code, message } = ErrorCode.of(error);
        return new McpSchema.InvalidParams({ message: McpAnswer.line(`${message} [${code}]`) });
      }),
      Effect.provideContext(services),
    );
  yield* server.addResource({
    resource: new McpSchema.Resource({
      uri: home,
      name: "Runs",
      description: `The newest ${mostRuns} runs of the project`,
      mimeType: "application/json",
    }),
    annotations: Context.empty(),
    handle: reading(home, "application/json", () => listed, "").pipe(
      Effect.catchTag("InvalidParams", ({ message }) =>
        Effect.fail(new McpSchema.InternalError({ message })),
      ),
    ),
  });
  for (const { description, mimeType, name, read, suffix } of templates) {
    yield* server.addResourceTemplate({
      template: new McpSchema.ResourceTemplate({
        uriTemplate: `${home}/{id}${suffix}`,
        name,
        description,
        mimeType,
      }),
      annotations: Context.empty(),
      // A colon begins a part of the path that is asked for; two are one of the address.
      routerPath: `${home.replace(":", "::")}/:0${suffix}`,
      completions: {},
      handle: (uri, [id = ""]) => reading(uri, mimeType, read, id),
    });
  }
});
