/** The screen of a tool: nobody sees it, standard output belongs to the protocol. What is printed goes to standard error, and the first of it into the answer. */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type { Screen, Sink } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** What the work of a tool printed first. */
export class Heard extends Context.Service<
  Heard,
  { readonly lines: () => ReadonlyArray<string> }
>()("@orchestrator/cli/mcp/Heard") {}

export interface McpScreen extends Readonly<Heard["Service"]> {
  readonly screen: Screen["Service"];
}

/** So much of it is kept. */
const mostKept = 40;
const longestLine = 500;

/** A screen that keeps what is printed on it. */
export const make = (screen: Screen["Service"]): McpScreen => {
  const kept: Array<string> = [];
  const keep = (text: string): void => {
    for (const line of Text.lines(text)) {
      if (kept.length < mostKept && line !== "") kept.push(Text.shorten(line, longestLine));
    }
  };
  const sink: Sink = {
    ...screen.error,
    size: () => undefined,
    print: (text) =>
      Effect.suspend(() => {
        keep(text);
        return screen.error.print(text);
      }),
  };
  return {
    screen: {
      ...screen,
      out: sink,
      error: sink,
      isStill: true,
      canAsk: false,
      keys: Effect.undefined,
    },
    lines: () => [...kept],
  };
};
