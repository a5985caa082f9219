/**
 * The port to a back-end that works on tasks: launch, observe, cancel, find.
 *
 * An agent does only these four things. Slots, retries, timeouts, landing and
 * the journal are the engine's.
 */
export * from "./AgentPort.ts";
export {
  Asked,
  /** Makes an agent of a function of this process: the short way to embed the engine. */
  make as fromFunction,
  type Context as FunctionContext,
  type Output as FunctionOutput,
} from "./FunctionAgent.ts";
