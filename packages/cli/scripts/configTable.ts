/** The table of all keys in the guide. */
import * as ConfigKeys from "../src/config/ConfigKeys.ts";

const [begin, end] = ["<!-- keys: begin -->", "<!-- keys: end -->"];

const code = (text: string): string => `\`${text}\``;

/** A default for people: the words of a list, anything else as it is written in YAML. */
const defaultOf = (value: unknown): string => {
  if (value === undefined) return "";
  return Array.isArray(value)
    ? value.map((one) => code(String(one))).join(", ")
    : code(String(value));
};

const row = (key: ConfigKeys.Key): string => {
  const cells = [
    code(key.path.join(".")),
    ConfigKeys.typeOf(key.shape),
    defaultOf(key.default),
    code(key.variable),
    key.description,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
};

const head = "| key | type | default | variable | means |\n| --- | --- | --- | --- | --- |";

const section = ([name, keys]: [string, ReadonlyArray<ConfigKeys.Key>]): string =>
  [`### ${name}`, "", "<!-- prettier-ignore -->", head, ...keys.map(row)].join("\n");

/** A table for each section. */
const tables = (): string => {
  const sections = new Map<string, Array<ConfigKeys.Key>>();
  for (const key of ConfigKeys.all) {
    const name = key.path.length === 1 ? "Outside of sections" : key.path[0]!;
    sections.set(name, [...(sections.get(name) ?? []), key]);
  }
  return Array.from(sections, section).join("\n\n");
};

/** The guide with the table as it is now between its marks. */
export const withTable = (guide: string): string => {
  const [before, rest = ""] = guide.split(begin);
  return `${before}${begin}\n\n${tables()}\n\n${end}${rest.split(end)[1] ?? ""}`;
};
