/** The journal that a run writes to. */
import { Journal } from "@orchestrator/core";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as LearningJournal from "../telemetry/LearningJournal.ts";

/** Opens the journal of a project until the scope closes, and makes it if there is none. */
export const open = Effect.fn("RunJournal.open")(function* (root: string) {
  // The database is loaded only where it is needed: help and plans must come at once.
  const LocalJournal = yield* Effect.promise(() => import("@orchestrator/local/LocalJournal"));
  const services = yield* Layer.build(LocalJournal.layer({ folder: root }));
  return LearningJournal.make(Context.get(services, Journal.Journal));
});
