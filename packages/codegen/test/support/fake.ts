/** An agent that talks over real HTTP to a service of this machine. */
import { Codegen } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Redacted from "effect/Redacted";
import * as Budgets from "../../src/Budgets.ts";
import * as CodegenAgent from "../../src/CodegenAgent.ts";
import * as CodegenClient from "../../src/CodegenClient.ts";

/** A service as the tests have it. */
export type Service = Awaited<ReturnType<typeof Codegen.make>>;

/** A service that ends with the test. */
export const service = (options: Parameters<typeof Codegen.make>[0] = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => Codegen.make(options)),
    (fake) => Effect.promise(() => fake.close()),
  );

/** Options for an agent of it. */
export const optionsFor = (fake: Service, more: Partial<CodegenAgent.Options> = {}) => ({
  token: Redacted.make(fake.token),
  orgId: fake.orgId,
  baseUrl: fake.url,
  budgets: Budgets.make(),
  ...more,
});

/** An agent of it, as a process has it. */
export const agentFor = (fake: Service, more: Partial<CodegenAgent.Options> = {}) =>
  Effect.provide(CodegenAgent.make(optionsFor(fake, more)), FetchHttpClient.layer);

/** The endpoints of it. */
export const clientFor = (fake: Service) =>
  Effect.provide(CodegenClient.make(optionsFor(fake)), FetchHttpClient.layer);
