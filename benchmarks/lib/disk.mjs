/** What the disk itself takes to make something durable. */
import { closeSync, fdatasyncSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median } from "./measure.mjs";

const block = Buffer.alloc(4096, 1);
const blocks = 1024;
const tmpfs = 0x01021994;

/** A folder on a real disk: in `ORCHESTRATOR_BENCH_FOLDER`, or where the system keeps temporary files. */
export const scratchFolder = () => {
  const parent = process.env.ORCHESTRATOR_BENCH_FOLDER ?? tmpdir();
  if (statfsSync(parent).type === tmpfs) {
    throw new Error(
      `${parent} lies in memory, where nothing is durable: name a folder on a disk in ORCHESTRATOR_BENCH_FOLDER.`,
    );
  }
  return mkdtempSync(join(parent, "orchestrator-bench-"));
};

/**
 * The times of writes of 4 KiB with an fdatasync each, in milliseconds. The
 * file is as long as it will be, as a write-ahead log that is used again, so
 * that no write changes its length: this is the least that a commit can take.
 */
export const fdatasyncTimes = (folder, writes = 200) => {
  const path = join(folder, "fdatasync");
  const file = openSync(path, "w");
  try {
    for (let index = 0; index < blocks; index++) writeSync(file, block);
    fsyncSync(file);
    return Array.from({ length: writes }, (_, index) => {
      const start = performance.now();
      writeSync(file, block, 0, block.length, (index % blocks) * block.length);
      fdatasyncSync(file);
      return performance.now() - start;
    });
  } finally {
    closeSync(file);
    rmSync(path);
  }
};

/** Median and mean of times. */
export const summary = (times) => ({
  median: median(times),
  mean: times.reduce((sum, time) => sum + time, 0) / times.length,
});
