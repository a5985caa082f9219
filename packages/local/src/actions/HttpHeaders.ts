/** Headers of a request of a plan; their values may name secrets, which no plan and no journal holds. */
import { Failure } from "@orchestrator/core";
import { quote } from "@orchestrator/core/Quote";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";

/** What the request itself says. */
const own = ["host", "content-length", "transfer-encoding", "connection"];

const nameRule = `a mapping of names of headers to texts, none of them ${own.join(", ")}`;
const namePattern = new RegExp(`^(?!(?:${own.join("|")})$)[a-z\\d!#$%&'*+.^_\`|~-]+$`, "i");

export const schema = Schema.Record(
  Schema.String,
  Schema.String.check(Schema.isPattern(/^[^\r\n\0]*$/, { expected: "a text of one line" })),
).check(
  Schema.makeFilter(
    (headers: Readonly<Record<string, string>>) =>
      Object.keys(headers).every((name) => namePattern.test(name)) || `must be ${nameRule}`,
  ),
);

/** The variables of the operator's environment that secrets stand in. */
export const prefix = "ORCHESTRATOR_SECRET_";

const reference = /\$\{([A-Za-z_][A-Za-z\d_]*)\}/g;

/** Puts secrets in place of `${NAME}`; the names of headers in small letters. */
export const fill = (
  headers: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): Result.Result<Record<string, string>, Failure.TaskFailed> => {
  const filled: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const names = Array.from(value.matchAll(reference), ([, found]) => found!);
    const missing = names.find((one) => !Object.hasOwn(secrets, one));
    if (missing !== undefined) {
      const why = `the header ${quote(name)} names the secret ${missing}: set the variable ${prefix}${missing} for the orchestrator`;
      return Result.fail(Failure.make("permanent", `Nothing was sent: ${why}.`));
    }
    filled[name.toLowerCase()] = value.replace(reference, (_, one: string) => secrets[one]!.trim());
  }
  return Result.succeed(filled);
};
