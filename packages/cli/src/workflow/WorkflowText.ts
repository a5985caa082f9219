/** Workflows as lines for people. */
import type { Workflow } from "@orchestrator/core";
import * as Text from "../terminal/Text.ts";
import * as Table from "../view/Table.ts";
import { count } from "../view/Words.ts";

/** A workflow of a project, or why it cannot be used. */
export interface Listed {
  readonly name: string;
  readonly file: string;
  readonly workflow: Workflow.Workflow | undefined;
  readonly problems: ReadonlyArray<string>;
}

const shortly = ([name, { default: otherwise, required, type }]: readonly [
  string,
  Workflow.Parameter,
]): string => {
  if (otherwise !== undefined) return `${name}=${JSON.stringify(otherwise)}`;
  return required === false ? `[${name}]` : `${name}: ${type}`;
};

const line = (text: string) => ({ text: Text.line(text) });

/** The workflows there are, a row for each. */
export const list = (
  found: ReadonlyArray<Listed>,
  columns: number | undefined,
  draw: (title: string) => string,
): ReadonlyArray<string> =>
  Table.lines(
    [{ title: "NAME" }, { title: "PARAMETERS" }, { title: "DESCRIPTION", least: 20 }],
    found.map(({ name, problems, workflow }) => [
      line(name),
      line(
        Object.entries(workflow?.parameters ?? {})
          .map(shortly)
          .join(", ") || "-",
      ),
      line(
        workflow === undefined ? `cannot be used: ${problems[0]}` : (workflow.description ?? ""),
      ),
    ]),
    columns,
    draw,
  );

const indented = (text: string): string => `  ${Text.line(text)}`;

const parameter = ([name, declared]: readonly [string, Workflow.Parameter]): string => {
  const { default: otherwise, description, enum: allowed, required, type } = declared;
  const parts = [
    type,
    ...(allowed === undefined
      ? []
      : [`one of ${allowed.map((one) => JSON.stringify(one)).join(", ")}`]),
    otherwise === undefined
      ? required === false
        ? "may be left out"
        : "required"
      : `default ${JSON.stringify(otherwise)}`,
  ];
  return indented(
    `${name}  ${parts.join(", ")}${description === undefined ? "" : `: ${description}`}`,
  );
};

const task = ({ dependsOn = [], forEach, id, title }: Workflow.WorkflowTask): string => {
  const after = dependsOn.map((one) => (typeof one === "string" ? one : one.task));
  const parts = [
    ...(title === undefined ? [] : [title]),
    ...(forEach === undefined
      ? []
      : [
          `for each of ${typeof forEach === "string" ? forEach : count((forEach as ReadonlyArray<unknown>).length, "item")}`,
        ]),
    ...(after.length === 0 ? [] : [`after ${after.join(", ")}`]),
  ];
  return indented(`${id}${parts.length === 0 ? "" : `  ${parts.join("; ")}`}`);
};

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines];

/** Everything about a workflow. */
export const show = (workflow: Workflow.Workflow, file: string): ReadonlyArray<string> => [
  Text.line(
    `${workflow.name}${workflow.description === undefined ? "" : `: ${workflow.description}`}`,
  ),
  Text.line(file),
  ...section("Parameters", Object.entries(workflow.parameters).map(parameter)),
  ...section("Tasks", workflow.tasks.map(task)),
  ...section(
    "Outputs",
    Object.entries(workflow.outputs).map(([name, value]) =>
      indented(`${name}  ${typeof value === "string" ? value : JSON.stringify(value)}`),
    ),
  ),
];

/** What a new workflow holds: something that runs, to be changed. */
export const template = (name: string): string => `name: ${name}
description: Greets someone.

# Given each time: orchestrator workflow run ${name} --param who=you
parameters:
  who:
    type: string # or number, boolean, list
    default: world
    description: Who is greeted.

# Commands work in this folder; remove the line to give each task a git worktree of its own.
isolation: none

tasks:
  - id: greet
    run: echo Hello, {{ params.who }}
`;
