// pnpm sim:crashes [--pairs]: breaks a few runs off at every place.
import * as Enumeration from "./Enumeration.ts";
import { onDatabases, scenarios } from "./fixed.ts";

const all = [...scenarios, ...onDatabases];
let bad = 0;

const tell = (what: string, enumerate: () => Enumeration.Enumerated): void => {
  const began = performance.now();
  const found = enumerate();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  bad += found.bad.length;
  console.log(
    `${what.padEnd(84)} ${String(found.runs).padStart(6)} runs, ${found.decided} with a decision, bad = ${found.bad.length}, ${seconds} s`,
  );
  for (const line of found.bad.slice(0, 5)) console.log(`  ${line}`);
};

for (const { name, scenario } of all) {
  tell(`a crash at every point: ${name}`, () => Enumeration.crashes(scenario));
}
for (const { name, scenario } of all) {
  tell(`every write fails: ${name}`, () => Enumeration.failedWrites(scenario));
}
if (process.argv.includes("--pairs")) {
  for (const { name, scenario } of [scenarios[0]!, onDatabases[0]!]) {
    tell(`two crashes at all pairs of points: ${name}`, () => Enumeration.pairs(scenario));
  }
}
console.log(`bad = ${bad}`);
process.exitCode = bad === 0 ? 0 : 1;
