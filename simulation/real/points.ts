/**
 * Loaded before a program: counts the points that it passes, and kills it with
 * SIGKILL at the one that `KILL_AT` names: its number, or how the first of them
 * begins. `KILL_REPORT` is a file that tells
 * at which point it was killed, or what it passed until it ended by itself.
 */
import * as diagnostics from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { patches, patched, pointName } from "./patches.ts";

const target = process.env["KILL_AT"] ?? "0";
const number = Number(target);
const report = process.env["KILL_REPORT"];
const passed: Array<string> = [];

const point = (label: string): void => {
  passed.push(label);
  const isTarget = Number.isNaN(number) ? label.startsWith(target) : passed.length === number;
  if (!isTarget) return;
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
