import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

/** A JSON Schema, as far as a specification needs one. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required?: boolean;
  readonly schema: Schema;
}

/** One method on one path: what it takes and what it answers when all is well. */
export interface Operation {
  /** The short name that fault rules and the audit use. */
  readonly endpoint: string;
  readonly method: string;
  /** With `{name}` for what a path parameter stands for. */
  readonly path: string;
  readonly parameters: ReadonlyArray<Parameter>;
  readonly body?: Schema;
  /** Whether the body may be left out. */
  readonly bodyOptional?: boolean;
  readonly answer: Schema;
}

/** A request as far as a specification can judge it. */
export interface Request {
  readonly method: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly contentType: string | null;
  readonly body: string;
}

/** A finding in the words of the service: where, what, and of which type. */
export interface Problem {
  readonly loc: ReadonlyArray<string | number>;
  readonly msg: string;
  readonly type: string;
}

/** A request read against its operation. */
export interface Reading {
  /** Values of path and query by name, in their types, defaults filled in. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** What the service refuses. */
  readonly problems: ReadonlyArray<Problem>;
  /** What the service passes over in silence: a mistake all the same. */
  readonly ignored: ReadonlyArray<string>;
}

/** The operation for a path; or the methods that the path has; or nothing. */
export type Match =
  | { readonly operation: Operation; readonly path: Readonly<Record<string, string>> }
  | { readonly allowed: ReadonlyArray<string> }
  | null;

/** Those that a client could get wrong. */
const formats = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  uri: /^[a-z][a-z0-9+.-]*:[^\s{}]+$/i,
};

/** Reads requests against operations, and holds answers against them. */
export class Specification {
  readonly #operations: ReadonlyArray<{ operation: Operation; pattern: RegExp }>;
  readonly #ajv = new Ajv({ strict: false, allErrors: true, formats });
  readonly #compiled = new Map<Schema, ValidateFunction>();

  /** `shared` holds what the schemas of the operations refer to by its `$id`. */
  constructor(operations: ReadonlyArray<Operation>, shared?: Schema & { readonly $id: string }) {
    if (shared !== undefined) this.#ajv.addSchema(shared, undefined, false, false);
    this.#operations = operations.map((operation) => ({
      operation,
      pattern: patternOf(operation.path),
    }));
  }

  match(method: string, pathname: string): Match {
    const hits = this.#operations.flatMap(({ operation, pattern }) => {
      const path = pattern.exec(pathname);
      return path === null ? [] : [{ operation, path: { ...path.groups } }];
    });
    // A literal path goes before one with a parameter in its place, as in the service's router.
    hits.sort(
      (a, b) =>
        Object.keys(a.path).length - Object.keys(b.path).length ||
        b.operation.path.length - a.operation.path.length,
    );
    const hit = hits.find(({ operation }) => operation.method === method);
    if (hit !== undefined) return hit;
    return hits.length === 0 ? null : { allowed: hits.map(({ operation }) => operation.method) };
  }

  read(operation: Operation, path: Readonly<Record<string, string>>, request: Request): Reading {
    const values: Record<string, unknown> = {};
    const problems: Array<Problem> = [];
    for (const parameter of operation.parameters) {
      const raw =
        parameter.in === "path" ? path[parameter.name] : request.query.get(parameter.name);
      const found = this.#readParameter(parameter, raw ?? null);
      values[parameter.name] = found.value;
      problems.push(...found.problems);
    }
    const body = operation.body === undefined ? undefined : parseBody(request);
    problems.push(...this.#judgeBody(operation, body));
    return { values, body, problems, ignored: passedOver(operation, request, body) };
  }

  /** What is wrong with an answer of the fake itself. */
  judgeAnswer(operation: Operation, answer: unknown): ReadonlyArray<Problem> {
    return this.#judge(operation.answer, answer, ["answer"]);
  }

  #readParameter({ name, in: place, required, schema }: Parameter, raw: string | null) {
    if (raw === null) {
      const missing = { loc: [place, name], msg: "Field required", type: "missing" };
      return { value: schema["default"] ?? null, problems: required === true ? [missing] : [] };
    }
    const value = fromText(raw, schema);
    return { value, problems: this.#judge(schema, value, [place, name]) };
  }

  #judgeBody({ body: schema, bodyOptional }: Operation, body: unknown): ReadonlyArray<Problem> {
    if (schema === undefined || (bodyOptional === true && body === undefined)) return [];
    if (body === undefined) return [{ loc: ["body"], msg: "Field required", type: "missing" }];
    if (body instanceof SyntaxError) {
      return [{ loc: ["body"], msg: "JSON decode error", type: "json_invalid" }];
    }
    return this.#judge(schema, body, ["body"]);
  }

  #judge(schema: Schema, value: unknown, loc: ReadonlyArray<string>): ReadonlyArray<Problem> {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      validate = this.#ajv.compile(schema);
      this.#compiled.set(schema, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []).map((error) => toProblem(error, loc));
  }
}

