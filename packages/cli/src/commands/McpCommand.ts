/** `orchestrator mcp`: its flags. */
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as McpPermission from "../mcp/McpPermission.ts";
import { naming } from "./Flags.ts";
import { allowHost, config } from "./PlanFlags.ts";

const words = McpPermission.names.join(", ");

/** Serves assistants. */
export const command = Command.make(
  "mcp",
  {
    config,
    allowHost,
    allow: Flag.String("allow").pipe(
      Flag.filterMap(
        (text) => Option.fromUndefinedOr(McpPermission.parse(text)),
        () => `some of ${words}, with commas between them, or all`,
      ),
      Flag.withDescription(`What assistants may do beside looking: ${words}; or all`),
      Flag.withMetavar("LIST"),
      Flag.withDefault([]),
    ),
    http: Flag.Int("http").pipe(
      Flag.filter(
        (port) => port >= 0 && port <= 65_535,
        () => "a port from 1 to 65535, or 0 for any that is free",
      ),
      Flag.withDescription("Serve HTTP on this port of this machine instead of standard input"),
      Flag.withMetavar("PORT"),
      Flag.optional,
    ),
    tokenFile: naming(
      "token-file",
      "FILE",
      "With --http: the file with the token that clients show, made if it is not there (default a new token, printed once)",
    ),
  },
  Effect.fn("McpCommand")(function* (options) {
    // Only now: nobody else needs a server.
    const Mcp = yield* Effect.promise(() => import("../mcp/Mcp.ts"));
    yield* Mcp.serve(options);
  }),
).pipe(
  Command.withDescription(
    "Serve assistants over MCP: plans, runs and decisions as tools, runs as resources",
  ),
  Command.withExamples([
    { command: "orchestrator mcp", description: "for a client that starts it: only looking" },
    { command: "orchestrator mcp --allow run,decide", description: "and it may start runs" },
    { command: "orchestrator mcp --http 7337 --token-file ~/.orchestrator-mcp" },
  ]),
);
