/**
 * What this server may do beside looking, as the operator says it.
 *
 * A configuration that was found in the folder may have come with a clone: it allows nothing.
 */
import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import * as Config from "../config/Config.ts";
import type { McpPermission } from "./McpPermission.ts";

export interface McpAllowance {
  readonly allowed: ReadonlySet<McpPermission>;
  /** Files that say it, and that nobody named. */
  readonly unheard: ReadonlyArray<string>;
}

export interface Flags extends Config.Flags {
  readonly allow: ReadonlyArray<McpPermission>;
}

/** An assistant asked for what is not allowed. */
export class NotAllowed extends Schema.TaggedError<NotAllowed>()("NotAllowed", {
  permission: Schema.String,
  unheard: Schema.Array(Schema.String),
}) {
  override get message(): string {
    const file = this.unheard[0];
    const found =
      file === undefined
        ? ""
        : ` ${file} allows something, but nobody named that file: the operator has to start the server with --config ${file}.`;
    return `${this.permission} is not allowed here, and nothing was done. Only the operator can allow it: orchestrator mcp --allow ${this.permission}, or mcp: { allow: [${this.permission}] } in a configuration that is named with --config.${found}`;
  }
}

/** What the flags, the variables and the files allow together. */
export const read = Effect.fn("McpAllowance.read")(function* (flags: Flags) {
  const sources = yield* Config.sourcesOf(flags);
  const stated = sources.value.mcp?.allow ?? [];
  const origin = sources.originOf(["mcp", "allow"]);
  const isNamed = origin?._tag === "Variable" || flags.config.length > 0;
  return {
    allowed: new Set([...flags.allow, ...(isNamed ? stated : [])]),
    unheard: isNamed || origin?._tag !== "File" ? [] : [origin.file],
  } satisfies McpAllowance;
});

/** Fails unless it is allowed. */
export const check = ({ allowed, unheard }: McpAllowance, permission: McpPermission) =>
  allowed.has(permission) ? Effect.void : Effect.fail(new NotAllowed({ permission, unheard }));
