/** What the demo on GitHub writes and says around its run. */
import type { Paint } from "../terminal/Paint.ts";
import * as Shell from "../terminal/Shell.ts";
import * as Text from "../terminal/Text.ts";
import * as Steps from "../view/Steps.ts";
import { count } from "../view/Words.ts";

/** The configuration of the demo, in its folder. */
export const fileName = "orchestrator.yaml";

/** The configuration that leads to the services. */
export const configuration = (at: {
  readonly github: string;
  readonly codegen: string;
  readonly orgId: number;
}): string => `# The services of the demo, on this machine and only while it runs.
github:
  repository: acme/shop
  token: \${GITHUB_TOKEN}
  base_url: ${at.github}
codegen:
  org_id: ${at.orgId}
  api_token: \${CODEGEN_API_TOKEN}
  base_url: ${at.codegen}
agent:
  retry_delay_seconds: 5
automation:
  auto_merge_on_success: true # the run merges what passes its checks
  close_issues: true
`;

/** What is about to happen. */
export const opening = (at: {
  readonly folder: string;
  readonly factor: number;
  readonly api: string;
}): string =>
  [
    `Working on the issues of acme/shop, a repository of a small GitHub on this machine: ${Text.line(at.api)}`,
    `Agents are those of a small Codegen. Nothing leaves this machine, and time passes ${at.factor} times as fast.`,
    `Folder: ${Text.line(at.folder)}`,
    "",
  ].join("\n");

/** What is on GitHub after the run. */
export interface Outcome {
  /** In the order in which they were merged. */
  readonly merges: ReadonlyArray<{
    /** As `acme/shop#8`. */
    readonly pull: string;
    readonly issue: string;
    /** Of the issue. */
    readonly title: string;
    /** How often its agent had to put it right. */
    readonly corrections: number;
  }>;
  readonly issues: number;
  readonly closed: number;
  /** Issues by the label that says where their task is. */
  readonly labels: Readonly<Record<string, number>>;
  readonly comments: number;
}

export interface Done {
  readonly folder: string;
  /** How people call the orchestrator where they are. */
  readonly command: string;
  readonly outcome: Outcome;
}

/** What came of it on GitHub, where it is and what to try next. */
export const closing = ({ command, folder, outcome }: Done, paint: Paint): string => {
  const steps = [
    { what: "see each step of the run", command: `cd ${Shell.line(folder)} && ${command} log` },
    { what: "see how it was told to", command: `cat ${Shell.line(`${folder}/${fileName}`)}` },
    { what: "work on issues of your own", command: `${command} init` },
  ];
  return [
    "",
    paint("bold", "What came of it on GitHub"),
    ...outcome.merges.map((one) => `  ${paint("green", "✓")} ${merge(one)}`),
    ...counts(outcome).map((text) => `  ${paint("green", "✓")} ${text}`),
    "",
    "The two services were there for the demo only; the run and its journal stay in the folder.",
    "",
    paint("bold", "Try next"),
    ...Steps.lines(steps).map((step) => `  ${step}`),
  ].join("\n");
};

const merge = ({ corrections, issue, pull, title }: Outcome["merges"][number]): string => {
  const after =
    corrections === 0 ? "" : ` (its checks failed at first: ${count(corrections, "correction")})`;
  return `${Text.line(pull)} merged for ${Text.line(issue)}, ${Text.line(title)}${after}`;
};

const counts = ({ closed, comments, issues, labels }: Outcome): ReadonlyArray<string> => [
  `${closed} of ${count(issues, "issue")} closed`,
  ...Object.entries(labels).map(([label, number]) => `${count(number, "issue")} labelled ${label}`),
  `${count(comments, "comment")} written: one for each issue, kept up to date`,
];
