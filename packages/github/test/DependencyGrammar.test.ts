import { readFileSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { DependencyLabels, DependencyText } from "@orchestrator/github";

const place = { owner: "acme", repository: "shop" };

const guide = readFileSync(
  new URL("../../../docs/guides/dependencies.md", import.meta.url),
  "utf8",
);

/** The text of a code span. */
const span = (cell: string): string => {
  const fence = /^`+/.exec(cell)![0].length;
  return cell
    .slice(fence, -fence)
    .replace(/ $/, fence > 1 ? "" : " ")
    .replaceAll("↵", "\n");
};

const expected = (cell: string): ReadonlyArray<string> =>
  /^(?:nothing|a problem)/.test(cell)
    ? [cell.split(":", 1)[0]!]
    : cell.split(", ").map((one) => one.replaceAll("`", ""));

/** The rows of all tables with a certain heading. */
const rows = (first: string) =>
  guide
    .split(/\n\n/)
    .filter((block) => new RegExp(`^\\| ${first} +\\| read as`).test(block))
    .flatMap((block) => block.split("\n").slice(2))
    .filter((line) => line.startsWith("|"))
    .map((line) => line.slice(1, -1).split(" | "))
    .map(([text = "", reading = ""]) => ({ text: span(text.trim()), reading: reading.trim() }));

const here = (id: string): string => id.replace(/^acme\/shop#/, "#");

const read = (text: string): ReadonlyArray<string> => {
  const found = DependencyText.scan(text, place).map(
    ({ isNegated, on, until }) =>
      `${isNegated ? "not " : ""}${here(on)}${until === undefined ? "" : ` until ${until}`}`,
  );
  return found.length === 0 ? ["nothing"] : found;
};

const readLabel = (label: string): ReadonlyArray<string> => {
  const { problems, statements } = DependencyLabels.read([label], place);
  if (problems.length > 0) return ["a problem"];
  return statements.length === 0 ? ["nothing"] : statements.map(({ on }) => here(on));
};

describe("the guide to dependencies", () => {
  it("has the tables that are tested here", () => {
    assert.isAtLeast(rows("text").length, 62);
    assert.isAtLeast(rows("label").length, 9);
  });

  it.each(rows("text"))("says truly how this is read: $text", ({ reading, text }) => {
    assert.deepStrictEqual(read(text), expected(reading));
  });

  it.each(rows("label"))("says truly how this label is read: $text", ({ reading, text }) => {
    assert.deepStrictEqual(readLabel(text), expected(reading));
  });
});
