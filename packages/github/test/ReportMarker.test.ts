import { assert, describe, it } from "@effect/vitest";
import * as Redacted from "effect/Redacted";
import * as fc from "fast-check";
import * as ReportMarker from "../src/ReportMarker.ts";

const secret = Redacted.make("a secret of the operator's machine");
const subject = {
  run: "run-1",
  key: "run-1/acme%2Fshop%231/report",
  repository: "acme/shop",
  number: 1,
};
const mark = ReportMarker.make(secret, subject);
const isOn = (body: string, of: Partial<ReportMarker.Subject> = {}, with_ = secret) =>
  ReportMarker.isOn(body, with_, { ...subject, ...of });

describe("the mark of a report", () => {
  it("is a line that nobody sees, and says whose it is", () => {
    assert.match(
      mark,
      /^<!-- orchestrator v=1 run=run%2D1 key=run%2D1%2Facme%252Fshop%25231%2Freport mac=[\da-f]{64} -->$/,
    );
    const { key, run } = subject;
    assert.deepInclude(ReportMarker.read(`${mark}\nText`), { run, key });
  });

  it("is known again, also if the repository is written otherwise or lines end otherwise", () => {
    assert.isTrue(isOn(`${mark}\nText`));
    assert.isTrue(isOn(`${mark}\r\nText`, { repository: "Acme/Shop" }));
  });

  it("does not fit another run, task, place or secret", () => {
    const body = `${mark}\nText`;
    assert.isFalse(isOn(body, { run: "run-2" }));
    assert.isFalse(isOn(body, { key: "run-1/b/report" }));
    assert.isFalse(isOn(body, { repository: "acme/api" }));
    assert.isFalse(isOn(body, { number: 2 }));
    assert.isFalse(isOn(body, {}, Redacted.make("guessed")));
  });

  it("counts only as the first line", () => {
    for (const body of [`Quoted:\n${mark}`, `> ${mark}`, ` ${mark}`, "", mark.slice(0, -4)]) {
      assert.isFalse(isOn(body), body);
    }
    assert.isFalse(isOn(mark.replace(/mac=./, "mac=g")));
    assert.isUndefined(ReportMarker.read(mark.replace("run%2D1 key", "%zz key")));
  });

  it("never says the secret, and is ended by nothing in a name", () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(text, text, (run, key) => {
        const of = { ...subject, run, key };
        const made = ReportMarker.make(secret, of);
        assert.match(made, /^<!--[^<>\n]*-->$/);
        assert.notInclude(made, Redacted.value(secret));
        assert.isTrue(isOn(made, of));
        assert.isAtMost(made.length, 750);
      }),
    );
  });
});
