/** The server on standard input and output, for a client that starts it. Ends when the client has gone. */
import * as NodeStdio from "@effect/platform-node/NodeStdio";
import * as McpServer from "effect/ai/McpServer";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import * as Stdio from "effect/Stdio";
import * as McpLines from "./McpLines.ts";
import type { agent, assistant } from "./McpServing.ts";

/** Lines that are no messages are answered beside the protocol, which would give up at them. */
const stdio = (output: NodeJS.WritableStream) =>
  Layer.effect(
    Stdio.Stdio,
    Effect.map(Stdio.Stdio, (made) => ({
      ...made,
      stdin: McpLines.only((refusal) => void output.write(McpLines.answer(refusal)))(made.stdin),
    })),
  ).pipe(Layer.provide(NodeStdio.layer));

/** Serves until standard input ends. */
export const serve = Effect.fn("McpStdio.serve")(function* (
  server: ReturnType<typeof assistant> | typeof agent,
) {
  const layer = McpServer.layerStdio(server as ReturnType<typeof assistant>).pipe(
    Layer.provide(stdio(process.stdout)),
  );
  // Its end is an interruption of whoever launched it.
  const fiber = yield* Effect.forkChild(Layer.launch(layer));
  const exit = yield* Fiber.await(fiber);
  yield* Effect.catchCause(exit, (cause) =>
    cause.reasons.every(({ _tag }) => _tag === "Interrupt") ? Effect.void : Effect.failCause(cause),
  );
});
