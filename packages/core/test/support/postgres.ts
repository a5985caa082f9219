/** A PostgreSQL server of Debian's packages, in a temporary folder and on a free port. */
import * as childProcess from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as PgClient from "@effect/sql-pg/PgClient";
import * as Effect from "effect/Effect";
import * as Reactivity from "effect/reactivity/Reactivity";

const versions = "/usr/lib/postgresql";

/** The folder of the server's programs, or undefined where it is not installed. */
export const binaries: string | undefined = (
  fs.existsSync(versions) ? fs.readdirSync(versions) : []
)
  .sort((a, b) => Number(b) - Number(a))
  .map((version) => path.join(versions, version, "bin"))
  .find((folder) => fs.existsSync(path.join(folder, "initdb")));

export const missing = `no PostgreSQL in ${versions}: apt-get install postgresql`;

export interface Server {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** The server refuses to run as root. */
const user = (): { readonly uid?: number; readonly gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const accounts = fs.readFileSync("/etc/passwd", "utf8").split("\n");
  const fields = accounts.find((line) => line.startsWith("postgres:"))?.split(":");
  return { uid: Number(fields?.[2] ?? 65_534), gid: Number(fields?.[3] ?? 65_534) };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });

const settings = ["fsync=off", "listen_addresses=127.0.0.1", "autovacuum=off"];

/** Starts a server and waits until it takes connections. */
export const start = async (): Promise<Server> => {
  const [folder, port] = [fs.mkdtempSync(path.join(os.tmpdir(), "postgres-")), await freePort()];
  const { gid, uid } = user();
  if (uid !== undefined && gid !== undefined) fs.chownSync(folder, uid, gid);
  const options = { ...user(), cwd: folder, env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } };
  const data = path.join(folder, "data");
  const initialise = ["-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"];
  childProcess.execFileSync(`${binaries}/initdb`, initialise, { ...options, stdio: "pipe" });
  const server = childProcess.spawn(
    `${binaries}/postgres`,
    ["-D", data, "-p", `${port}`, "-k", folder, ...settings.flatMap((each) => ["-c", each])],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  await ready(server);
  return {
    port,
    stop: async () => {
      server.kill("SIGQUIT");
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
};

const ready = (server: childProcess.ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = "";
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
    server.stderr!.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      if (said.includes("ready to accept connections")) resolve();
    });
  });

/** A client that sees nothing but a schema of its own, empty if it is new. */
export const client = (port: number, schema: string) =>
  PgClient.make({
    host: "127.0.0.1",
    port,
    database: "postgres",
    username: "postgres",
    startupOptions: `-c search_path=${schema}`,
  }).pipe(
    Effect.tap((sql) => sql`CREATE SCHEMA IF NOT EXISTS ${sql(schema)}`),
    Effect.provide(Reactivity.layer),
  );

export const newSchema = Effect.sync(() => `s_${crypto.randomUUID().replaceAll("-", "")}`);

export const sha256 = (text: string): string => crypto.hash("sha256", text);
