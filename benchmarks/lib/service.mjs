/** Servers that are started for a measurement, and stopped with the process that started them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

const patience = 60_000;
const running = new Set();

process.on("exit", () => {
  for (const server of running) server.kill("SIGKILL");
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

/** A port that nobody listens on. */
export const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
};

/** Starts a server and waits until `isReady` answers true; answers with the way to stop it. */
export const startService = async (
  command,
  args,
  { isReady, stopSignal = "SIGTERM", ...options },
) => {
  const server = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const hear = (chunk) => {
    said = `${said}${chunk}`.slice(-2000);
  };
  server.stdout.on("data", hear);
  server.stderr.on("data", hear);
  let ended;
  const end = new Promise((resolve) => {
    server.once("error", (error) => resolve((ended = String(error))));
    server.once("exit", (code, signal) => resolve((ended = `it ended with ${code ?? signal}`)));
  });
  running.add(server);
  void end.then(() => running.delete(server));
  const until = performance.now() + patience;
  while (!(await isReady())) {
    if (ended === undefined && performance.now() > until) ended = "it is not ready after a minute";
    if (ended !== undefined) {
      server.kill("SIGKILL");
      throw new Error(`${command} could not be started, ${ended}: ${said.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return async () => {
    server.kill(stopSignal);
    await end;
  };
};
