/** DBOS on a PostgreSQL server of its own: a workflow a lane, a step a task. */
import { createRequire } from "node:module";
import { startPostgres } from "../postgres.mjs";

const quiet = { debug() {}, error: console.error, info() {}, warn() {} };

export const open = async (folder) => {
  const { DBOS } = createRequire(import.meta.url)("@dbos-inc/dbos-sdk");
  const postgres = await startPostgres(folder);
  DBOS.setConfig({ name: "bench", systemDatabaseUrl: postgres.url, logger: quiet });
  const lane = DBOS.registerWorkflow(
    async (tasks) => {
      for (let task = 0; task < tasks; task++) {
        await DBOS.runStep(() => Promise.resolve(task), { name: `task-${task}` });
      }
      return tasks;
    },
    { name: "lane" },
  );
  await DBOS.launch();
  return {
    versions: { PostgreSQL: postgres.version },
    run: async (lanes, tasksPerLane) => {
      const started = Array.from({ length: lanes }, () => DBOS.startWorkflow(lane)(tasksPerLane));
      await Promise.all(started.map(async (handle) => (await handle).getResult()));
    },
    close: async () => {
      await DBOS.shutdown();
      await postgres.stop();
    },
  };
};
