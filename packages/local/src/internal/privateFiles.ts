/** Files and folders that only their owner may read, whatever the umask is. */
import * as fs from "node:fs";

/** Makes a folder, or closes an existing one to others. */
export const makeFolder = (folder: string): void => {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  fs.chmodSync(folder, 0o700);
};

/** Makes an empty file, and does not even open one that exists. */
export const createIfAbsent = (file: string, text = ""): void => {
  try {
    fs.writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  fs.chmodSync(file, 0o600);
};

/** Makes durable what was done to a file or to the names in a folder. */
export const sync = (fileOrFolder: string): void => {
  const descriptor = fs.openSync(fileOrFolder, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
};
