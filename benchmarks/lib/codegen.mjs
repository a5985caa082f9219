/** The agent for the Codegen API as it is published (packages/codegen/dist), and the fake that it talks to. */
import { builtCodegen, effect } from "./workspace.mjs";

const [{ Budgets, CodegenAgent }, fakes, Effect, FetchHttpClient, Redacted] = await Promise.all([
  import(builtCodegen.href),
  import(new URL("../../fakes/src/index.ts", import.meta.url).href),
  effect("Effect"),
  effect("http/FetchHttpClient"),
  effect("Redacted"),
]);

/** Launches at once: ten a minute would take 100 minutes to bring 1,000 agent runs in flight. */
const unpaced = {
  take: Effect.void,
  refused: () => Effect.void,
  hold: () => Effect.void,
  answered: () => {},
};

/** A fake on a clock of ours that lets launches through as fast as they come; everything else is as documented. */
export const serviceOf = (clock, { limits, ...options }) =>
  fakes.Codegen.make({ ...options, clock, limits: { ...limits, creates: null } });

/** The agent with its usual budgets of reads, without a network. */
export const agentOf = (service, slots) =>
  CodegenAgent.make({
    token: Redacted.make(service.token),
    orgId: service.orgId,
    baseUrl: service.url,
    budgets: { ...Budgets.make(), creates: unpaced },
    slots,
  }).pipe(
    Effect.provide(FetchHttpClient.layer),
    Effect.provideService(FetchHttpClient.Fetch, service.fetch),
  );
