import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  validate,
} from "graphql";
import { type Cost, costOf } from "./cost.ts";
import { isUndefinedField, toAnswer, toInvalid, Unknown } from "./errors.ts";
import type { Context } from "./fields.ts";
import { resolveField, resolveType } from "./rootFields.ts";

/** A query that was read and judged. */
export interface Query {
  readonly operation: OperationDefinitionNode | null;
  readonly document: DocumentNode | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the service refuses without executing anything. */
  readonly problems: ReadonlyArray<GraphQLError>;
  readonly cost: Cost;
}

const nothing: Cost = { points: 1, nodes: 0, unbounded: [] };

/** Queries are few and asked often; what is known of one is kept. */
const judged = new WeakMap<GraphQLSchema, Map<string, Judged>>();

interface Judged {
  readonly document: DocumentNode | null;
  readonly problems: ReadonlyArray<GraphQLError>;
}

const most = 500;

const judge = (schema: GraphQLSchema, text: string): Judged => {
  const known = judged.get(schema) ?? new Map<string, Judged>();
  judged.set(schema, known);
  const found = known.get(text) ?? judgeAnew(schema, text);
  if (known.size > most) known.clear();
  known.set(text, found);
  return found;
};

const judgeAnew = (schema: GraphQLSchema, text: string): Judged => {
  try {
    const document = parse(text);
    return { document, problems: validate(schema, document) };
  } catch (error) {
    return { document: null, problems: [error as GraphQLError] };
  }
};

/** Reads the body of a request. */
export const readQuery = (schema: GraphQLSchema, body: string): Query => {
  const { query, variables, operationName } = parseBody(body);
  const given = { variables: variables ?? {}, operation: null, cost: nothing };
  if (typeof query !== "string") {
    const problem = new GraphQLError("A query attribute must be specified and must be a string.");
    return { ...given, document: null, problems: [problem] };
  }
  const { document, problems } = judge(schema, query);
  const operation = document === null ? null : (getOperationAST(document, operationName) ?? null);
  if (document === null || operation === null || problems.length > 0) {
    const missing = new GraphQLError(`No operation named "${String(operationName)}"`);
    return { ...given, operation, document, problems: problems.length > 0 ? problems : [missing] };
  }
  const cost = costOf(schema, document, operation, given.variables);
  return { ...given, document, operation, problems, cost };
};

interface Body {
  readonly query?: unknown;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

const parseBody = (body: string): Body => {
  try {
    return JSON.parse(body) as Body;
  } catch {
    return {};
  }
};

/** The answer to a query, and what a client should not have asked in it. */
export interface Answer {
  readonly body: object;
  readonly unknown: ReadonlyArray<string>;
}

const nodeLimit = 500_000;

/** Executes a query without problems against the world. */
export const run = (schema: GraphQLSchema, query: Query, context: Context): Answer => {
  const { nodes } = query.cost;
  if (nodes > nodeLimit) return { body: tooManyNodes(nodes), unknown: [] };
  const { data, errors = [] } = executed(schema, query, context);
  failOnBug(errors);
  // Without data nothing was executed: the variables do not fit.
  const unknown = errors.flatMap(({ originalError, message }) =>
    originalError instanceof Unknown || data === undefined ? [message] : [],
  );
  return { body: bodyOf(data, errors), unknown };
};

const executed = (schema: GraphQLSchema, query: Query, context: Context): ExecutionResult =>
  execute({
    schema,
    document: query.document!,
    operationName: query.operation?.name?.value ?? null,
    variableValues: query.variables,
    rootValue: {},
    contextValue: context,
    fieldResolver: resolveField,
    typeResolver: resolveType,
  }) as ExecutionResult;

/** What neither the query nor the service is to blame for. */
const failOnBug = (errors: ReadonlyArray<GraphQLError>): void => {
  for (const { originalError: error } of errors) {
    const isBug = error instanceof Error && !(error instanceof GraphQLError);
    if (isBug && !(error instanceof Unknown)) throw error;
  }
};

const bodyOf = (data: ExecutionResult["data"], errors: ReadonlyArray<GraphQLError>): object => {
  // Scopes are looked at before anything is read, so there is nothing beside the error.
  const scopes = errors.filter(({ extensions }) => extensions["type"] === "INSUFFICIENT_SCOPES");
  if (scopes.length > 0) return { errors: scopes.map(withoutPath) };
  if (errors.length === 0) return { data };
  return data === undefined
    ? { errors: errors.map(toInvalid) }
    : { data, errors: errors.map(toAnswer) };
};

const withoutPath = (error: GraphQLError): object => {
  const { path: _path, ...rest } = toAnswer(error) as { path?: unknown };
  return rest;
};

const tooManyNodes = (nodes: number): object => ({
  errors: [
    {
      type: "MAX_NODE_LIMIT_EXCEEDED",
      message: `This query requests up to ${nodes.toLocaleString("en-US")} possible nodes which exceeds the maximum limit of ${nodeLimit.toLocaleString("en-US")}.`,
    },
  ],
});

/** What was wrong with a query, as the service says it. */
export const refuseQuery = ({ problems }: Query): object => ({ errors: problems.map(toInvalid) });

/** Only fields, arguments and types that the schema has not: an older server, perhaps. */
export const isAheadOfSchema = ({ problems }: Query): boolean =>
  problems.length > 0 && problems.every(isUndefinedField);
