/** The file of the journal's database, before SQLite works with it. */
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import * as Files from "./privateFiles.ts";

/**
 * Makes the database in one step, if there is none. An empty file, or a log
 * without its database, is therefore never a new one, but one that lost what it held.
 */
export const createIfAbsent = (file: string): void => {
  if (fs.existsSync(file) || fs.existsSync(`${file}-wal`)) return;
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    // SQLite gives the files beside it the mode of this one.
    Files.createIfAbsent(temporary);
    writeHeader(temporary);
    Files.sync(temporary);
    takeName(temporary, file);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  Files.sync(path.dirname(file));
};

const writeHeader = (file: string): void => {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = WAL");
  } finally {
    database.close();
  }
};

/** Whoever comes first makes the database; the others use that one. */
const takeName = (temporary: string, file: string): void => {
  try {
    fs.linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
};

/** Whether the file has lost everything that even an unused database has. */
export const isLost = (file: string): boolean =>
  (fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0;

/**
 * The format that programs must read to use the database, as far as it can be
 * told without touching a file; what is not in the main file yet is left out.
 */
export const neededFormat = (file: string): number | undefined => {
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    const row = database.prepare("SELECT min_reader FROM journal_format").get();
    return row === undefined ? undefined : Number(row["min_reader"]);
  } catch {
    // Whatever is wrong with it is found, and told, when it is opened in earnest.
    return undefined;
  } finally {
    database?.close();
  }
};
