// Collects the licences of what a bundle contains: bundling copies code, and its licence asks to travel with it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const packageFolder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** @param {string} folder */
const licenceOf = (folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined && license === undefined) {
    throw new Error(`${name}@${version} states no licence: it cannot be bundled`);
  }
  const text =
    file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), "utf8");
  return `${name}@${version}\n\n${text.trim()}\n`;
};

/**
 * An esbuild plugin that writes the licences of all bundled packages to one file.
 *
 * @param {string} output path from the package's folder
 * @returns {NonNullable<import("tsup").Options["esbuildPlugins"]>[number]}
 */
export const thirdPartyLicences = (output) => ({
  name: "third-party-licences",
  setup: (build) => {
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      const folders = Object.keys(metafile?.inputs ?? {}).flatMap(
        (input) => packageFolder.exec(resolve(input))?.[1] ?? [],
      );
      const texts = [...new Set(folders)].map(licenceOf).sort();
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, texts.join(`\n${"-".repeat(80)}\n\n`));
    });
  },
});
