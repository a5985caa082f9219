import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { Malformed } from "../GitHubError.ts";
import type { Answer } from "./exchange.ts";
import { isHtml } from "./refusal.ts";
import { final, type Final, passing, type Passing } from "./Trouble.ts";

/** What is asked, as far as an error speaks of it. */
export interface Asked {
  readonly what: string;
  readonly line: (text: string) => string;
}

/** The JSON of a success. Half of it, or a page for people, may be the fault of something on the way. */
export const parse = ({ what }: Asked, answer: Answer): Effect.Effect<unknown, Passing> => {
  const odd = (how: string) => {
    const message = `GitHub's answer to ${what} ${how} (HTTP ${answer.status}). Try again later, or check github.base_url.`;
    return Effect.fail(passing(new Malformed({ message, status: answer.status })));
  };
  if (isHtml(answer)) return odd("is an HTML page");
  try {
    return Effect.succeed(JSON.parse(answer.text) as unknown);
  } catch {
    return odd(answer.text.trim() === "" ? "is empty" : "is not whole JSON");
  }
};

/** The value of an answer, in the shape that is wanted. */
export const decode = <A>(
  { line, what }: Asked,
  schema: Schema.Codec<A, unknown>,
  value: unknown,
): Effect.Effect<A, Final> =>
  Effect.mapError(Schema.decodeUnknownEffect(schema)(value), (error) => {
    const message = `GitHub's answer to ${what} has another shape than documented: ${line(error.message)}. Check github.base_url.`;
    return final(new Malformed({ message }));
  });
