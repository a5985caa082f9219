/**
 * Pictures of a set of tasks as text: Mermaid for Markdown pages, DOT for Graphviz.
 *
 * Tasks need not be valid: missing dependencies, self dependencies and cycles
 * are drawn. Arrows go from a task to those that wait for it. Ids and titles
 * are untrusted: nodes have names of their own, and labels cannot end, style or
 * script anything. Output is linear in tasks and dependencies; Mermaid renderers
 * refuse more than 500 edges or 50,000 characters by default, Graphviz does not.
 */
import { link, target } from "./internal/reportLinks.ts";
import { labelText } from "./internal/reportText.ts";
import { type Dependency, title, type Task, type TaskId } from "./Task.ts";

/** What a picture shows besides tasks and edges. */
export interface Options {
  /** The state of a task, as `Running` or an outcome: shown under its title, and as a colour. */
  readonly state?: (id: TaskId) => string | undefined;
}

/** A Mermaid flowchart, from left to right. */
export const mermaid = (tasks: ReadonlyArray<Task>, options: Options = {}): string => {
  const { nodes, arrows } = draw(tasks, options);
  const looks = new Set(nodes.map((node) => node.look));
  return [
    "flowchart LR",
    ...nodes.map(({ name, lines, look }) => {
      const style = look === undefined ? "" : `:::${look}`;
      return `  ${name}["${lines.map(mermaidText).join("<br/>")}"]${style}`;
    }),
    ...arrows.map(({ from, to, label }) => {
      const text = label === undefined ? "" : `|"${mermaidText(label)}"|`;
      return `  ${from} -->${text} ${to}`;
    }),
    ...Object.entries(colours)
      .filter(([look]) => looks.has(look))
      .map(([look, [fill, line, dash]]) => {
        const dashes = dash === "dashed" ? ",stroke-dasharray:4" : "";
        return `  classDef ${look} fill:${fill},stroke:${line},color:#111111${dashes}`;
      }),
    "",
  ].join("\n");
};

/** A Graphviz graph, from left to right. */
export const dot = (tasks: ReadonlyArray<Task>, options: Options = {}): string => {
  const { nodes, arrows } = draw(tasks, options);
  return [
    "digraph plan {",
    "  rankdir=LR;",
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...nodes.map(({ name, lines, look }) => {
      const [fill, line, dash] = look === undefined ? [] : colours[look]!;
      const style = dash === "dashed" ? ', style="rounded,filled,dashed"' : "";
      const colour = fill === undefined ? "" : `, fillcolor="${fill}", color="${line}"${style}`;
      return `  ${name} [label="${lines.map(dotText).join("\\n")}"${colour}];`;
    }),
    ...arrows.map(({ from, to, label }) => {
      const text = label === undefined ? "" : ` [label="${dotText(label)}"]`;
      return `  ${from} -> ${to}${text};`;
    }),
    "}",
    "",
  ].join("\n");
};

/** Fill and line of each look. `missing` is a dependency that does not exist. */
const colours: Readonly<
  Record<string, readonly [fill: string, line: string, dash: "solid" | "dashed"]>
> = {
  Pending: ["#f3f4f6", "#9ca3af", "solid"],
  Ready: ["#e0f2fe", "#0284c7", "solid"],
  Launching: ["#dbeafe", "#2563eb", "solid"],
  Running: ["#bfdbfe", "#1d4ed8", "solid"],
  Landing: ["#ede9fe", "#7c3aed", "solid"],
  Succeeded: ["#dcfce7", "#16a34a", "solid"],
  Failed: ["#fee2e2", "#dc2626", "solid"],
  Skipped: ["#e5e7eb", "#6b7280", "dashed"],
  Cancelled: ["#e5e7eb", "#4b5563", "solid"],
  Held: ["#fef3c7", "#d97706", "solid"],
  missing: ["#ffffff", "#dc2626", "dashed"],
};

interface Node {
  readonly name: string;
  readonly lines: ReadonlyArray<string>;
  readonly look: string | undefined;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string | undefined;
}

const longestLine = 60;

const draw = (
  all: ReadonlyArray<Task>,
  { state }: Options,
): { readonly nodes: ReadonlyArray<Node>; readonly arrows: ReadonlyArray<Arrow> } => {
  const links = link(all);
  const nodes = links.tasks.map((task, number) => nodeOf(`t${number}`, task, state?.(task.id)));
  const arrows = links.tasks.flatMap((_, number): ReadonlyArray<Arrow> => {
    const start = links.firstIn[number]!;
    return links.stated
      .slice(start, links.firstIn[number + 1])
      .map((stated, index) => arrow(`t${links.from[start + index]}`, `t${number}`, stated));
  });
  const missing = new Map<TaskId, string>();
  for (const { kind, task, stated } of links.loose) {
    const id = target(stated);
    if (kind === "self") arrows.push(arrow(`t${task}`, `t${task}`, stated));
    if (kind !== "missing") continue;
    const name = missing.get(id) ?? `m${missing.size}`;
    missing.set(id, name);
    arrows.push(arrow(name, `t${task}`, stated));
  }
  for (const [id, name] of missing) {
    nodes.push({ name, lines: [labelText(id, longestLine), "missing"], look: "missing" });
  }
  return { nodes, arrows };
};

const nodeOf = (name: string, task: Task, state: string | undefined): Node => {
  const texts = [task.id, ...(title(task) === task.id ? [] : [title(task)]), state];
  return {
    name,
    lines: texts.flatMap((text) => (text === undefined ? [] : [labelText(text, longestLine)])),
    look: state !== undefined && Object.hasOwn(colours, state) ? state : undefined,
  };
};

const arrow = (from: string, to: string, stated: TaskId | Dependency): Arrow => ({
  from,
  to,
  label: typeof stated === "string" ? undefined : stated.until,
});

/**
 * Mermaid reads Markdown, HTML, directives and its own entities in labels, so that
 * all ASCII but letters, digits and spaces is written as an entity, and hyphens,
 * underscores and slashes only where they join words.
 */
const mermaidText = (text: string): string =>
  text.replace(
    /((?<=[A-Za-z0-9])[-_/](?=[A-Za-z0-9]))|[!-/:-@[-`{-~]/g,
    (character, joint: string | undefined) => joint ?? `#${character.codePointAt(0)};`,
  );

/** Graphviz reads backslashes, and HTML entities in labels. */
const dotText = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;");
