import { createHash } from "node:crypto";
import { describe, expect, it } from "@effect/vitest";
import * as PlanHtml from "../src/view/PlanHtml.ts";
import { issue, on, outline } from "./support/Backlogs.ts";

const hostile = `"><script>alert(1)</script><img src=x onerror='x'> & \u202egnp \u0000`;

/** Every tag of a page, without its attributes. */
const tags = (page: string) =>
  new Set(
    Array.from(page.matchAll(/<\/?([a-zA-Z!][a-zA-Z0-9]*)/g), ([, name]) => name!.toLowerCase()),
  );

describe("a plan as a page", () => {
  it("holds nothing that is not written here, whatever issues say", () => {
    const page = PlanHtml.page({
      ...outline(
        [
          issue(1, { title: hostile, url: `javascript:alert("${hostile}")` }),
          issue(2, { title: hostile, dependencies: [on(1, { source: hostile })] }),
          issue(3, { blocked: hostile, url: `https://github.com/"onmouseover="x` }),
          issue(4, { isTrusted: false, trust: hostile, blocked: hostile }),
        ],
        [{ kind: "InvalidValue", tasks: [], message: hostile }],
      ),
      plan: hostile,
    });
    expect(page).not.toMatch(/<script|<img|javascript:|\u202e|\u0000/);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    const known =
      "!doctype html head meta title style body h1 h2 dl dt dd ul li table thead tbody tr th td a em br small";
    expect([...tags(page)].filter((name) => !known.split(" ").includes(name))).toEqual([]);
    const addresses = Array.from(page.matchAll(/href="([^"]*)"/g), ([, address]) => address!);
    expect(addresses).not.toHaveLength(0);
    for (const address of addresses) expect(address).toMatch(/^https:\/\/github\.com\/[^<>]*$/);
  });

  it("asks browsers to load nothing and to take no style but its own", () => {
    const page = PlanHtml.page(outline([issue(1)]));
    const style = /<style>([^]*?)<\/style>/.exec(page)![1]!;
    const hash = createHash("sha256").update(style).digest("base64");
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">`,
    );
    expect(page).not.toMatch(/\ssrc=|url\(|@import|<link|\sstyle=/);
  });

  it("shows waves, edges with where they are stated, and what does not run", () => {
    const page = PlanHtml.page(
      outline([
        issue(1),
        issue(2, { dependencies: [on(1, { source: "body line 3" })] }),
        issue(3, {
          blocked: "waits for acme/shop#9",
          dependencies: [on(9, { status: "outside" })],
        }),
        issue(4, { state: "completed", blocked: "is closed as completed" }),
      ]),
    );
    expect(page).toContain("<h2>Wave 2 (1)</h2>");
    expect(page).toContain("acme/shop#1 <small>(until merged; body line 3)</small>");
    expect(page).toContain("<h2>Not run (2)</h2>");
    expect(page).toContain("blocked: waits for acme/shop#9");
    expect(page).toContain("closed: completed");
    expect(page).toContain(
      "<dd>4 issues: 2 tasks can run, 1 blocked, 1 closed; 2 dependencies, 2 waves</dd>",
    );
    expect(page).toContain("(until merged; body line 1; open, not in the plan)");
  });

  it("holds a thousand issues with many dependencies each", () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      issue(index + 1, {
        dependencies: Array.from({ length: Math.min(index, 10) }, (__, back) => on(index - back)),
      }),
    );
    const page = PlanHtml.page(outline(many));
    expect(page.match(/<tr>/g)).toHaveLength(1000 + 1000);
    expect(page).toContain("<summary>10 dependencies</summary>");
    expect(page.length).toBeLessThan(2_000_000);
  });
});
