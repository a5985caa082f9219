/** The coding agents that are programs of this machine. */
import * as Presets from "@orchestrator/local/presets/Presets";
import * as Effect from "effect/Effect";
import { Screen } from "../terminal/Screen.ts";

/** A coding agent, and where its program is. */
export interface Found extends Presets.Detected {
  readonly path: string;
}

/** Programs of Node take a moment to tell their version; who only wants to know what there is does not wait longer. */
const patience = "600 millis";

/** Those on the PATH, without versions if they do not tell them at once. */
export const find = Effect.fn("AgentPrograms.find")(function* () {
  const environment = yield* variables;
  const asked = Presets.detect(environment).pipe(Effect.timeout(patience));
  const all: ReadonlyArray<Presets.Detected> = yield* Effect.catch(asked, () =>
    located(environment),
  );
  return all.filter(isFound);
});

/** What a coding agent finds its settings and its account by. */
export const variables = Effect.map(Screen, ({ environment }) =>
  environment([...new Set(Presets.all.flatMap(Presets.environmentOf))]),
);

const located = (environment: Readonly<Record<string, string>>) =>
  Effect.forEach(Presets.all, (preset) =>
    Effect.map(Presets.locate(preset, environment), (path): Presets.Detected => ({
      name: preset.name,
      program: preset.name,
      path,
      version: undefined,
    })),
  );

/** Whether its program is here. */
export const isFound = (one: Presets.Detected): one is Found => one.path !== undefined;
