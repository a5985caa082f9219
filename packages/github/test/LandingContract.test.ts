import { assert, describe, it } from "@effect/vitest";
import { CodeHostContract } from "@orchestrator/core/testing";
import * as Effect from "effect/Effect";
import { merges, shop } from "./support/merging.ts";

/** A code host whose changes are pull requests of a GitHub of its own. */
const setup = (simulation: Effect.Success<ReturnType<typeof shop>>) =>
  Effect.gen(function* () {
    const { fake, host } = simulation;
    let count = 0;
    const change = (file?: string) =>
      Effect.sync(() => {
        const branch = `change-${++count}`;
        const files = [file ?? `src/${branch}.ts`];
        fake.people.open("acme/shop", { title: branch, pull: { head: branch, files } });
        return { branch };
      });
    return {
      host: yield* host(),
      change: change(),
      rivals: Effect.all([change("src/same.ts"), change("src/same.ts")]),
      landed: Effect.sync(() =>
        merges(fake).map(({ on }) => fake.world.issue(on)?.pull?.head ?? on),
      ),
      reopened: host(),
    };
  });

/** The clauses by name; what they check is made anew for each. */
const names = CodeHostContract.make({ make: Effect.never }).map(({ name }) => name);

describe("GitHub as a code host", () => {
  for (const name of names) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const simulation = yield* shop();
        const make = setup(simulation);
        const clauses = CodeHostContract.make({ make, within: "1 hour" });
        yield* simulation.within(1800, clauses.find((clause) => clause.name === name)!.check);
        assert.deepStrictEqual(simulation.fake.violations(), []);
      }),
    );
  }
});
