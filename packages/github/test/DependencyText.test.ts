import { assert, describe, it } from "@effect/vitest";
import { DependencyText } from "@orchestrator/github";
import * as fc from "fast-check";
import { counted } from "../src/internal/text/counted.ts";
import * as Work from "../src/internal/text/Work.ts";
import { phrases } from "../src/internal/text/words.ts";

const place = { owner: "acme", repository: "shop" };

const ids = (text: string, where: DependencyText.Place = place) =>
  DependencyText.scan(text, where).map(({ on }) => on);

const pieces = [
  ..."#1|#2|o/r#3|GH-4|https://github.com/a/b/issues/5|Depends on |blocked by |After |not |no longer ".split(
    "|",
  ),
  ...'```|~~~|`|``|~~|~|<!--|-->|<del>|</del>|<pre>|</pre>|<code>|<a href="|<br>|<|>'.split("|"),
  ..."- |1. |> |# |## Dependencies|[|]|](|)|(|!|[x]: |: | until merged|, | and |?|.|;|\\|*|_|-|=".split(
    "|",
  ),
  ..." |    |\t|\n|\n\n|\r\n|\r|\0|\u202e|\u200b|\ud800|\udc00|é|日本|😀|word |---|===".split("|"),
];

const hostile = fc
  .array(
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, fc.string({ unit: "binary" })),
  )
  .map((parts) => parts.join(""));

const gate = fc.constantFrom(undefined, "agent-ended", "pr-open", "checks-green", "merged");

const id = fc
  .tuple(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,5}$/),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,5}$/),
    fc.integer({ min: 1, max: 2_147_483_647 }),
  )
  .filter(([, repository]) => !/\.git$/i.test(repository))
  .map(([owner, repository, number]) => `${owner}/${repository}#${number}`);

const phrase = (isHeading: boolean) =>
  fc.constantFrom(
    ...phrases.filter((one) => one.isHeading || !isHeading).map(({ words }) => words.join(" ")),
  );

const statement = fc.oneof(
  fc.record({
    on: id,
    until: gate,
    isNegated: fc.boolean(),
    kind: fc.constant("keyword"),
    phrase: phrase(false),
  }),
  fc.record({
    on: id,
    until: gate,
    isNegated: fc.constant(false),
    kind: fc.constant("task-list"),
    phrase: phrase(true),
  }),
);

