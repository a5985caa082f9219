/** A journal that hides the secrets which tasks declare for their commands, as soon as it shows or takes in such a task. */
import { Journal, type RunEvent } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Stream from "effect/Stream";
import * as Secrets from "./Secrets.ts";

type JournalOf = Journal.Journal["Service"];

/** The same journal. A command needs what its plan says, so that is kept as it is; it is shown nowhere. */
export const make = (journal: JournalOf): JournalOf => ({
  ...journal,
  open: (run) =>
    Effect.map(journal.open(run), (writer) => ({
      ...writer,
      append: (events) => Effect.suspend(() => (events.forEach(learn), writer.append(events))),
    })),
  read: (run, from) =>
    Stream.mapArray(journal.read(run, from), (entries) => {
      for (const { event } of entries) learn(event);
      return entries;
    }),
});

const learn = (event: RunEvent.RunEvent): void => {
  if (event._tag === "TasksAdded") Secrets.hide(event.tasks.flatMap(Secrets.ofTask));
};

/** The same layer with such a journal. */
export const learning = <E>(
  layer: Layer.Layer<Journal.Journal, E>,
): Layer.Layer<Journal.Journal, E> =>
  Layer.effect(Journal.Journal, Effect.map(Journal.Journal, make)).pipe(Layer.provide(layer));
