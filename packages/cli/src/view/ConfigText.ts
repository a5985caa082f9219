/** The configuration for people: a line for each key. */
import type { Row } from "../config/ConfigShow.ts";
import type { Paint } from "../terminal/Paint.ts";
import * as Text from "../terminal/Text.ts";
import * as Width from "../terminal/Width.ts";

export interface Options {
  /** Whether keys without a value are shown, too. */
  readonly all: boolean;
  /** How a file is called from here. */
  readonly near: (file: string) => string;
  readonly paint: Paint;
}

/** Longer values are cut. */
const widest = 48;

/** Which files were read, then key, value and origin of each. */
export const lines = (
  files: ReadonlyArray<string>,
  rows: ReadonlyArray<Row>,
  { all, near, paint }: Options,
): ReadonlyArray<string> => {
  const shown = rows.filter(({ from }) => all || from !== undefined);
  const values = shown.map(({ value }) => Width.fit(valueText(value), widest));
  const keyWidth = Math.max(...shown.map(({ key }) => Width.of(key)));
  const valueWidth = Math.max(...values.map((value) => Width.of(value)));
  const body = shown.map(({ from, key }, index) => {
    const told = [Width.column(key, keyWidth), Width.column(values[index]!, valueWidth)];
    const origin = originText(from, near);
    const isStated = from !== undefined && from._tag !== "Default";
    return `${told.join("  ")}  ${paint(isStated ? "green" : "dim", origin)}`.trimEnd();
  });
  const rest = rows.length - shown.length;
  return [head(files.map(near)), "", ...body, ...(rest === 0 ? [] : ["", restText(rest)])];
};

const head = (files: ReadonlyArray<string>): string =>
  files.length === 0
    ? "No file: none is named, and there is no orchestrator.yaml, .yml or .json"
    : `From ${files.map((file) => Text.line(file)).join(", then ")}`;

const restText = (rest: number): string =>
  `${rest} more ${rest === 1 ? "key is" : "keys are"} not set: --all shows them, orchestrator config schema what they mean`;

const valueText = (value: unknown): string => {
  if (value === undefined || value === null) return "-";
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return Text.line(typeof value === "object" ? JSON.stringify(value) : String(value));
};

const originText = (from: Row["from"], near: Options["near"]): string => {
  if (from === undefined) return "";
  switch (from._tag) {
    case "Default":
      return "default";
    case "Variable":
      return from.name;
    case "File": {
      const { column, line, variables } = from;
      const file = near(from.file);
      const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
      const names = variables.map((name) => `\${${name}}`).join(", ");
      return Text.line(names === "" ? place : `${place} (${names})`);
    }
  }
};
