/** Restate's server from npm and its TypeScript SDK: an invocation a lane, a `ctx.run` a task. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { freePort, startService } from "../service.mjs";

const fromServer = () => {
  const fromHere = createRequire(import.meta.url);
  const server = createRequire(fromHere.resolve("@restatedev/restate-server/package.json"));
  return server.resolve(
    `@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`,
  );
};

const answers = async (url) => {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
};

const ask = async (url, body) => {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
};

export const open = async (folder) => {
  const { endpoint, service } = await import("@restatedev/restate-sdk");
  const { createServer } = await import("node:http2");
  const [node, ingress, admin, handler] = await Promise.all([1, 2, 3, 4].map(freePort));
  const stop = await startService(
    fromServer(),
    ["--base-dir", join(folder, "restate"), "--node-name", "bench", "--listen-mode", "tcp"],
    {
      cwd: folder,
      env: {
        ...process.env,
        RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
        RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
        RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
        RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
        RESTATE_DISABLE_TELEMETRY: "true",
        RESTATE_LOG_FILTER: "warn",
      },
      isReady: async () =>
        (await answers(`http://127.0.0.1:${admin}/health`)) &&
        (await answers(`http://127.0.0.1:${ingress}/restate/health`)),
    },
  );
  const lane = async (context, tasks) => {
    for (let task = 0; task < tasks; task++) await context.run(`task-${task}`, () => task);
    return tasks;
  };
  const bench = service({ name: "bench", handlers: { lane } });
  const server = createServer(
    endpoint()
      .bind(bench)
      .setLogger(() => undefined)
      .http2Handler(),
  );
  await new Promise((resolve) => server.listen(handler, "127.0.0.1", resolve));
  await ask(`http://127.0.0.1:${admin}/deployments`, { uri: `http://127.0.0.1:${handler}` });
  return {
    run: async (lanes, tasksPerLane) => {
      const url = `http://127.0.0.1:${ingress}/bench/lane`;
      await Promise.all(Array.from({ length: lanes }, () => ask(url, tasksPerLane)));
    },
    close: async () => {
      await stop();
      server.close();
    },
  };
};
