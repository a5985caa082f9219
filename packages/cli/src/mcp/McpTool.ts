/** One thing that an assistant can ask for: its schemas, who has to allow it, and what it does. */
import type { NodeServices } from "@effect/platform-node/NodeServices";
import * as McpSchema from "effect/ai/McpSchema";
import * as McpServer from "effect/ai/McpServer";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as ErrorCode from "../ErrorCode.ts";
import { Screen } from "../terminal/Screen.ts";
import type { Signals } from "../terminal/Signals.ts";
import * as McpAnswer from "./McpAnswer.ts";
import * as McpScreen from "./McpScreen.ts";
import type { McpPermission } from "./McpPermission.ts";

/** What tools work with. */
export type Services = NodeServices | Screen | Signals;

/** What a call works with besides: its own scope, and what was printed meanwhile. */
type OfCall = Scope.Scope | McpScreen.Heard;

type Fields = Schema.Struct.Fields;

/** What came out: some words for people, and the same as data. */
export interface Done<Output> {
  readonly text: string;
  readonly data: Output;
}

export interface McpTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema.Struct<Fields>;
  readonly output: Schema.Top;
  /** Absent: it only looks. */
  readonly permission?: McpPermission;
  /** Whether it ends something or cannot be taken back. */
  readonly isDestructive?: boolean;
  /** Whether its answer holds text that others wrote. */
  readonly hasForeignText?: boolean;
  readonly run: (input: never) => Effect.Effect<Done<unknown>, unknown, Services | OfCall>;
}

/** A tool whose input and output are what its schemas say. */
export const make = <I extends Fields, O extends Schema.Top>(
  tool: Omit<McpTool, "input" | "output" | "run"> & {
    readonly input: Schema.Struct<I>;
    readonly output: O;
    readonly run: (
      input: Schema.Struct<I>["Type"],
    ) => Effect.Effect<Done<O["Type"]>, unknown, Services | OfCall>;
  },
): McpTool => tool as unknown as McpTool;

export interface Options {
  /** Fails if the tool may not be used. */
  readonly check: (tool: McpTool) => Effect.Effect<void, unknown, Services>;
}

/** Offers tools to whoever is connected. */
export const register = Effect.fn("McpTool.register")(function* (
  tools: ReadonlyArray<McpTool>,
  options: Options,
) {
  const server = yield* McpServer.McpServer;
  const services = yield* Effect.context<Services>();
  for (const tool of tools) {
    yield* server.addTool({
      tool: described(tool),
      annotations: Context.empty(),
      handle: (payload) =>
        Effect.suspend(() => {
          const heard = McpScreen.make(Context.get(services, Screen));
          return call(tool, payload ?? {}, options).pipe(
            Effect.scoped,
            Effect.catchCause((cause) => failed(tool, cause, heard.lines())),
            Effect.provideService(Screen, heard.screen),
            Effect.provideService(McpScreen.Heard, heard),
            Effect.provideContext(services),
          );
        }),
    });
  }
});

const described = ({
  description,
  input,
  isDestructive,
  name,
  output,
  permission,
  title,
}: McpTool) =>
  new McpSchema.Tool({
    name,
    title,
    description:
      permission === undefined
        ? description
        : `${description} The operator has to have allowed ${permission}.`,
    inputSchema: jsonSchema(input) as McpSchema.ToolJson,
    outputSchema: jsonSchema(output),
    annotations: {
      readOnlyHint: permission === undefined,
      destructiveHint: isDestructive === true,
      idempotentHint: permission === undefined,
      openWorldHint: permission !== undefined,
    },
  });

const jsonSchema = (schema: Schema.Top): Record<string, unknown> => {
  const { definitions, schema: root } = Schema.toJsonSchemaDocument(schema, {
    onExcessProperty: "error",
  });
  const isWhole = Object.keys(definitions).length === 0;
  return (isWhole ? root : { ...root, $defs: definitions }) as Record<string, unknown>;
};

const call = Effect.fnUntraced(function* (tool: McpTool, payload: unknown, options: Options) {
  const decode = Schema.decodeUnknownEffect(tool.input, {
    onExcessProperty: "error",
    errors: "all",
  });
  const input = yield* Effect.mapError(
    decode(payload) as Effect.Effect<unknown, Schema.SchemaError>,
    ({ message }) => new UnfitArguments({ tool: tool.name, problem: message }),
  );
  yield* options.check(tool);
  const { data, text } = yield* tool.run(input as never);
  const answer = McpAnswer.make(data);
  const json = JSON.stringify(answer.data);
  if (json.length > McpAnswer.longestAnswer) {
    return yield* new McpAnswer.AnswerTooLong({ characters: json.length });
  }
  const words = [
    McpAnswer.block(text),
    ...(tool.hasForeignText === true ? [McpAnswer.dataNotice] : []),
    ...(answer.cut > 0
      ? [`${answer.cut} long texts were cut to ${McpAnswer.longestText} characters, and end in …`]
      : []),
  ];
  return new McpSchema.CallToolResult({
    content: [textOf(words.join("\n")), textOf(json)],
    structuredContent: answer.data,
    isError: false,
  });
});

/** The arguments do not fit the schema of the tool. */
export class UnfitArguments extends Schema.TaggedError<UnfitArguments>()("UnfitArguments", {
  tool: Schema.String,
  problem: Schema.String,
}) {
  override get message(): string {
    return `the arguments of ${this.tool} cannot be used, and nothing was done: ${this.problem}`;
  }
}

const textOf = (text: string) => McpSchema.TextContent.make({ type: "text", text });

/** What went wrong is an answer, too: an assistant can do something about it. */
const failed = (tool: McpTool, cause: Cause.Cause<unknown>, said: ReadonlyArray<string>) => {
  if (Cause.hasInterrupts(cause)) return Effect.interrupt;
  const { code, fix, message } = Cause.hasDies(cause)
    ? { ...ErrorCode.bug, message: `${tool.name} failed because of a bug in orchestrator` }
    : ErrorCode.of(Cause.squash(cause));
  const text = McpAnswer.block([`${message} [${code}]`, fix, ...said].join("\n"));
  const told = Cause.hasDies(cause) ? Effect.logError(cause) : Effect.void;
  return Effect.as(told, new McpSchema.CallToolResult({ content: [textOf(text)], isError: true }));
};
