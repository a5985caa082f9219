import { describe, expect, it } from "@effect/vitest";
import * as Presets from "../src/presets/Presets.ts";
import * as Trouble from "../src/presets/Trouble.ts";

const preset = Presets.named("claude")!;

const tagOf = (message: string, status?: number) => Trouble.of({ message, status }, preset)._tag;

describe("a failure of a coding agent", () => {
  it.each([
    "Not logged in · Please run /login",
    "Invalid API key · Please run /login",
    "exceeded retry limit, last status: 401 Unauthorized, request id: 9a57",
    "Please set an Auth method in your settings.json",
    "Claude AI usage limit reached|1753077600",
    "You've hit your usage limit. Upgrade to Pro or try again in 3 hours.",
    "You've hit your limit · resets 2pm",
    "Credit balance is too low",
    "TerminalQuotaError: You have exhausted your daily quota on this model.",
    "You have reached your specified API usage limits.",
    "FatalUntrustedWorkspaceError: the folder is not trusted",
  ])("waits for a person where nobody could work: %s", (message) => {
    expect(tagOf(message)).toBe("Refused");
  });

  it.each([
    "API Error: 529 Overloaded",
    "exceeded retry limit, last status: 429 Too Many Requests",
    "stream disconnected before completion",
    "API Error: Connection error.",
    "[API Error: RESOURCE_EXHAUSTED]",
    "read ECONNRESET",
  ])("is not charged to the task where the service had no room: %s", (message) => {
    expect(tagOf(message)).toBe("Busy");
  });

  it.each(["The tests still fail", "It came to the end of its turns", "port 5000 is taken", ""])(
    "is one of the agent otherwise: %s",
    (message) => {
      expect(tagOf(message)).toBe("Failed");
    },
  );

  it("is told by the status of the API before its words", () => {
    expect(tagOf("no words", 401)).toBe("Refused");
    expect(tagOf("no words", 402)).toBe("Refused");
    expect(tagOf("no words", 429)).toBe("Busy");
    expect(tagOf("no words", 503)).toBe("Busy");
    expect(tagOf("no words", 400)).toBe("Failed");
  });

  it("says when to try again, if the service did", () => {
    const after = (message: string) => {
      const trouble = Trouble.of({ message: `rate limit: ${message}` }, preset);
      return trouble._tag === "Busy" ? trouble.retryAfterSeconds : trouble._tag;
    };
    expect(after("Please try again in 12.5s.")).toBe(13);
    expect(after("retry after 90 seconds")).toBe(90);
    expect(after("try again in 2 minutes")).toBe(120);
    expect(after("no hint")).toBeUndefined();
  });

  it("says when a quota is fresh again, if the agent did", () => {
    const resetOf = (message: string, resetsAt?: number) => {
      const trouble = Trouble.of({ message, resetsAt }, preset);
      return trouble._tag === "Refused" ? trouble.reset : trouble._tag;
    };
    expect(resetOf("usage limit reached|1753077600")).toEqual({ at: 1_753_077_600 });
    expect(resetOf("You've hit your usage limit. Try again in 3 hours.")).toEqual({
      after: 10_800,
    });
    expect(resetOf("Credit balance is too low")).toBeUndefined();
    expect(resetOf("no words", 1_800_000_000)).toEqual({ at: 1_800_000_000 });
    expect(resetOf("Please run /login: usage of an old key, try again in 5s")).toBeUndefined();
  });

  it("is found quickly in a long text", () => {
    expect(tagOf("hit your a ".repeat(100_000))).toBe("Failed");
  });
});
