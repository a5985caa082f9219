/** Ours on SQLite, in a folder as the command uses it: a run, its tasks in lanes, an agent that answers at once. */
import { core, Effect, idle, Layer, layerWith, options } from "../ours.mjs";
import { effect, local } from "../workspace.mjs";

const [LocalJournal, ManagedRuntime] = await Promise.all([
  local("LocalJournal"),
  effect("ManagedRuntime"),
]);
const { Journal } = core.Journal;

/** The journal of a folder; `counts` learns how often and how much is appended. */
export const journalLayer = (folder, counts) => {
  const stored = LocalJournal.layer({ folder });
  if (counts === undefined) return stored;
  return Layer.effect(
    Journal,
    Effect.map(Journal, (journal) => ({
      ...journal,
      open: (run) =>
        Effect.map(journal.open(run), (writer) => ({
          ...writer,
          append: (events) => {
            counts.appends++;
            counts.events += events.length;
            return writer.append(events);
          },
        })),
    })),
  ).pipe(Layer.provide(stored));
};

/** Everything that runs need, on the journal of a folder. */
export const runtimeOf = (folder, { counts, slots, work = idle }) =>
  ManagedRuntime.make(layerWith(work, slots, journalLayer(folder, counts)));

/** `lanes` chains beside each other. */
export const lanesOf = (lanes, tasksPerLane) =>
  Array.from({ length: lanes * tasksPerLane }, (_, node) => {
    const id = `task-${node}`;
    return node < lanes ? { id } : { id, dependsOn: [`task-${node - lanes}`] };
  });

export const { Orchestrator } = core.Orchestrator;

export const open = async (folder, lanes) => {
  const counts = { appends: 0, events: 0 };
  const runtime = runtimeOf(folder, { counts, slots: lanes });
  await runtime.runPromise(Effect.void);
  return {
    counts,
    run: async (width, tasksPerLane) => {
      const tasks = lanesOf(width, tasksPerLane);
      const result = await runtime.runPromise(
        Effect.flatMap(Orchestrator, (orchestrator) => orchestrator.run(tasks, options)),
      );
      if (result.outcome !== "succeeded") throw new Error(`The run ended as ${result.outcome}.`);
    },
    close: () => runtime.dispose(),
  };
};
