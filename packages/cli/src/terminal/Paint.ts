/** Colours, as a function that views are given, so that they draw the same without them. */
import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

/** Gives a text a style. The text holds no control sequences. */
export type Paint = (style: Style, text: string) => string;

/** Leaves texts as they are. */
export const plain: Paint = (_, text) => text;

/** Styles by ANSI sequences; whether they may be used is the caller's to know. */
export const ansi: Paint = (style, text) =>
  text === "" ? "" : styleText(style, text, { validateStream: false });
