/** The mark by which an agent run is known as the one of an attempt: `metadata.orchestrator`. */
import type { Agent } from "@orchestrator/core";
import * as Schema from "effect/Schema";
import type { AgentRun } from "./CodegenModel.ts";
import { tolerant } from "./internal/tolerant.ts";

/** What is written into the metadata of a launch. */
export interface Written {
  readonly v: 1;
  readonly run: string;
  readonly task: string;
  readonly kind: "launch";
  readonly attempt: number;
  readonly key: Agent.EffectKey;
  /** Which process of the run launched it: 1 for the first, one more for each that took the run over. */
  readonly epoch?: number;
  /** Present only where ending without a pull request is no failure, for who watches it later. */
  readonly expectChange?: false;
}

/** What is read from metadata that may come from anybody. */
export const Marker = Schema.Struct({
  key: Schema.String,
  expectChange: tolerant(Schema.Boolean),
});
export type Marker = typeof Marker.Type;

const decode = Schema.decodeUnknownOption(Marker);

/** The mark of one attempt. */
export const make = ({ attempt, epoch, key, run, task }: Agent.LaunchRequest): Written => ({
  v: 1,
  run,
  task: task.id,
  kind: "launch",
  attempt,
  key,
  ...(epoch === undefined ? {} : { epoch }),
  ...(task.expectChange === false ? { expectChange: false } : {}),
});

/** The mark of an agent run; undefined if it carries none. */
export const of = (run: AgentRun): Marker | undefined => {
  const read = decode(run.metadata?.["orchestrator"]);
  return read._tag === "Some" ? read.value : undefined;
};
