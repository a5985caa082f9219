// Loaded before everything else: changes sources as they are read, for the variant that the environment names.
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { applied, type Patch, root, variants } from "./variants.ts";

const name = process.env.SIMULATION_VARIANT;
const variant = variants.find((known) => known.name === name);
if (variant === undefined) throw new RangeError(`There is no variant ${name}.`);

const byFile = new Map<string, Array<Patch>>();
for (const patch of variant.patches) {
  byFile.set(`${root}${patch.file}`, [...(byFile.get(`${root}${patch.file}`) ?? []), patch]);
}

const change = (source: string, { file, replacement, text }: Patch): string => {
  const times = source.split(text).length - 1;
  if (times !== 1) {
    throw new Error(
      `The variant ${name} does not fit ${file} any more: the text occurs ${times} times, not once:\n${text}`,
    );
  }
  applied.push(file);
  return source.replace(text, () => replacement);
};

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const patches = url.startsWith("file:") ? byFile.get(fileURLToPath(url)) : undefined;
    if (patches === undefined || loaded.source === undefined) return loaded;
    const source =
      typeof loaded.source === "string"
        ? loaded.source
        : Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: patches.reduce(change, source) };
  },
});
