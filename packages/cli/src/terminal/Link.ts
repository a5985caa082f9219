/** Texts that lead somewhere (OSC 8), as a function that views are given, so that they draw the same without them. */
import type { WriteStream } from "node:tty";
import * as Effect from "effect/Effect";

/** Makes a text lead to an address; leaves it as it is where that cannot be. The text holds no control sequences but colours. */
export type Link = (text: string, url: string) => string;

/** Leaves texts as they are. */
export const none: Link = (text) => text;

/** Links for terminals that know them. Only `https`, and no address that could end the sequence. */
export const osc8: Link = (text, url) => {
  const address = safe(url);
  return address === undefined ? text : `\u001b]8;;${address}\u001b\\${text}\u001b]8;;\u001b\\`;
};

const safe = (url: string): string | undefined => {
  if (url.length > 2_000 || !URL.canParse(url)) return undefined;
  const { href, password, protocol, username } = new URL(url);
  // What stands before an @ looks like the host and is not.
  if (protocol !== "https:" || username !== "" || password !== "") return undefined;
  return /^[!-~]+$/.test(href) ? href : undefined;
};

/** Those that a stream's terminal can show. */
export const of = (stream: Partial<Pick<WriteStream, "isTTY">>): Effect.Effect<Link> =>
  Effect.map(
    Effect.promise(() => import("supports-hyperlinks")),
    ({ createSupportsHyperlinks }) =>
      createSupportsHyperlinks(stream as WriteStream) ? osc8 : none,
  );
