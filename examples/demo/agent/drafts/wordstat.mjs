import { readFileSync } from "node:fs";
import { count } from "./lib/count.mjs";
import { report } from "./lib/report.mjs";

const args = process.argv.slice(2);
const onlyWords = args[0] === "--words";
const [file, ...others] = onlyWords ? args.slice(1) : args;

if (file === undefined || others.length > 0) {
  process.stderr.write("usage: node wordstat.mjs [--words] FILE\n");
  process.exitCode = 2;
} else {
  const text = readFileSync(file, "utf8");
  process.stdout.write(onlyWords ? `${count(text).words}\n` : report(text));
}
