import { GraphQLError } from "graphql";

/** The types that the service gives to errors of a query that was in good form. */
export type ErrorType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "INSUFFICIENT_SCOPES"
  | "EXCESSIVE_PAGINATION"
  | "MISSING_PAGINATION_BOUNDARIES"
  | "ARGUMENT_LIMIT"
  | "UNPROCESSABLE";

/** An error as the service words it, at the place in the answer where it happened. */
export const failure = (type: ErrorType, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { type } });

/** What the fake cannot answer: a fault of the fake or of the query, never a silent null. */
export class Unknown extends Error {
  constructor(what: string) {
    super(`the fake does not know ${what}`);
  }
}

/** An error of the execution, as the service writes it. */
export const toAnswer = (error: GraphQLError): object => {
  const { message, path, locations, extensions } = error;
  const type = extensions["type"];
  return {
    ...(typeof type === "string" ? { type } : {}),
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
    message,
  };
};

interface Reading {
  readonly pattern: RegExp;
  readonly code: string;
  readonly say: (found: ReadonlyArray<string>) => string;
  readonly more: (found: ReadonlyArray<string>) => object;
}

/** The service's words for what its validation finds most. */
const readings: ReadonlyArray<Reading> = [
  {
    pattern: /^Cannot query field "(.+?)" on type "(.+?)"/,
    code: "undefinedField",
    say: ([field, type]) => `Field '${field}' doesn't exist on type '${type}'`,
    more: ([fieldName, typeName]) => ({ typeName, fieldName }),
  },
  {
    pattern: /^Unknown argument "(.+?)" on field "(.+?)\.(.+?)"/,
    code: "argumentNotAccepted",
    say: ([argument, , field]) => `Field '${field}' doesn't accept argument '${argument}'`,
    more: ([argumentName, , name]) => ({ name, typeName: "Field", argumentName }),
  },
  {
    pattern: /^Field "(.+?)" argument "(.+?)" of type .* is required/,
    code: "missingRequiredArguments",
    say: ([field, argument]) => `Field '${field}' is missing required arguments: ${argument}`,
    more: ([name, arguments_]) => ({ className: "Field", name, arguments: arguments_ }),
  },
  {
    pattern: /^Unknown type "(.+?)"/,
    code: "undefinedType",
    say: ([type]) => `No such type ${type}, so it can't be a fragment condition`,
    more: ([typeName]) => ({ typeName }),
  },
];

/** What is wrong with a query itself: it has a code and no type, and nothing is executed. */
export const toInvalid = ({ message, locations }: GraphQLError): object => {
  for (const { pattern, code, say, more } of readings) {
    const found = pattern.exec(message)?.slice(1);
    if (found === undefined) continue;
    return { message: say(found), locations, extensions: { code, ...more(found) } };
  }
  return { message, locations, extensions: { code: "invalid" } };
};

export const isUndefinedField = ({ message }: GraphQLError): boolean =>
  /^(Cannot query field|Unknown argument|Unknown type)/.test(message);
