import type { Effect } from "../shared/Audit.ts";
import type { Received, Reply } from "../shared/Service.ts";
import { callerOf, mark } from "./Caller.ts";
import type { HalfCall } from "./GitHubService.ts";
import { autoMergeWords } from "./graphql/autoMergeWords.ts";
import { isAheadOfSchema, type Query, readQuery, refuseQuery, run } from "./graphql/execute.ts";
import { getSchema } from "./graphql/schema.ts";
import type { Refusal } from "./Limits.ts";
import { refuse } from "./refusals.ts";
import type { Place } from "./rest/place.ts";
import type { Setting } from "./rest/Request.ts";
import { anonymous, type Token } from "./world/Access.ts";

/** The GraphQL half. Its endpoints are the names of the operations. */
export class Queries {
  readonly #setting: Setting;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  read(received: Received, place: Place): HalfCall {
    const { access, limiter, isOld } = this.#setting;
    const query = readQuery(getSchema(isOld), received.body);
    const token = callerOf(access, received);
    const violations = this.#judge(query);
    const endpoint = query.operation?.name?.value ?? "graphql";
    return {
      endpoint,
      kind: "graphql",
      who: token?.user?.login ?? token?.kind ?? null,
      task: null,
      violations,
      admit: () => this.#admit(token, query),
      act: () => this.#act({ query, token: token ?? anonymous, place, endpoint, violations }),
      refusal: (name) => {
        const message = autoMergeWords[name];
        if (message === undefined)
          return limiter.say(name as Refusal, token ?? anonymous, "graphql");
        const body = { data: {}, errors: [{ type: "UNPROCESSABLE", message }] };
        return mark(this.#setting, { status: 200, body }, token ?? anonymous, "graphql");
      },
    };
  }

  /** What a client should not have asked; a server that is older than the client is no mistake. */
  #judge(query: Query): Array<string> {
    const { problems, cost, operation } = query;
    if (this.#setting.isOld && isAheadOfSchema(query)) return [];
    const isStrange = operation?.operation === "subscription";
    return [
      ...problems.map(({ message }) => `query: ${message}`),
      ...cost.unbounded.map((name) => `query: ${name} takes 1 to 100`),
      ...(isStrange ? ["the fake does not know any subscription"] : []),
    ];
  }

  #admit(token: Token | null, { cost, operation }: Query): Reply | null {
    if (token === null) return refuse(401);
    if (token.kind === "anonymous") return refuse(401, "Requires authentication");
    return this.#setting.limiter.refusal(token, "graphql", {
      points: cost.points,
      weight: isWrite(operation) ? 5 : 1,
      isContent: createsContent(operation),
    });
  }

  #act({ query, token, place, endpoint, violations }: Admitted): Reply {
    const { access, limiter, isOld, maker } = this.#setting;
    const { cost } = query;
    const answer = (body: object) => mark(this.#setting, { status: 200, body }, token, "graphql");
    if (query.problems.length > 0) return answer(refuseQuery(query));
    const effects: Array<Effect> = [];
    const context = { access, token, place, limiter, cost, maker, effects };
    const { body, unknown } = run(getSchema(isOld), query, context);
    violations.push(...unknown);
    limiter.take(token, "graphql", endpoint, cost.points);
    const [effect] = effects;
    return effect === undefined ? answer(body) : { ...answer(body), effect };
  }
}

/** Comments are what people are told of. */
const createsContent = (operation: Query["operation"]): boolean =>
  (operation?.selectionSet.selections ?? []).some(
    (selection) => selection.kind === "Field" && selection.name.value === "addComment",
  );

const isWrite = (operation: Query["operation"]): boolean => operation?.operation === "mutation";

interface Admitted {
  readonly query: Query;
  readonly token: Token;
  readonly place: Place;
  readonly endpoint: string;
  readonly violations: Array<string>;
}
