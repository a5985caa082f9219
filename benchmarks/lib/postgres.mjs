/** A PostgreSQL server of its own, as the system's packages bring it, in its default configuration. */
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort, startService } from "./service.mjs";

const packaged = "/usr/lib/postgresql";

/** Where `initdb` and `postgres` are. */
const programs = () => {
  const versions = existsSync(packaged) ? readdirSync(packaged) : [];
  const folders = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(packaged, version, "bin"));
  const found = [...folders, ...(process.env.PATH ?? "").split(":")].find(
    (folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
  if (found === undefined) {
    throw new Error("PostgreSQL is not installed (apt-get install postgresql).");
  }
  return found;
};

/** Whom the server runs as: it refuses to be root. */
const owner = () => {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
};

/** Starts a server; answers with its URL and the way to stop it. */
export const startPostgres = async (folder) => {
  const bin = programs();
  const user = owner();
  const data = join(folder, "postgres");
  mkdirSync(data, { mode: 0o700 });
  if (user.uid !== undefined) {
    chownSync(data, user.uid, user.gid);
    // The folders above are this process's own; the server must get through them.
    chmodSync(folder, 0o711);
    chmodSync(dirname(folder), 0o711);
  }
  const options = { ...user, cwd: data };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust"], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const port = await freePort();
  const isReady = () => {
    try {
      execFileSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", String(port)], {
        stdio: "ignore",
      });
      return true;
    } catch {
      return false;
    }
  };
  const args = ["-D", data, "-p", String(port), "-k", data, "-c", "listen_addresses=127.0.0.1"];
  const stop = await startService(join(bin, "postgres"), args, {
    ...options,
    isReady,
    stopSignal: "SIGINT",
  });
  const version = execFileSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" });
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    version: version.trim().split(" ")[2],
    stop,
  };
};
