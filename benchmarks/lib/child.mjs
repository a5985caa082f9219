/** Cases in processes of their own. */
import { execFileSync } from "node:child_process";

const here = new URL("..", import.meta.url);
const hour = 3_600_000;

/** Runs one case in a fresh process of this Node. */
export const measure = (name, options, timeout = hour) => {
  const told = Object.values(options).filter((value) => String(value).length < 20);
  process.stderr.write(`${name} ${told.join(" ")}\n`);
  const args = ["--expose-gc", "--max-old-space-size=6144", "child.mjs"];
  const output = execFileSync(process.execPath, [...args, JSON.stringify({ name, ...options })], {
    cwd: here,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
    timeout,
  });
  // Peers may write lines of their own before.
  return JSON.parse(output.trimEnd().split("\n").at(-1));
};

/** A case's figures together with what they are for. */
export const record = (name, options) => ({ ...options, figures: measure(name, options) });