describe("DependencyText", () => {
  it("says where, how and under which words a dependency is stated", () => {
    const text =
      "# Login\r\n\r\nBlocked by #2 (until pr-open).\r\n\r\n## Dependencies\r\n- [ ] o/r#4";
    assert.deepStrictEqual(DependencyText.scan(text, place), [
      {
        on: "acme/shop#2",
        line: 3,
        until: "pr-open",
        isNegated: false,
        kind: "keyword",
        phrase: "blocked by",
      },
      {
        on: "o/r#4",
        line: 6,
        until: undefined,
        isNegated: false,
        kind: "task-list",
        phrase: "dependencies",
      },
    ]);
  });

  it("counts lines from the one it is told", () => {
    const [found] = DependencyText.scan("\nDepends on #1", { ...place, line: 10 });
    assert.strictEqual(found?.line, 11);
  });

  it("counts the lines of what it does not read", () => {
    const text = "a <!--\n\n--> `b\nc` <br>\n<del>\n</del>\n[x](\ny) depends on #1";
    assert.deepStrictEqual(
      DependencyText.scan(text, place).map(({ line }) => line),
      [8],
    );
  });

  it("reads the addresses of one host only", () => {
    const text =
      "Depends on https://ghe.example.com:8443/o/r/issues/1, https://github.com/o/r/issues/2";
    assert.deepStrictEqual(ids(text), ["o/r#2"]);
    assert.deepStrictEqual(ids(text, { ...place, host: "ghe.example.com:8443" }), ["o/r#1"]);
  });

  it.each([
    "https://github.com@evil.example/o/r/issues/1",
    "https://evil.example/github.com/o/r/issues/1",
    "https://github.com/o/r/discussions/1",
    "https://github.com/o/r/issues/new#1",
    "https://github.com/o/r#1",
    "github.com/o/r#1",
    "o/r/s#1",
    "@o/r#1",
    "&#1;",
    "/#1",
    "##1",
    "#0",
    "#99999999999",
    "foo/#1",
    "émile#1",
  ])("takes %j for no reference", (text) => {
    assert.deepStrictEqual(ids(`Depends on ${text}`), []);
  });

  it.each([
    ["a range", "Depends on #1-#3", 3],
    ["a range in words", "Depends on #1 to #3", 3],
    ["a range backwards", "Depends on #3-#1", 2],
    ["the ends of a long range", "Depends on #1-#1000000", 2],
    ["a range over two repositories", "Depends on a/b#1-#3", 2],
  ])("takes %s for its references", (_, text, count) => {
    assert.lengthOf(ids(text), count);
  });

  it("does not let ranges multiply a text", () => {
    const text = "Depends on #1-#50\n".repeat(1000);
    assert.isAtMost(ids(text).length, 4000);
  });

  it.each([
    [
      "a fence that a shorter one does not close",
      "````\nNeeds #1\n```\nNeeds #2\n````\nNeeds #3",
      [3],
    ],
    ["a fence that ends with its item", "- ```\n  Needs #1\n\nNeeds #2", [2]],
    ["a fence in a quote, which ends with it", "> ```\n> Needs #1\nNeeds #2", [2]],
    ["a heading in a quote, which nothing continues", "> # Needs #1\nNeeds #2", [2]],
    ["a quote that goes on without its mark", "- > - Needs #1\nNeeds #2\n===\n\nNeeds #3", [3]],
    ["an item that goes on", "- a\nNeeds #1\n\n  Needs #2\n\n      Needs #3", [1, 2]],
    ["code behind a marker", "-     Needs #1\n-    Needs #2\n-\tNeeds #3\n-\t\tNeeds #4", [2, 3]],
    ["an indented line of a paragraph", "a\n     Needs #1", [1]],
    ["a number that begins no list", "a\n7. ```\nNeeds #1", [1]],
    ["an empty item", "-\n\n      Needs #1\n\n-\n  Needs #2", [2]],
    ["definitions", "[a]: x\n'Needs #1'\n[b]: c 'Needs #2'\n[c]: Needs #3", [3]],
    ["a definition in a quote", "> [a]: b\nNeeds #1", []],
    ["a fence whose text has a backtick", "``` `\nNeeds #1", [1]],
    ["a rule", "a\n* * *\n    Needs #1\n\n---\nNeeds #2", [2]],
    ["a code span over lines", "a `b\nNeeds #1` needs #2", [2]],
    ["a code span in a comment", "a <!-- ` --> needs #1 `", [1]],
    ["a comment that is none", "a <!-- b\n\nNeeds #1 -->", [1]],
    ["escapes", "\\`Needs #1\\` \\<!-- needs #2 --> \\~\\~needs #3\\~\\~", [1, 2, 3]],
    ["tildes that strike nothing", "~ needs #1 ~ . ~~~needs #2~~~ a~b", [1, 2]],
    ["the title of a link", 'a [b](c "Needs #1") ![Needs #2](d) needs #3', [3]],
    ["an element in an element", "<s>a<s>b</s>needs #1</s> needs #2", [2]],
    ["a comparison", "a < b, c > d, needs #1", [1]],
  ])("reads Markdown as GitHub does: %s", (_, text, numbers) => {
    assert.deepStrictEqual(
      ids(text),
      numbers.map((number) => `acme/shop#${number}`),
    );
  });

  it("hides what stands in an element until its end, over blocks", () => {
    assert.deepStrictEqual(ids("<del>\n\nDepends on #1\n\n- Needs #2\n\n</del>\n\nNeeds #3"), [
      "acme/shop#3",
    ]);
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const { line, on } of DependencyText.scan(text, place)) {
          assert.match(on, /^[^\s/]+\/[^\s/]+#[1-9][0-9]*$/);
          assert.isAtMost(line, text.split(/\r\n|\r|\n/).length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("reads back what it prints", () => {
    fc.assert(
      fc.property(fc.array(statement), (all) => {
        const statements = all.map((one) => ({
          ...one,
          line: 1,
        })) as Array<DependencyText.Statement>;
        const back = DependencyText.scan(DependencyText.print(statements), place);
        assert.deepStrictEqual(
          back.map((one) => ({ ...one, line: 1 })),
          statements,
        );
      }),
      { numRuns: 500 },
    );
  });

  it("prints what it has read of any text", () => {
    const withoutLine = (all: ReadonlyArray<DependencyText.Statement>) =>
      all.map((one) => ({ ...one, line: 0 }));
    fc.assert(
      fc.property(hostile, (text) => {
        const read = DependencyText.scan(text, place);
        const back = DependencyText.scan(DependencyText.print(read), place);
        assert.deepStrictEqual(withoutLine(back), withoutLine(read));
      }),
      { numRuns: 1000 },
    );
  });

  it("finds nothing in fenced code", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom("`", "~"), (text, char) => {
        const longest = Math.max(2, ...[...text.matchAll(/`+|~+/g)].map(([run]) => run.length));
        const fence = char.repeat(longest + 1);
        assert.deepStrictEqual(ids(`${fence}\n${text}\n${fence}`), []);
      }),
    );
  });

  it("finds nothing in indented code and block quotes", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom("    ", "> ", "\t", "   >"), (text, mark) => {
        const lines = text.split(/\r\n|\r|\n/).map((line) => `${mark}${line}`);
        assert.deepStrictEqual(ids(lines.join("\n")), []);
      }),
    );
  });

  it("finds nothing in comments and hidden elements", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.deepStrictEqual(ids(`<!-- ${text.replaceAll("-->", "")} -->`), []);
        assert.deepStrictEqual(
          ids(`<pre>${text.replaceAll(/<\/?(?:pre|script|style|textarea)/gi, "")}`),
          [],
        );
      }),
    );
  });

  it("takes steps that grow with a text and not faster", () => {
    const steps = (text: string): number => {
      const work = Work.begin();
      counted(`${text}#`, place, work);
      return work.steps;
    };
    for (const piece of [
      ...pieces,
      "[](",
      "- - ",
      "> > ",
      "`a``",
      "<a b='",
      "depends on #1, ",
      "not not ",
    ]) {
      const short = steps(piece.repeat(2000));
      const long = steps(piece.repeat(8000));
      assert.isAtMost(long, 4.2 * short + 500, JSON.stringify(piece));
    }
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }),
        (parts) => {
          const unit = parts.join("");
          const text = unit.repeat(Math.ceil(4000 / unit.length));
          assert.isAtMost(steps(text), 20 * text.length + 100);
        },
      ),
      { numRuns: 500 },
    );
  });
});
