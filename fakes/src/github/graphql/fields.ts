import type { Limiter } from "../Limits.ts";
import type { Place } from "../rest/place.ts";
import type { Effect } from "../../shared/Audit.ts";
import type { Access, Token } from "../world/Access.ts";
import type { Maker } from "../world/Maker.ts";
import type { Args } from "./connection.ts";
import type { Cost } from "./cost.ts";

/** What every field can see. */
export interface Context {
  readonly access: Access;
  readonly token: Token;
  readonly place: Place;
  readonly limiter: Limiter;
  readonly cost: Cost;
  readonly maker: Maker;
  /** What mutations did, for the audit. */
  readonly effects: Array<Effect>;
}

/** How each field of a type is found; what stands in none is not known to the fake. */
export type Fields<A> = Readonly<
  Record<string, (source: A, args: Args, context: Context) => unknown>
>;

/** Whether the token may see an issue. */
export const isVisible =
  ({ access, token }: Context) =>
  (issue: Parameters<Access["canSeeIssue"]>[1]): boolean =>
    access.canSeeIssue(token, issue);
