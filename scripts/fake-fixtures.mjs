// Writes what a bundle with the fake of GitHub needs beside it: see fakes/src/github/fixtures.ts.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";

/** Two thirds of the schema are descriptions, which nobody reads there. @param {string} text */
const withoutDescriptions = (text) =>
  text.replaceAll(/^[ \t]*"""[^]*?"""\n/gm, "").replaceAll(/\n{2,}/g, "\n");

/**
 * @param {string} fakes the folder of the fake of GitHub
 * @param {string} folder where they are written
 */
export const writeFakeFixtures = (fakes, folder) => {
  mkdirSync(folder, { recursive: true });
  for (const name of ["rest.json", "graphql-extensions.graphql"]) {
    copyFileSync(join(fakes, "fixtures", name), join(folder, name));
  }
  const manifest = findPackageJSON("@octokit/graphql-schema", resolve(fakes, "fixtures.ts"));
  if (manifest === undefined) throw new Error("@octokit/graphql-schema is not installed");
  const schema = readFileSync(join(dirname(manifest), "schema.graphql"), "utf8");
  writeFileSync(join(folder, "schema.graphql"), withoutDescriptions(schema));
};
