// Writes the part of GitHub's OpenAPI description that the fake of GitHub holds requests and answers against.
//
//   node scripts/github-schemas.mjs
//
// Run by hand when an operation is added to the list. The package is 385 MB unpacked and no dependency.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const source = "@octokit/openapi@23.0.2";
const file = "package/generated/api.github.com.json";
const target = new URL("../fakes/src/github/fixtures/rest.json", import.meta.url);

const repo = "/repos/{owner}/{repo}";
const issue = `${repo}/issues/{issue_number}`;
const comment = `${repo}/issues/comments/{comment_id}`;
const pull = `${repo}/pulls/{pull_number}`;
const commit = `${repo}/commits/{ref}`;
const checkRun = `${repo}/check-runs/{check_run_id}`;
const job = `${repo}/actions/jobs/{job_id}`;

/** The name that fault rules and the audit use, and the operation it stands for. */
const wanted = [
  ["meta", "get", "/meta"],
  ["rateLimit", "get", "/rate_limit"],
  ["user", "get", "/user"],
  ["repo", "get", repo],
  ["repo.installation", "get", `${repo}/installation`],
  ["app.token", "post", "/app/installations/{installation_id}/access_tokens"],
  ["collaborators.permission", "get", `${repo}/collaborators/{username}/permission`],
  ["issues.list", "get", `${repo}/issues`],
  ["issues.get", "get", issue],
  ["issues.comments", "get", `${issue}/comments`],
  ["issues.blockedBy", "get", `${issue}/dependencies/blocked_by`],
  ["issues.blocking", "get", `${issue}/dependencies/blocking`],
  ["issues.subIssues", "get", `${issue}/sub_issues`],
  ["issues.parent", "get", `${issue}/parent`],
  ["issues.create", "post", `${repo}/issues`],
  ["issues.update", "patch", issue],
  ["issues.labels", "get", `${issue}/labels`],
  ["issues.addLabels", "post", `${issue}/labels`],
  ["issues.setLabels", "put", `${issue}/labels`],
  ["issues.clearLabels", "delete", `${issue}/labels`],
  ["issues.removeLabel", "delete", `${issue}/labels/{name}`],
  ["comments.list", "get", `${repo}/issues/comments`],
  ["comments.create", "post", `${issue}/comments`],
  ["comments.get", "get", comment],
  ["comments.update", "patch", comment],
  ["comments.delete", "delete", comment],
  ["labels.list", "get", `${repo}/labels`],
  ["labels.create", "post", `${repo}/labels`],
  ["labels.get", "get", `${repo}/labels/{name}`],
  ["labels.update", "patch", `${repo}/labels/{name}`],
  ["labels.delete", "delete", `${repo}/labels/{name}`],
  ["milestones.list", "get", `${repo}/milestones`],
  ["pulls.list", "get", `${repo}/pulls`],
  ["pulls.create", "post", `${repo}/pulls`],
  ["pulls.get", "get", pull],
  ["pulls.update", "patch", pull],
  ["pulls.commits", "get", `${pull}/commits`],
  ["pulls.files", "get", `${pull}/files`],
  ["pulls.isMerged", "get", `${pull}/merge`],
  ["pulls.merge", "put", `${pull}/merge`],
  ["pulls.reviews", "get", `${pull}/reviews`],
  ["pulls.reviewComments", "get", `${pull}/comments`],
  ["pulls.updateBranch", "put", `${pull}/update-branch`],
  ["refs.get", "get", `${repo}/git/ref/{ref}`],
  ["refs.matching", "get", `${repo}/git/matching-refs/{ref}`],
  ["refs.create", "post", `${repo}/git/refs`],
  ["refs.update", "patch", `${repo}/git/refs/{ref}`],
  ["refs.delete", "delete", `${repo}/git/refs/{ref}`],
  ["git.createCommit", "post", `${repo}/git/commits`],
  ["git.commit", "get", `${repo}/git/commits/{commit_sha}`],
  ["git.createTree", "post", `${repo}/git/trees`],
  ["git.tree", "get", `${repo}/git/trees/{tree_sha}`],
  ["git.createBlob", "post", `${repo}/git/blobs`],
  ["git.blob", "get", `${repo}/git/blobs/{file_sha}`],
  ["branches.list", "get", `${repo}/branches`],
  ["branches.get", "get", `${repo}/branches/{branch}`],
  ["rules.branch", "get", `${repo}/rules/branches/{branch}`],
  ["commits.get", "get", commit],
  ["commits.pulls", "get", `${repo}/commits/{commit_sha}/pulls`],
  ["commits.checkRuns", "get", `${commit}/check-runs`],
  ["commits.status", "get", `${commit}/status`],
  ["commits.statuses", "get", `${commit}/statuses`],
  ["statuses.create", "post", `${repo}/statuses/{sha}`],
  ["compare", "get", `${repo}/compare/{basehead}`],
  ["checkRuns.get", "get", checkRun],
  ["checkRuns.rerequest", "post", `${checkRun}/rerequest`],
  ["jobs.get", "get", job],
  ["jobs.rerun", "post", `${job}/rerun`],
];

/** The service takes an empty list here, as its own documentation says, although the description has `minItems`. */
const emptiable = new Set(["issues.addLabels", "issues.setLabels"]);

