/** Questions about single tokens. A place without a token answers no. */
import type { Token } from "./tokens.ts";

export type Tokens = ReadonlyArray<Token>;

export type Kinds = ReadonlySet<Token["kind"]>;

/** How many tokens are looked at around a phrase or a reference. */
export const near = 12;

/** Whether it is one of some words. */
export const isWord = (token: Token | undefined, set: ReadonlySet<string>): boolean =>
  token?.kind === "Word" && set.has(token.text);

/** Whether it is a certain word. */
export const isText = (token: Token | undefined, text: string): boolean =>
  token?.kind === "Word" && token.text === text;

export const isKind = (token: Token | undefined, kind: Token["kind"]): boolean =>
  token?.kind === kind;

export const isOneOf = (token: Token | undefined, kinds: Kinds): boolean =>
  token !== undefined && kinds.has(token.kind);