/** Names of branches and refs have slashes in them. */
const greedy = new Set(["ref", "branch", "basehead"]);

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${greedy.has(name) ? ".+" : "[^/]+"})`)}$`,
  );

/** A body that is not JSON by its content type is no object to the service, whatever its text. */
const parseBody = ({ body, contentType }: Request): unknown => {
  if (body === "") return undefined;
  if (!/^application\/([\w.]+\+)?json\b/i.test(contentType ?? "")) return body;
  try {
    return JSON.parse(body) as unknown;
  } catch (error) {
    return error;
  }
};

/** The fields of a body, in whichever of its forms. */
const fieldsOf = (schema: Schema): ReadonlyArray<string> => [
  ...Object.keys((schema["properties"] as object | undefined) ?? {}),
  ...((schema["anyOf"] as ReadonlyArray<Schema> | undefined) ?? []).flatMap(fieldsOf),
];

const passedOver = (operation: Operation, request: Request, body: unknown): Array<string> => {
  const known = operation.parameters.filter((parameter) => parameter.in === "query");
  const names = new Set(known.map((parameter) => parameter.name));
  const query = [...request.query.keys()].filter((name) => !names.has(name));
  const twice = [...names].filter((name) => request.query.getAll(name).length > 1);
  const fields = fieldsOf(operation.body ?? {});
  const given = typeof body === "object" && body !== null ? Object.keys(body) : [];
  return [
    ...query.map((name) => `query parameter ${name} is not in the specification and is ignored`),
    ...twice.map((name) => `query parameter ${name} is given more than once`),
    ...given
      .filter((name) => !fields.includes(name) && !(body instanceof SyntaxError))
      .map((name) => `body field ${name} is not in the specification and is ignored`),
    ...(operation.body === undefined && request.body !== ""
      ? [`a body of ${request.body.length} characters where none is specified`]
      : []),
  ];
};

/** Path and query are text; a text that is no number stays one, and is found out by the schema. */
const fromText = (raw: string, schema: Schema): unknown => {
  const types = [schema["type"]].flat();
  if (types.includes("integer") && /^-?\d{1,15}$/.test(raw)) return Number(raw);
  if (types.includes("boolean") && /^(true|false)$/i.test(raw)) return raw.toLowerCase() === "true";
  return raw;
};

const toProblem = (error: ErrorObject, loc: ReadonlyArray<string>): Problem => {
  const inside = error.instancePath.split("/").slice(1).map(toKey);
  const missing = error.keyword === "required" ? [String(error.params["missingProperty"])] : [];
  return { loc: [...loc, ...inside, ...missing], ...wording(error) };
};

const toKey = (key: string): string | number => (/^\d+$/.test(key) ? Number(key) : key);

/** The words that FastAPI's validation uses, so that a client which shows them shows something true to life. */
const wording = ({ keyword, params, message }: ErrorObject): { msg: string; type: string } => {
  switch (keyword) {
    case "required":
      return { msg: "Field required", type: "missing" };
    case "type": {
      const type = [params["type"]].flat().find((name) => name !== "null") as string;
      return { msg: `Input should be a valid ${type}`, type: `${type}_type` };
    }
    case "minimum":
      return {
        msg: `Input should be greater than or equal to ${params["limit"]}`,
        type: "greater_than_equal",
      };
    case "maximum":
      return {
        msg: `Input should be less than or equal to ${params["limit"]}`,
        type: "less_than_equal",
      };
    case "enum": {
      const allowed = (params["allowedValues"] as ReadonlyArray<unknown>).filter((v) => v !== null);
      return { msg: `Input should be one of ${allowed.join(", ")}`, type: "enum" };
    }
    default:
      return { msg: message ?? keyword, type: keyword };
  }
};
