// pnpm sim:variants [part of a name]: shows that the simulation catches every wrong variant.
import { simulate } from "./workers.ts";
import { type Variant, variants } from "./variants.ts";

/** Within so many seeds each must be caught. */
const mostSeeds = 2000;

/** Most are caught at once: few seeds first. */
const rounds = [20, 100, 500, mostSeeds];

interface Found {
  readonly seeds: number;
  /** Which checker found it; undefined if none did. */
  readonly by: string | undefined;
}

/** The lowest seed that shows that a variant is wrong. */
const search = async ({ journal, name: variant }: Variant): Promise<Found> => {
  for (const count of rounds) {
    const told = await simulate({ first: 1, count, journal, variant, stop: true });
    const caught = told.find(({ violation }) => violation !== undefined);
    if (caught === undefined) continue;
    const { checker, message } = caught.violation!;
    const [line] = message.split("\n");
    return { seeds: caught.seed, by: `${checker}: ${line!.slice(0, 80)}` };
  }
  return { seeds: mostSeeds, by: undefined };
};

/** A variant that does not fit the sources any more is as bad as one that is not caught. */
const tried = async (variant: Variant): Promise<Found> => {
  try {
    return await search(variant);
  } catch (error) {
    console.error(String(error));
    return { seeds: 0, by: undefined };
  }
};

const only = process.argv[2] ?? "";
const wanted = variants.filter(({ name }) => name.includes(only));
let missed = 0;
console.log(`${"variant".padEnd(72)}  seeds  caught by`);
for (const variant of wanted) {
  const { name } = variant;
  const { by, seeds } = await tried(variant);
  if (by === undefined) missed++;
  console.log(`${name.padEnd(72)} ${String(seeds).padStart(6)}  ${by ?? "NOT CAUGHT"}`);
}
console.log(`${wanted.length - missed} of ${wanted.length} variants are caught`);
process.exitCode = missed === 0 ? 0 : 1;
