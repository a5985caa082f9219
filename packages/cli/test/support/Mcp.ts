/** The MCP server in this process, over HTTP, and the official client for it. */
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { McpPermission } from "../../src/mcp/McpPermission.ts";
import * as McpHttp from "../../src/mcp/McpHttp.ts";
import { McpRuns } from "../../src/mcp/McpRuns.ts";
import * as McpServing from "../../src/mcp/McpServing.ts";
import { Screen } from "../../src/terminal/Screen.ts";
import { Signals } from "../../src/terminal/Signals.ts";
import * as Screens from "./Screens.ts";

export const token = "a-token-of-more-than-thirty-two-characters";

/** A client that is connected; with its scope it leaves. */
export const connect = Effect.fnUntraced(function* (address: string) {
  const client = new Client({ name: "test", version: "1.0.0" });
  const headers = { authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(new URL(address), {
    requestInit: { headers },
  });
  yield* Effect.acquireRelease(
    Effect.promise(() => client.connect(transport)),
    () => Effect.promise(() => client.close()),
  );
  return client;
});

/** What a tool answered. */
export interface Called {
  readonly isError: boolean;
  /** All of its words. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** The entries of a list in it. */
  readonly rows: (name: string) => ReadonlyArray<Readonly<Record<string, unknown>>>;
}

/** Calls a tool; the client checks the answer against the schema of the tool. */
export const call = (client: Client, name: string, args: Record<string, unknown> = {}) =>
  Effect.promise(async (): Promise<Called> => {
    const { content, isError, structuredContent } = await client.callTool({
      name,
      arguments: args,
    });
    const texts = (content as ReadonlyArray<{ readonly text?: string }>).map(({ text }) => text);
    const data = structuredContent as Called["data"];
    return {
      isError: isError === true,
      text: texts.join("\n"),
      data,
      rows: (list) => data[list] as ReturnType<Called["rows"]>,
    };
  });

export interface Options {
  readonly folder: string;
  readonly allow?: ReadonlyArray<McpPermission>;
  /** Variables of the process; with those of an attempt it serves its agent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly isForAgent?: boolean;
}

/** A server for a folder, until the scope closes. */
export const serve = Effect.fnUntraced(function* (options: Options) {
  const { allow = [], environment = {}, folder } = options;
  const made = yield* Screens.make({ environment });
  const screen: Screen["Service"] = { ...made.screen, folder };
  const listening = yield* Deferred.make<string>();
  const server =
    options.isForAgent === true
      ? (McpServing.agent as unknown as ReturnType<typeof McpServing.assistant>)
      : McpServing.assistant({
          settings: { config: [], allowHost: [] },
          allowance: { allowed: new Set(allow), unheard: [] },
        });
  const layer = McpHttp.layer(server, {
    port: 0,
    token,
    listening: (address) => Deferred.succeed(listening, address),
  });
  const context = yield* Layer.build(McpRuns.layer);
  yield* Layer.build(layer).pipe(
    Effect.provide([
      Layer.succeedContext(context),
      Layer.succeed(Screen, screen),
      Layer.succeed(Signals, Screens.signals()),
      NodeServices.layer,
    ]),
  );
  const address = yield* Deferred.await(listening);
  return { address, error: made.error, screen, runs: yield* Effect.provide(McpRuns, context) };
});
