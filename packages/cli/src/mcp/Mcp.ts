/** The server from its beginning to its end: what the command `mcp` does. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import { Screen } from "../terminal/Screen.ts";
import { Signals } from "../terminal/Signals.ts";
import * as Secrets from "../telemetry/Secrets.ts";
import * as AgentTools from "./AgentTools.ts";
import * as McpAllowance from "./McpAllowance.ts";
import * as McpHttp from "./McpHttp.ts";
import * as McpHttpToken from "./McpHttpToken.ts";
import { McpRuns } from "./McpRuns.ts";
import * as McpServing from "./McpServing.ts";
import * as McpStdio from "./McpStdio.ts";

export interface Options extends McpAllowance.Flags {
  /** The port to serve HTTP on; absent: standard input and output. */
  readonly http: Option.Option<number>;
  readonly tokenFile: Option.Option<string>;
}

/** The command of a task started the server, and asked for more than an agent gets. */
export class OnlyForAgent extends Schema.TaggedError<OnlyForAgent>()("OnlyForAgent", {}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    return "a server for the agent of a task takes no flags: it lets the agent hand over tasks and say how far it is, on standard input and output.";
  }
}

/** Serves until the client has gone or somebody ends it; then every run that it works on is left. */
export const serve = Effect.fn("Mcp.serve")(function* (options: Options) {
  const signals = yield* Signals;
  const runs = yield* McpRuns;
  // A client that has gone is like a terminal that has.
  const leaving = Effect.suspend(() => runs.leave(signals.received() ?? "SIGHUP"));
  const serving = Effect.raceFirst(Effect.scoped(dispatch(options)), signals.first);
  yield* signals.handledBy(Effect.ensuring(serving, leaving));
}, Effect.provide(McpRuns.layer));

const dispatch = Effect.fnUntraced(function* (options: Options) {
  if (yield* AgentTools.isForAgent) return yield* forAgent(options);
  const allowance = yield* McpAllowance.read(options);
  const server = McpServing.assistant({ settings: settingsOf(options), allowance });
  if (Option.isNone(options.http)) return yield* McpStdio.serve(server);
  return yield* overHttp(server, options.http.value, Option.getOrUndefined(options.tokenFile));
});

const settingsOf = ({ allowHost, config }: Options) => ({ allowHost, config });

const forAgent = Effect.fnUntraced(function* ({ allow, config, http }: Options) {
  if (allow.length + config.length > 0 || Option.isSome(http)) return yield* new OnlyForAgent();
  // Whoever has no right to ask hears it at once.
  yield* AgentTools.session();
  return yield* McpStdio.serve(McpServing.agent);
});

const overHttp = Effect.fnUntraced(function* (
  server: ReturnType<typeof McpServing.assistant>,
  port: number,
  tokenFile: string | undefined,
) {
  const { error } = yield* Screen;
  const token = yield* McpHttpToken.read(tokenFile);
  const listening = Effect.fnUntraced(function* (address: string) {
    const where =
      token.file === undefined
        ? `The token, which is not shown again: ${token.value}`
        : `The token is in ${token.file}.`;
    yield* error.print(`Serving MCP on ${address}, for this machine only.\n${where}`);
    Secrets.hide([token.value]);
  });
  return yield* Layer.launch(McpHttp.layer(server, { port, token: token.value, listening }));
});
