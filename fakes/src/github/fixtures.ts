import { existsSync, readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { pathToFileURL } from "node:url";

/** A bundle of the fakes has these files beside it, under this name. */
export const folderName = "github-fixtures";

const beside = (name: string): URL | undefined => {
  const place = new URL(`./${folderName}/${name}`, import.meta.url);
  return existsSync(place) ? place : undefined;
};

const own = (name: string): URL => beside(name) ?? new URL(`./fixtures/${name}`, import.meta.url);

/** The published snapshot. The package exports a module that loads much else; the file lies beside it. */
const published = (): URL =>
  new URL(
    "schema.graphql",
    pathToFileURL(findPackageJSON("@octokit/graphql-schema", import.meta.url)!),
  );

/** Reads the operations and schemas of REST, as JSON. */
export const rest = (): string => readFileSync(own("rest.json"), "utf8");

/** Reads GitHub's published GraphQL schema. */
export const snapshot = (): string => readFileSync(beside("schema.graphql") ?? published(), "utf8");

/** Reads what came after the published schema. */
export const extensions = (): string => readFileSync(own("graphql-extensions.graphql"), "utf8");
