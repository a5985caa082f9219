/**
 * A plan as one page that needs nothing from elsewhere: no script, no picture, no style sheet.
 *
 * This is the one boundary for text on its way to a page: everything that is
 * not written here goes through `escape`, and links lead to web addresses only.
 */
import { createHash } from "node:crypto";
import type {
  OutlinedDependency,
  OutlinedProblem,
  OutlinedTask,
  PlanOutline,
} from "../plan/PlanOutline.ts";
import * as Text from "../terminal/Text.ts";
import * as BacklogText from "./BacklogText.ts";
import * as LedgerText from "./LedgerText.ts";
import * as PlanText from "./PlanText.ts";
import { count, seconds } from "./Words.ts";

/** The whole page. */
export const page = (plan: PlanOutline): string =>
  [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'">`,
    '<meta name="referrer" content="no-referrer">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(plan.plan)}</title>`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    `<h1>${escape(plan.plan)}</h1>`,
    ...summary(plan),
    ...problems(plan.problems),
    ...waves(plan),
    ...others(plan),
    "</body>",
    "</html>",
  ].join("\n");

const style = [
  "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1f2328;background:#fff}",
  "h1,td,li{overflow-wrap:anywhere}",
  "table{border-collapse:collapse;width:100%;margin:0 0 1.5rem}",
  "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d1d9e0}",
  "th{background:#f6f8fa}td:first-child{white-space:nowrap}",
  "dt{font-weight:600}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0}",
  ".error{color:#b42318}.warning{color:#8a6100}.done{color:#59636e}",
  "@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th{background:#161b22}th,td{border-color:#30363d}a{color:#58a6ff}.error{color:#ff7b72}.warning{color:#d29922}.done{color:#9198a1}}",
].join("");

/** The page's own style and no other one is taken. */
const styleHash = createHash("sha256").update(style).digest("base64");

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is text on a page, too: nothing in it is markup, reorders or hides what stands beside it. */
export const escape = (text: string): string =>
  Text.line(text).replace(/[&<>"']/g, (character) => entities[character]!);

const summary = (plan: PlanOutline): ReadonlyArray<string> => {
  const { criticalPath, launches, sources, startsFirst, tasks, waves } = plan;
  const edges = tasks.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
  const facts: ReadonlyArray<readonly [name: string, value: string]> = [
    ["Sources", sources.join("; ")],
    [
      "Size",
      `${plan.file === null ? BacklogText.fates(plan) : count(tasks.length, "task")}; ${count(edges, "dependency", "dependencies")}, ${count(waves.length, "wave")}`,
    ],
    ["Runs", PlanText.manner(plan)],
    ["Critical path", shortened(criticalPath, " → ")],
    [plan.file === null ? "Would start" : "Starts first", shortened(startsFirst, ", ")],
    ["Launches", `${launches}, if every task succeeds at once`],
    ...(plan.estimate === null
      ? []
      : [["Estimate", `about ${seconds(plan.estimate.seconds)}`] as const]),
    ...LedgerText.facts(plan),
  ];
  return [
    "<dl>",
    ...facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`),
    "</dl>",
  ];
};

/** A text on a page is cut at 2,000 characters: of very many ids the first are enough. */
const shortened = (ids: ReadonlyArray<string>, separator: string): string => {
  const shown = ids.slice(0, 50).join(separator);
  return ids.length > 50 ? `${shown}${separator}… and ${ids.length - 50} more` : shown;
};

const problems = (all: ReadonlyArray<OutlinedProblem>): ReadonlyArray<string> =>
  all.length === 0
    ? []
    : [
        `<h2>Problems (${all.length})</h2>`,
        "<ul>",
        ...all.map((problem) => {
          const place = problem.line === null ? "" : `${problem.file}:${problem.line}: `;
          return `<li class="${problem.severity}">${problem.severity}: ${escape(place + problem.message)}</li>`;
        }),
        "</ul>",
      ];

const headings = ["Task", "Title", "Agent", "Priority", "Waits for"];

const table = (title: string, tasks: ReadonlyArray<OutlinedTask>): ReadonlyArray<string> => [
  `<h2>${title}</h2>`,
  "<table>",
  `<thead><tr>${headings.map((heading) => `<th scope="col">${heading}</th>`).join("")}</tr></thead>`,
  "<tbody>",
  ...tasks.map(row),
  "</tbody>",
  "</table>",
];

const waves = ({ tasks, waves: all }: PlanOutline): ReadonlyArray<string> => {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return all.flatMap((wave, index) =>
    table(
      `Wave ${index + 1} (${wave.length})`,
      wave.map((id) => byId.get(id)!),
    ),
  );
};

/** What is in no wave: blocked, untrusted, closed, or behind an error of the file. */
const others = ({ tasks }: PlanOutline): ReadonlyArray<string> => {
  const rest = tasks.filter(({ wave }) => wave === null);
  return rest.length === 0 ? [] : table(`Not run (${rest.length})`, rest);
};

const row = (task: OutlinedTask): string => {
  const { agent, dependencies, id, priority, title, url } = task;
  const name = url === null ? escape(id) : link(url, id);
  const why = reason(task);
  const cells = [
    name,
    why === undefined ? escape(title) : `${escape(title)}<br><em>${escape(why)}</em>`,
    escape(agent ?? ""),
    String(priority),
    edges(dependencies),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
};

/** Why an issue does not run. */
const reason = ({ blocked, state, trust, trusted }: OutlinedTask): string | undefined => {
  if (state !== null && state !== "open") return `closed: ${state}`;
  if (trusted === false) return `untrusted: ${trust ?? ""}`;
  return blocked === null ? undefined : `blocked: ${blocked}`;
};

const link = (url: string, text: string): string => {
  const address = URL.parse(url);
  const isWeb = address?.protocol === "https:" || address?.protocol === "http:";
  return isWeb
    ? `<a href="${escape(address.href)}" rel="noreferrer noopener">${escape(text)}</a>`
    : escape(text);
};

/** Few edges stand in the row, many behind a line that opens. */
const edges = (all: ReadonlyArray<OutlinedDependency>): string => {
  if (all.length === 0) return "";
  const list = `<ul>${all.map((edge) => `<li${edge.satisfied ? ' class="done"' : ""}>${edgeText(edge)}</li>`).join("")}</ul>`;
  return all.length <= 5
    ? list
    : `<details><summary>${count(all.length, "dependency", "dependencies")}</summary>${list}</details>`;
};

/** What people call what is waited for, if it is no task here. */
const standings: Readonly<Record<NonNullable<OutlinedDependency["status"]>, string | undefined>> = {
  task: undefined,
  done: "done",
  outside: "open, not in the plan",
  "not-planned": "closed as not planned",
  missing: "not found",
  untrusted: "not trusted",
};

const edgeText = ({ gate, on, satisfied, source, status }: OutlinedDependency): string => {
  const what = satisfied ? "satisfied" : status === null ? undefined : standings[status];
  const notes = [
    `until ${gate}`,
    ...(source === null ? [] : [source]),
    ...(what === undefined ? [] : [what]),
  ];
  return `${escape(on)} <small>(${escape(notes.join("; "))})</small>`;
};
