/** Effect's own workflow engine, a cluster of one runner on SQLite: a workflow a lane, an activity a task. */
import { join } from "node:path";
import { effect, local } from "../workspace.mjs";

export const open = async (folder) => {
  const [cluster, crypto, Effect, Layer, ManagedRuntime, References, Schema, workflow, Sqlite] =
    await Promise.all([
      effect("cluster"),
      effect("crypto"),
      effect("Effect"),
      effect("Layer"),
      effect("ManagedRuntime"),
      effect("References"),
      effect("Schema"),
      effect("workflow"),
      local("SqliteClient"),
    ]);
  const { Activity, Workflow } = workflow;
  const Lane = Workflow.make("Lane", {
    payload: { id: Schema.String, tasks: Schema.Int },
    success: Schema.Int,
    idempotencyKey: ({ id }) => id,
  });
  const activity = (task) =>
    Activity.make({ name: `task-${task}`, success: Schema.Int, execute: Effect.succeed(task) });
  const lane = Lane.toLayer(
    Effect.fnUntraced(function* ({ tasks }) {
      for (let task = 0; task < tasks; task++) yield* activity(task);
      return tasks;
    }),
  );
  const engine = cluster.ClusterWorkflowEngine.layer.pipe(
    Layer.provideMerge(cluster.SingleRunner.layer({ runnerStorage: "sql" })),
    Layer.provide(Sqlite.layer({ filename: join(folder, "workflow.db") })),
    Layer.provide(crypto.Digest.layerWebCrypto),
  );
  const runtime = ManagedRuntime.make(
    lane.pipe(
      Layer.provideMerge(engine),
      Layer.provideMerge(Layer.succeed(References.MinimumLogLevel, "Error")),
    ),
  );
  await runtime.runPromise(Effect.void);
  let runs = 0;
  return {
    run: (lanes, tasksPerLane) => {
      const run = ++runs;
      const ids = Array.from({ length: lanes }, (_, index) => `${run}-${index}`);
      return runtime.runPromise(
        Effect.forEach(ids, (id) => Lane.execute({ id, tasks: tasksPerLane }), {
          concurrency: "unbounded",
          discard: true,
        }),
      );
    },
    close: () => runtime.dispose(),
  };
};
