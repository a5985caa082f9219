import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import { Scrubber } from "../src/telemetry/Scrubber.ts";

const knowing = (...secrets: ReadonlyArray<string>): Scrubber => {
  const scrubber = new Scrubber();
  for (const secret of secrets) scrubber.hide(secret);
  return scrubber;
};

const base64 = (text: string) => Buffer.from(text).toString("base64");
const hex = (text: string) => Buffer.from(text).toString("hex");

/** How a text may be written, each with the way back. */
const writings: Readonly<
  Record<string, readonly [write: (text: string) => string, read: (text: string) => string]>
> = {
  raw: [(text) => text, (text) => text],
  base64: [base64, (text) => Buffer.from(text, "base64").toString()],
  base64url: [
    (text) => Buffer.from(text).toString("base64url"),
    (text) => Buffer.from(text, "base64url").toString(),
  ],
  hex: [hex, (text) => Buffer.from(text, "hex").toString()],
  HEX: [(text) => hex(text).toUpperCase(), (text) => Buffer.from(text, "hex").toString()],
  url: [encodeURIComponent, decodeURIComponent],
  json: [(text) => JSON.stringify(text), (text) => text],
  "json in json": [(text) => JSON.stringify(JSON.stringify(text)), (text) => text],
};

/** Tokens of printable characters, as headers can carry them, with what needs escapes among them. */
const secrets = fc
  .string({ unit: fc.constantFrom(..."abcXYZ0189+/=\"\\&<>'% é-_."), minLength: 12, maxLength: 60 })
  .map((text) => `s3cret${text}t0ken`);

describe("Scrubber", () => {
  it.each(Object.entries(writings))(
    "takes a secret out that is written in %s",
    (_, [write, read]) => {
      fc.assert(
        fc.property(
          secrets,
          fc.string({ maxLength: 20 }),
          fc.string({ maxLength: 20 }),
          (secret, before, after) => {
            const text = write(before + secret + after);
            const scrubbed = knowing(secret).scrub(text);
            expect(scrubbed).not.toBe(text);
            expect(scrubbed).toContain("[redacted]");
            // Whoever knows how it was written finds nothing of it any more.
            const rest = scrubbed.split("[redacted]").map(read).join("|");
            expect(rest).not.toMatch(/s3cret|t0ken/);
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it("leaves JSON that can be read", () => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        const value = { [before]: [`${before}${secret}${after}`, `\n\t${secret}\\`] };
        const scrubbed = knowing(secret).scrub(JSON.stringify(value));
        expect(JSON.stringify(JSON.parse(scrubbed))).not.toContain("s3cret");
      }),
      { numRuns: 80 },
    );
  });

  it("finds a secret wherever the pieces of a text end", () => {
    const secret = "ThisIsTheSecretOfAll";
    const text = `first ${secret} second\nthird ${secret}`;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const ends = [...cuts.toSorted((one, other) => one - other), text.length];
        const stream = knowing(secret).stream();
        const told = ends.map((end, index) => stream.push(text.slice(ends[index - 1] ?? 0, end)));
        const whole = told.join("") + stream.end();
        expect(whole).toBe("first [redacted] second\nthird [redacted]");
      }),
    );
  });

  it("does not wait for the end of a line without end, and cuts no secret", () => {
    const secret = "ThisIsTheSecretOfAll";
    const stream = knowing(secret).stream();
    const pieces = Array.from({ length: 40 }, () => `${"x".repeat(4_990)}${secret}`);
    const told = pieces.map((piece) => stream.push(piece));
    expect(told.join("").length).toBeGreaterThan(50_000);
    const whole = told.join("") + stream.end();
    expect(whole).toBe(pieces.join("").replaceAll(secret, "[redacted]"));
  });

  it("hides each line of a key of several lines, and not what frames it", () => {
    const lines = ["MIIEowIBAAKCAQEAx1", "q7Yh3zLw8mPq0vKe2n"];
    const key = `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
    const scrubber = knowing(key);
    expect(scrubber.scrub(`line 2 is ${lines[1]}`)).toBe("line 2 is [redacted]");
    expect(scrubber.scrub("-----BEGIN PRIVATE KEY-----")).toBe("-----BEGIN PRIVATE KEY-----");
    expect(scrubber.scrub(`key: ${JSON.stringify(key)}`)).toBe('key: "[redacted]\\n"');
  });

  it("counts a short value as a word by itself, and words and numbers not at all", () => {
    const scrubber = knowing("k3y9", "demo", "4711", "a1");
    expect(scrubber.scrub("k3y9, xk3y9x, demo, 4711, a1")).toBe(
      "[redacted], xk3y9x, demo, 4711, a1",
    );
  });

  it("knows the looks of tokens and keys that nobody told it of", () => {
    const scrubber = knowing();
    const secret = `ghs_${"a1B2".repeat(9)}`;
    const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.${"x".repeat(40)}`;
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${"A".repeat(90)}\n-----END RSA PRIVATE KEY-----`;
    expect(scrubber.scrub(`${secret} ${jwt}\n${key}`)).toBe("[redacted] [redacted]\n[redacted]");
    expect(scrubber.scrub("a task-sk-no, ghp_short, eyJ.a.b")).toBe(
      "a task-sk-no, ghp_short, eyJ.a.b",
    );
  });

  it("keeps what holds no secret as it is, and copies only what does", () => {
    const scrubber = knowing("the-secret-value");
    const clean = { a: ["b", { c: 1, d: null }] };
    expect(scrubber.json(clean)).toBe(clean);
    expect(scrubber.json({ "the-secret-value": ["x the-secret-value", true] })).toEqual({
      "[redacted]": ["x [redacted]", true],
    });
  });
});
