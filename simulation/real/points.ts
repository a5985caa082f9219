/**
 * Loaded before a program: counts the points that it passes, and kills it with
 * SIGKILL at the one that `KILL_AT` names: its number, how the first of them
 * begins, or which of them: `3. sent PUT`, or `7. change` of all that change something.
 * `KILL_REPORT` is a file that tells at which point it was killed, or what it
 * passed until it ended by itself.
 */
import * as diagnostics from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { patches, patched, pointName } from "./patches.ts";

const target = process.env["KILL_AT"] ?? "0";
const [, which = "", what = ""] = /^(?:(\d+)(?:\. |$))?(.*)$/.exec(target) ?? [];
/** Which of those that are meant. */
const number = which === "" ? 1 : Number(which);
const report = process.env["KILL_REPORT"];
const passed: Array<string> = [];
let met = 0;

/** Appends to the journal and requests that may change something there. */
const change = /^(?:\w+ append|\w+ (?:POST|PUT|PATCH|DELETE) )/;

const isMeant = (label: string): boolean =>
  what === "change" ? change.test(label) : label.startsWith(what);

const point = (label: string): void => {
  passed.push(label);
  if (isMeant(label)) met += 1;
  if (met !== number || !isMeant(label)) return;
  if (report !== undefined) writeFileSync(report, JSON.stringify([label]));
  process.kill(process.pid, "SIGKILL");
};

Object.assign(globalThis, { [pointName]: point });

process.on("exit", () => {
  if (report !== undefined) writeFileSync(report, JSON.stringify(passed));
});

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    const file = url.startsWith("file:") ? fileURLToPath(url) : "";
    if (!patches.has(file) || loaded.source === undefined) return loaded;
    const { source } = loaded;
    const text = typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
    return { ...loaded, source: patched(file, text) };
  },
});

// What the HTTP client of Node tells of itself; the service has what was sent even if nobody waits for it.
for (const [channel, label] of [
  ["undici:request:create", "before"],
  ["undici:request:bodySent", "sent"],
  ["undici:request:headers", "answered"],
  ["undici:request:trailers", "after"],
] as const) {
  diagnostics.subscribe(channel, (message) => {
    const { request } = message as { readonly request: { method: string; path: string } };
    point(`${label} ${request.method} ${request.path.replace(/\?.*/, "")}`);
  });
}