/** The wording is not checked, and formats beyond these two have no checker in Ajv itself. */
const dropped = new Set([
  "description",
  "example",
  "examples",
  "title",
  "externalDocs",
  "deprecated",
  "readOnly",
  "discriminator",
  "xml",
  "writeOnly",
]);
const formats = new Set(["date-time", "uri"]);

/**
 * @typedef {any} Json
 * @param {Json} schema
 * @returns {Json}
 */
const convert = (schema) => {
  if (Array.isArray(schema)) return schema.map(convert);
  if (typeof schema !== "object" || schema === null) return schema;
  if (schema.$ref !== undefined) {
    const reference = { $ref: schema.$ref.replace("#/components/schemas/", "rest#/schemas/") };
    return schema.nullable === true ? { anyOf: [reference, { type: "null" }] } : reference;
  }
  return nullable(schema, convertKeys(schema));
};

/**
 * `oneOf` becomes `anyOf`: an issue is also a valid draft of one.
 *
 * @param {Json} schema
 */
const convertKeys = (schema) => {
  /** @type {Json} */
  const result = {};
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key) || key.startsWith("x-") || key === "nullable") continue;
    if (key === "format" && !formats.has(value)) continue;
    if (key === "properties") result.properties = mapValues(value, convert);
    else if (key === "enum" || key === "default" || key === "required") result[key] = value;
    else result[key === "oneOf" ? "anyOf" : key] = convert(value);
  }
  return result;
};

/**
 * `nullable` stands beside `type`, `enum`, `allOf` or nothing at all.
 *
 * @param {Json} schema
 * @param {Json} converted
 */
const nullable = (schema, converted) => {
  if (schema.nullable !== true) return converted;
  if (converted.type === undefined) return { anyOf: [converted, { type: "null" }] };
  const { enum: values } = converted;
  const withNull = values === undefined || values.includes(null) ? values : [...values, null];
  return {
    ...converted,
    type: [converted.type, "null"],
    ...(withNull === undefined ? {} : { enum: withNull }),
  };
};

/**
 * @param {Record<string, Json>} record
 * @param {(value: Json) => Json} change
 */
const mapValues = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** @returns {Json} */
const download = () => {
  const folder = mkdtempSync(join(tmpdir(), "github-schemas-"));
  try {
    const options = { cwd: folder, maxBuffer: 1024 * 1024 };
    const packed = execFileSync("npm", ["pack", source, "--silent"], options).toString().trim();
    execFileSync("tar", ["xzf", packed, file], options);
    return JSON.parse(readFileSync(join(folder, file), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * @param {Json} document
 * @param {Json} node
 */
const follow = (document, node) =>
  node?.$ref === undefined
    ? node
    : node.$ref
        .slice(2)
        .split("/")
        .reduce((/** @type {Json} */ inner, /** @type {string} */ key) => inner[key], document);

/** @param {Json} schema */
const withoutLeast = (schema) =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === "minItems" ? undefined : value)));

/**
 * @param {Json} document
 * @param {string[]} entry
 */
const toOperation = (document, [endpoint = "", method = "", path = ""]) => {
  const described = document.paths[path]?.[method];
  if (described === undefined) throw new Error(`${source} has no ${method} ${path}`);
  const parameters = [...(document.paths[path].parameters ?? []), ...(described.parameters ?? [])]
    .map((parameter) => follow(document, parameter))
    .map(({ name, in: place, required, schema }) => ({
      name,
      in: place,
      ...(required === true ? { required } : {}),
      schema: convert(schema),
    }));
  const json = (/** @type {Json} */ node) => follow(document, node)?.content?.["application/json"];
  const stated = json(described.requestBody)?.schema;
  const body = emptiable.has(endpoint) ? withoutLeast(stated) : stated;
  const needsBody = follow(document, described.requestBody)?.required === true;
  const success = Object.keys(described.responses).find((status) => status.startsWith("2")) ?? "";
  return {
    endpoint,
    method: method.toUpperCase(),
    path,
    parameters,
    ...(body === undefined ? {} : { body: convert(body) }),
    ...(body === undefined || needsBody ? {} : { bodyOptional: true }),
    answer: convert(json(described.responses[success])?.schema ?? {}),
  };
};

/**
 * Every schema that the operations lead to.
 *
 * @param {Json} document
 * @param {Json[]} operations
 */
const schemasOf = (document, operations) => {
  /** @type {Record<string, Json>} */
  const found = {};
  const todo = [JSON.stringify(operations)];
  for (let text = todo.pop(); text !== undefined; text = todo.pop()) {
    for (const [, name = ""] of text.matchAll(/"rest#\/schemas\/([^"]+)"/g)) {
      if (found[name] !== undefined) continue;
      found[name] = convert(document.components.schemas[name]);
      todo.push(JSON.stringify(found[name]));
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
};

const document = download();
const operations = wanted.map((entry) => toOperation(document, entry));
const schemas = schemasOf(document, operations);
// A line for each schema: small, and a change in one of them can be seen.
const lines = (/** @type {string[]} */ texts) => `\n${texts.join(",\n")}\n`;
writeFileSync(
  target,
  `{"source":${JSON.stringify(source)},"operations":[${lines(operations.map((each) => JSON.stringify(each)))}],"schemas":{${lines(
    Object.entries(schemas).map(
      ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
    ),
  )}}}\n`,
);
process.stdout.write(
  `${operations.length} operations and ${Object.keys(schemas).length} schemas in ${target.pathname}\n`,
);
