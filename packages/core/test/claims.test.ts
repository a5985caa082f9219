import { describe, expect, it } from "@effect/vitest";
import * as Glob from "effect/Glob";
import * as fc from "fast-check";
import { overlaps, parse } from "../src/internal/claims.ts";

const overlap = (a: string, b: string): boolean => overlaps(parse(a), parse(b));

/** All sequences of 1 to `length` elements. */
const sequences = (elements: ReadonlyArray<string>, length: number, glue: string) => {
  let last: ReadonlyArray<string> = elements;
  const all = [...last];
  for (let n = 1; n < length; n++) {
    last = last.flatMap((start) => elements.map((element) => start + glue + element));
    all.push(...last);
  }
  return all;
};

const names = sequences(["a", "b"], 2, "");
const paths = sequences(names, 4, "/");

/** The paths a claim covers, by the matcher of effect. */
const covered = (claim: string): ReadonlySet<string> => {
  const globs = /[*?]/.test(claim) ? [claim] : [claim, `${claim}/**`];
  const compiled = globs.map((glob) => Glob.make(glob, { dot: true }));
  return new Set(paths.filter((path) => compiled.some((glob) => Glob.match(glob, path))));
};

const shareAPath = (a: string, b: string): boolean => {
  const left = covered(a);
  for (const path of covered(b)) if (left.has(path)) return true;
  return false;
};

const claimOf = (tokens: ReadonlyArray<string>) => {
  const name = fc.array(fc.constantFrom(...tokens), { minLength: 1, maxLength: 2 });
  const segment = fc.oneof(
    { weight: 3, arbitrary: name.map((parts) => parts.join("")) },
    { weight: 1, arbitrary: fc.constant("**") },
  );
  // two segments each: what both cover is then covered within the four segments of `paths`
  return fc.array(segment, { minLength: 1, maxLength: 2 }).map((parts) => parts.join("/"));
};

const starClaim = claimOf(["a", "b", "*", "?"]);
const richClaim = claimOf(
  String.raw`a b * ? [ab] [!a] [b ] []a] [{,a] {a,b} {a,b/a} {a,{b,ab}} {b,{a},a*} {a,{b} {[}a] {b} {a } , {,b} {a..b} \ \a`.split(
    " ",
  ),
);

describe("overlap", () => {
  it("is exact for literals, ?, * and **", () => {
    fc.assert(
      fc.property(starClaim, starClaim, (a, b) => {
        expect(overlap(a, b)).toBe(shareAPath(a, b));
      }),
      { numRuns: 400 },
    );
  });

  it("is true whenever a path is covered by both, whatever the claims contain", () => {
    fc.assert(
      fc.property(richClaim, richClaim, (a, b) => {
        if (!overlap(a, b)) expect(shareAPath(a, b)).toBe(false);
      }),
      { numRuns: 600 },
    );
  });

  it("is symmetric, and every claim overlaps itself", () => {
    fc.assert(
      fc.property(fc.string(), fc.oneof(richClaim, fc.string()), (a, b) => {
        expect(overlap(a, b)).toBe(overlap(b, a));
        expect(overlap(a, `./${a}`)).toBe(true);
      }),
    );
  });

  it.each([
    ["src/auth/**", "src/auth/login.ts"],
    ["src/auth/**", "src/auth"],
    ["src/auth", "src/auth/login.ts"],
    ["src/auth/", "src/auth/login.ts"],
    ["./src//auth", "src/auth/**"],
    ["/src/auth", "src/auth"],
    ["src/lib/../auth", "src/auth/x.ts"],
    ["src/*/../auth", "src/auth"],
    ["src/**/../auth", "docs"],
    ["packages/*/", "packages/core/src/x.ts"],
    ["**/*.ts", "src/deep/x.ts"],
    ["**/x.ts", "x.ts"],
    ["*.ts", ".eslintrc.ts"],
    ["src/{a,b}/**", "src/b/x.ts"],
    ["src/{a,b/{c,d}}/x", "src/b/d/x"],
    ["src/{a,{b},c}/x", "src/c/x"],
    ["app/{id}/x", "app/{id}"],
    ["file{1..3}.ts", "file2.ts"],
    ["src/@(a|b)/x.ts", "src/b/x.ts"],
    ["app/[slug]/page.tsx", "app/[slug]"],
    ["app/[slug]", "app/s/page.tsx"],
    [".", "anything/at/all"],
    ["**", "anything"],
    ["", "anything"],
    ["a\\*b", "a\\*b/c"],
    ["naïve/?.md", "naïve/🙂.md"],
  ])("says that %j and %j may touch a common path", (a, b) => {
    expect(overlap(a, b)).toBe(true);
  });

  it.each([
    ["src/auth/**", "src/authz/x.ts"],
    ["src/auth", "src/auth.ts"],
    ["*.ts", "src/x.ts"],
    ["src/*", "src/auth/login.ts"],
    ["**/*.ts", "**/*.md"],
    ["src/{a,b}/**", "src/c/x.ts"],
    ["app/[slug]/page.tsx", "lib/page.tsx"],
    ["src/?.ts", "src/ab.ts"],
    ["a\\*b", "axb"],
    ["a\\{b,c}", "ab"],
    ["../other", "src"],
    ["SRC", "src"],
  ])("says that %j and %j have nothing in common", (a, b) => {
    expect(overlap(a, b)).toBe(false);
  });

  it("answers claims that make backtracking matchers explode", () => {
    const stars = "a*".repeat(1500);
    expect(overlap(`${stars}b`, `${stars}c`)).toBe(false);
    expect(overlap(`${"**/a/".repeat(600)}b`, `${"**/a/".repeat(600)}c`)).toBe(false);
    expect(overlap("{a,b}".repeat(500), "c")).toBe(true);
    expect(overlap(`x/${"{a,b}".repeat(500)}`, "y")).toBe(false);
    expect(overlap(`${"{".repeat(1000)}a,b${"}".repeat(1000)}`, "zz")).toBe(false);
    expect(overlap("a".repeat(100_000), "b")).toBe(true);
  });
});
