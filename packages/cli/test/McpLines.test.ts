import { describe, expect, it } from "@effect/vitest";
import * as fc from "fast-check";
import * as McpLines from "../src/mcp/McpLines.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const linesOf = (parts: ReadonlyArray<Uint8Array>) => {
  const splitter = new McpLines.Splitter();
  return parts
    .flatMap((part) => splitter.push(part))
    .map((line) => (line === undefined ? undefined : new TextDecoder().decode(line)));
};

describe("McpLines", () => {
  it("gives the same lines however the bytes arrive", () => {
    const text = fc.array(
      fc.string({ maxLength: 8 }).map((line) => line.replaceAll("\n", "é")),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 6 }), (lines, cuts) => {
        const all = bytes(lines.map((line) => `${line}\n`).join(""));
        const places = [0, ...cuts.filter((at) => at < all.length).toSorted((a, b) => a - b)];
        const parts = places.map((from, index) => all.subarray(from, places[index + 1]));
        expect(linesOf(parts)).toEqual(linesOf([all]));
        expect(linesOf([all])).toHaveLength(lines.length);
      }),
    );
  });

  it("drops a line that is too long, and takes the next", () => {
    const half = bytes("x".repeat(McpLines.longest / 2 + 1));
    expect(linesOf([half, half, bytes("\n{}\n")])).toEqual([undefined, "{}\n"]);
  });

  it("lets through what may be a message, and says of everything else what it lacks", () => {
    const codeOf = (text: string) => McpLines.problem(bytes(text))?.code;
    const fit = ['{"jsonrpc":"2.0","id":1,"method":"ping"}', "[]", " \n"];
    expect(fit.map(codeOf)).toEqual([undefined, undefined, undefined]);
    expect(codeOf('{"jsonrpc":"2.0","id":1,"result":{}}')).toBe(undefined);
    const unfit = ["7", "null", '{"jsonrpc":"2.0","id":{},"method":"ping"}', '{"method":"ping"}'];
    expect(unfit.map(codeOf)).toEqual(unfit.map(() => McpLines.errors.request));
    expect(codeOf('{"jsonrpc":"2.0","id":1,"method":"x","params":7}')).toBe(
      McpLines.errors.request,
    );
    expect(codeOf("{")).toBe(McpLines.errors.parse);
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    expect(codeOf(`{"jsonrpc":"2.0","id":1,"method":"x","params":${deep}}`)).toBe(
      McpLines.errors.request,
    );
  });
});
