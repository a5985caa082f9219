import { Reporter } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { CommentRequest, Comments } from "./Comments.ts";
import type { Reply, Sent } from "./Network.ts";
import { type Line, listAll, parse, read, send } from "./requests.ts";

export interface ReporterConnection extends Line {
  readonly comments: Comments;
  /** What the world is told before a comment is asked for. */
  readonly creates: (key: string, task: string) => void;
  /** Whether what the process says about the run is still of interest. */
  readonly speaks: () => boolean;
}

interface Listed {
  readonly id: string;
  readonly key: string;
}

const weights = { create: 2.5, list: 1.5, edit: 1 };

/** Tells about tasks in comments, written as such adapters must be. */
export const make = (connection: ReporterConnection): Reporter.Reporter["Service"] => ({
  deadlineSeconds: 60,
  settleSeconds: 120,
  // What was found on the way has no place of its own.
  covers: ({ task }) => !task.id.includes("+"),
  create: (report) => create(connection, report),
  find: (report) => find(connection, report),
  update: (ref, report) => update(connection, ref, report),
});

const create = (connection: ReporterConnection, { key, state }: Reporter.Report) =>
  Effect.suspend(() => {
    connection.creates(key, state.task.id);
    const request = { method: "create", key, task: state.task.id, phase: state.phase } as const;
    return Effect.flatMap(send(connection, sentFor(connection, request)), created);
  });

/** Whatever is no clear word says nothing about what happened there. */
const created = (reply: Reply): Effect.Effect<Reporter.ReportRef, Reporter.ReportError> => {
  if (reply._tag === "Refused") return failed("NotSent", "the connection was refused");
  if (reply._tag === "Broken") return failed("Ambiguous", "the connection broke");
  const { status, text } = reply;
  const body = parse(text);
  if (status === 201 && isListed(body)) return Effect.succeed({ id: body.id });
  const isClear = typeof body === "object" && body !== null && "message" in body;
  if (isClear && (status === 401 || status === 403 || status === 429)) {
    return failed("NotSent", `it was refused for now with ${status}`);
  }
  if (isClear && status >= 400 && status < 500) return failed("Rejected", `it answered ${status}`);
  return failed("Ambiguous", `it answered ${status}`);
};

const find = Effect.fnUntraced(function* (
  connection: ReporterConnection,
  { key }: Reporter.Report,
) {
  const listed = yield* listAll<Listed>((skip) =>
    read(connection, sentFor(connection, { method: "list", skip })),
  );
  if (listed === undefined)
    return yield* failed("Ambiguous", "no listing could be read to its end");
  return listed.filter((comment) => comment.key === key).map(({ id }) => ({ id }));
});

const update = Effect.fnUntraced(function* (
  connection: ReporterConnection,
  { id }: Reporter.ReportRef,
  { state }: Reporter.Report,
) {
  const request = { method: "edit", id, phase: state.phase } as const;
  const reply = yield* read(connection, sentFor(connection, request));
  if (reply?.status === 200 && isListed(parse(reply.text))) return;
  return yield* failed("Ambiguous", `not confirmed: ${reply?.status ?? "no answer"}`);
});

/** What a process still says that has lost the run counts as older than all else. */
const sentFor = (
  { comments, process, speaks }: ReporterConnection,
  request: CommentRequest,
): Sent => {
  const sentAt = speaks() ? process.world.now : 0;
  return {
    what: `comments ${request.method} ${about(request)}`,
    server: () => comments.handle(request, sentAt),
    mayRepeat: request.method !== "create",
    weight: weights[request.method],
  };
};

const about = (request: CommentRequest): string | number => {
  if (request.method === "list") return request.skip;
  return request.method === "create" ? request.key : request.id;
};

const isListed = (body: unknown): body is Listed =>
  typeof body === "object" && body !== null && "id" in body && "key" in body;

const failed = (reason: Reporter.ReportError["reason"], message: string) =>
  Effect.fail(new Reporter.ReportError({ reason, message }));
