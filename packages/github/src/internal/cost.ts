import * as Schema from "effect/Schema";

const key = "orchestratorCost";
const field = `${key}: rateLimit { cost limit remaining resetAt }`;

/**
 * A query that also asks what it costs.
 *
 * The text begins with its operation, or with fragments before it. Asking for
 * the cost costs nothing.
 */
export const withCost = (query: string): string => {
  const at = selectionOf(query);
  return at === undefined ? query : `${query.slice(0, at)} ${field}${query.slice(at)}`;
};

/** Comments and strings, which are nothing here, or one character that counts. */
const token = /#[^\n\r]*|"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n\r])*"|[(){}]|\bfragment\b/g;

/** Where the first selection of the operation begins: behind its brace. */
const selectionOf = (query: string): number | undefined => {
  let parentheses = 0;
  let braces = 0;
  let isFragment = false;
  for (const { 0: text, index } of query.matchAll(token)) {
    if (text === "(") parentheses++;
    if (text === ")") parentheses--;
    if (parentheses > 0) continue;
    if (text === "fragment" && braces === 0) isFragment = true;
    if (text === "{" && braces++ === 0 && !isFragment) return index + 1;
    if (text === "}" && --braces === 0) isFragment = false;
  }
  return undefined;
};

const asCost = Schema.decodeUnknownOption(Schema.Struct({ cost: Schema.Finite }));

/** The points that an answer says it cost, and its data without that. */
export const costOf = (
  data: Readonly<Record<string, unknown>>,
): { readonly points: number | undefined; readonly data: Readonly<Record<string, unknown>> } => {
  const { [key]: told, ...rest } = data;
  const cost = asCost(told);
  return { points: cost._tag === "Some" ? cost.value.cost : undefined, data: rest };
};
