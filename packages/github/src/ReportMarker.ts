/**
 * The mark by which a comment is known as the report of a task: its first line, which nobody sees.
 *
 * Anybody can write one, so a mark counts only if its MAC verifies: it is made with a secret over
 * the run, the key, the place and the version, and fits no other comment's place.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Agent } from "@orchestrator/core";
import * as Redacted from "effect/Redacted";

const version = 1;

/** What a mark stands for. */
export interface Subject {
  readonly run: string;
  readonly key: Agent.EffectKey;
  /** `owner/name`, and the number of the issue there. */
  readonly repository: string;
  readonly number: number;
}

/** What a mark says, whoever wrote it. A run or a key that is very long stands there as its hash. */
export interface Written {
  readonly run: string;
  readonly key: Agent.EffectKey;
  /** In lower-case hexadecimal digits. */
  readonly mac: string;
}

/** The mark of a report. */
export const make = (secret: Redacted.Redacted, subject: Subject): string => {
  const { key, run } = subject;
  const mac = macOf(secret, subject);
  return `<!-- orchestrator v=${version} run=${written(run)} key=${written(key)} mac=${mac} -->`;
};

const line =
  /^<!-- orchestrator v=1 run=([\w.!~*'()%]{0,300}) key=([\w.!~*'()%]{0,300}) mac=([\da-f]{64}) -->\r?(?:\n|$)/;

/** What the mark of a comment says; undefined if it has none. Proves nothing. */
export const read = (body: string): Written | undefined => {
  const [, run, key, mac] = line.exec(body) ?? [];
  if (run === undefined || key === undefined || mac === undefined) return undefined;
  try {
    return { run: decodeURIComponent(run), key: decodeURIComponent(key), mac };
  } catch {
    return undefined;
  }
};

/** Whether a comment has the mark of this report, made with this secret. */
export const isOn = (body: string, secret: Redacted.Redacted, subject: Subject): boolean => {
  const found = read(body);
  if (found === undefined) return false;
  const [given, expected] = [found.mac, macOf(secret, subject)].map((mac) =>
    Buffer.from(mac, "hex"),
  );
  return timingSafeEqual(given!, expected!);
};

const macOf = (secret: Redacted.Redacted, { key, number, repository, run }: Subject): string => {
  const covered = ["orchestrator report", version, run, key, repository.toLowerCase(), number];
  return createHmac("sha256", Redacted.value(secret)).update(JSON.stringify(covered)).digest("hex");
};

/** Nothing in it ends a comment of HTML; halves of characters, which no address can hold, become one sign. */
const written = (text: string): string => {
  const whole = encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd")).replaceAll("-", "%2D");
  return whole.length <= longest ? whole : createHash("sha256").update(text).digest("hex");
};

const longest = 300;
