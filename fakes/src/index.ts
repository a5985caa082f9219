export * as Codegen from "./codegen/Codegen.ts";
export { everyFault } from "./codegen/everyFault.ts";
export type { Fate, Script } from "./codegen/Script.ts";
export type { Fault } from "./shared/Fault.ts";
export * as Clock from "./shared/Clock.ts";
export type { FaultRule } from "./shared/Faults.ts";
export * as GitHub from "./github/GitHub.ts";
export * as Joined from "./joined.ts";
