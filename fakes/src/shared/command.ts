import { readFileSync } from "node:fs";
import type { Audit } from "./Audit.ts";

/** The JSON in a file; the fake itself says what is wrong with its content. */
export const readJson = (flag: string, path: string | undefined): never | undefined => {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as never;
  } catch (error) {
    throw new Error(`--${flag} ${path}: ${(error as Error).message}`, { cause: error });
  }
};

export const readNumber = (flag: string, text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (text === "" || !Number.isFinite(value))
    throw new Error(`--${flag}: expected a number, found "${text}"`);
  return value;
};

/** A fake, as far as a process needs to know one. */
interface Running {
  readonly url: string;
  readonly audit: Audit;
  readonly summary: () => unknown;
  readonly close: () => Promise<void>;
}

const stop = async (fake: Running): Promise<void> => {
  await fake.close();
  fake.audit.write({ summary: fake.summary() });
};

/** Runs a fake until SIGTERM or SIGINT; its first line is its URL. `null`: nothing is to be run. */
export const serve = async (start: () => Promise<Running | null>): Promise<void> => {
  try {
    const fake = await start();
    if (fake === null) return;
    process.once("SIGTERM", () => void stop(fake));
    process.once("SIGINT", () => void stop(fake));
    // Who started the fake may be killed, and its pipe with it; the fake goes on.
    process.stdout.on("error", () => undefined);
    process.stdout.write(`${fake.url}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 2;
  }
};
