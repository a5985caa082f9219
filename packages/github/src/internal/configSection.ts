/** The shape of the section `github` of a configuration. A key that is null counts as absent. */
import * as v from "valibot";
import * as GitHubHost from "../GitHubHost.ts";
import * as IssueId from "../IssueId.ts";
import { isSet } from "./isSet.ts";

/** What a key means, for the JSON Schema and the guide. */
interface Meaning {
  readonly description: string;
  readonly default?: string | boolean | number | ReadonlyArray<string>;
  /** A secret, as JSON Schema calls what is never shown. */
  readonly writeOnly?: true;
}

/** A key that may be left out, with one sentence about it. */
const key = <S extends v.GenericSchema>(
  schema: S,
  description: string,
  more: Omit<Meaning, "description"> = {},
) => v.pipe(v.nullish(schema), v.metadata({ description, ...more }));

/** Runs a schema on what a text stands for, as variables of the environment give it. */
const read = <S extends v.GenericSchema>(schema: S, value: (given: unknown) => unknown): S => ({
  ...schema,
  "~run": (dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) =>
    schema["~run"]({ value: value(dataset.value) }, config),
});

const text = (wanted: string) =>
  v.pipe(
    v.string(`expected ${wanted}`),
    v.trim(),
    v.nonEmpty(`expected ${wanted}, not an empty text`),
  );

const whole = (what: string) => {
  const wanted = `expected ${what}, a whole number above 0`;
  return read(v.pipe(v.number(wanted), v.safeInteger(wanted), v.minValue(1, wanted)), (given) =>
    typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given,
  );
};

/** GitHub takes the number of an App and its client id alike. */
const app = v.pipe(
  v.union([v.number(), v.string()], "expected the id of a GitHub App, or its client id"),
  v.transform(String),
  v.regex(/^[A-Za-z0-9.]{1,40}$/, "expected the id of a GitHub App, or its client id"),
);

const flag = read(v.boolean("expected true or false"), (given) =>
  given === "true" ? true : given === "false" ? false : given,
);

const choice = <const W extends ReadonlyArray<string>>(words: W) => {
  const all = `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return v.picklist(words, `expected ${all}`);
};

const list = <S extends v.GenericSchema>(item: S, what: string) =>
  v.array(item, `expected a list of ${what}, in brackets: [ … ]`);

const owner = v.pipe(
  text("a user or an organisation as text"),
  v.check(IssueId.isOwner, "expected the login of a user or an organisation"),
);

const repository = v.pipe(
  text("a repository as text"),
  v.check(
    (given) => GitHubHost.isRepository(given) || IssueId.isRepository(given),
    "expected owner/name, or a name alone beside organization",
  ),
);

const moment = v.pipe(
  text("a date as 2026-11-21, or a time as 2026-11-21T08:00:00Z"),
  v.check(
    (given) =>
      /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(given) &&
      !Number.isNaN(Date.parse(given)),
    "expected a date as 2026-11-21, or a time as 2026-11-21T08:00:00Z",
  ),
  v.transform((given) => new Date(given).toISOString().replace(".000Z", "Z")),
);

const labels = list(text("the name of a label as text"), "labels");

const milestone = "expected a milestone: its number, its title, none or *";

/** Which issues of a repository are meant. */
const filter = {
  state: key(choice(["open", "closed", "all"]), "Issues in this state.", { default: "open" }),
  labels: key(labels, "Issues that have all of these labels."),
  without_labels: key(labels, "Issues that have none of these labels."),
  milestone: key(
    v.union(
      [v.pipe(v.number(), v.safeInteger(milestone), v.minValue(1, milestone)), text("a milestone")],
      milestone,
    ),
    "Issues of this milestone: its number, its title, none, or * for any.",
  ),
  assignee: key(
    text("a login, none or *"),
    "Issues of this assignee: a login, none, or * for anybody.",
  ),
  author: key(text("a login"), "Issues that this login opened."),
  type: key(text("the name of an issue type as text"), "Issues of this issue type."),
  since: key(moment, "Issues that changed since this date or time."),
};

/** `project` and `sources[].project` alike. */
const project = v.strictObject(
  {
    owner: key(
      owner,
      "The user or organisation that the board belongs to; absent: organization, else the owner of the repository.",
    ),
    number: v.pipe(
      whole("the number of a project"),
      v.metadata({ description: "The number of the board." }),
    ),
    status: key(
      list(text("the name of a status as text"), "statuses"),
      "Items in one of these columns.",
    ),
    fields: key(
      v.record(
        v.string(),
        v.union(
          [
            v.pipe(
              v.union([v.string(), v.number()]),
              v.transform((one) => [one]),
            ),
            v.array(v.union([v.string(), v.number()])),
          ],
          "expected a value or a list of values",
        ),
        "expected fields with values, as Team: [web]",
      ),
      "Items whose fields have one of these values, as Team: [web].",
    ),
    status_field: key(text("the name of a field as text"), "The field that the columns are.", {
      default: "Status",
    }),
  },
  "expected keys with values, as number: 1",
);

const source = v.pipe(
  v.strictObject(
    {
      issues: key(
        v.strictObject(
          {
            repository: key(
              repository,
              "The repository: owner/name, or the name beside organization.",
            ),
            ...filter,
          },
          "expected keys with values, as repository: acme/shop",
        ),
        "Issues of a repository.",
      ),
      project: key(project, "Items of a board."),
    },
    "expected issues: or project: with its keys",
  ),
  v.check(
    ({ issues, project: board }) => isSet(issues) !== isSet(board),
    "expected either issues: or project:, one for each source",
  ),
);

const dependencies = v.strictObject(
  {
    text: key(flag, 'Whether sentences in the bodies of issues count, as "depends on #3".', {
      default: true,
    }),
    comments: key(flag, "Whether sentences in comments of trusted people count.", {
      default: true,
    }),
    labels: key(flag, "Whether labels count, as depends:#3.", { default: true }),
    native: key(flag, `Whether GitHub's own relation "blocked by" counts.`, { default: true }),
    sub_issues: key(flag, "Whether an issue waits for its sub-issues.", { default: true }),
    inherit_from_parent: key(flag, "Whether a sub-issue waits for what its parent waits for.", {
      default: false,
    }),
    milestones: key(flag, "Whether issues wait for those of earlier milestones.", {
      default: false,
    }),
  },
  "expected keys with true or false, as comments: false",
);

const places = {
  field: key(text("the name of a board's field as text"), "The field of the board that holds it."),
  label: key(
    text("what labels begin with as text, with its separator"),
    "What labels that hold it begin with, with the separator.",
  ),
  key: key(text("a key of the front matter as text"), "The key of the front matter that holds it."),
};

const somewhere = "expected where it stands, as field: Priority";

const duration = v.strictObject(
  {
    ...places,
    unit: key(
      choice(["seconds", "minutes", "hours", "days"]),
      "What a number without a unit counts.",
    ),
  },
  somewhere,
);

const ranks = v.record(
  v.string(),
  v.pipe(v.number("expected a number"), v.finite("expected a number")),
  "expected names with numbers, as high: 10",
);

const place = v.strictObject(places, somewhere);

/** Where the values of tasks stand. */
const values = v.strictObject(
  {
    priority: key(
      v.strictObject(
        { ...places, values: key(ranks, "What names mean: higher goes first.") },
        somewhere,
      ),
      "Where it stands how urgent a task is.",
    ),
    estimate: key(duration, "Where it stands how long a task takes."),
    timeout: key(duration, "Where it stands how long one attempt may take."),
    agent: key(place, "Where it stands which agent takes a task."),
    claims: key(place, "Where the files stand that only one task may touch at a time."),
    resources: key(place, "Where the resources stand that a task needs."),
    until: key(place, "Where the gate stands that dependents wait for."),
  },
  "expected values of tasks, as priority: { field: Priority }",
);

const trust = v.strictObject(
  {
    associations: key(
      v.pipe(
        list(
          // Everybody else needs the label: with NONE a stranger's text would start paid work.
          choice(["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"]),
          "relations of authors",
        ),
        v.minLength(1, "expected at least one relation of authors to the repository"),
      ),
      "The relations of an author to the repository that make an issue trusted.",
      { default: ["OWNER", "MEMBER", "COLLABORATOR"] },
    ),
    approval_label: key(
      text("the name of a label as text"),
      "The label by which somebody with write access approves the issue of an outsider.",
      { default: "orchestrator:approved" },
    ),
  },
  "expected keys with values, as approval_label: approved",
);

export const Section = v.strictObject(
  {
    token: key(
      text("a token as text"),
      "The token that requests are signed with; absent: GITHUB_TOKEN, GH_TOKEN, else that of the command gh.",
      { writeOnly: true },
    ),
    app_id: key(app, "The id or client id of a GitHub App to sign with, in place of a token."),
    private_key: key(
      text("the private key of a GitHub App as text"),
      "The private key of the App as text.",
      { writeOnly: true },
    ),
    private_key_file: key(
      text("the name of a file as text"),
      "The file with the private key of the App, from the folder of this file.",
    ),
    installation_id: key(
      whole("the id of an installation"),
      "The installation of the App; absent: looked up.",
    ),
    organization: key(owner, "The user or organisation that repository and board belong to."),
    repository: key(
      repository,
      "The repository whose issues are tasks and where changes land: owner/name, or the name beside organization.",
    ),
    project_number: key(
      whole("the number of a project"),
      "The number of a board whose items are tasks.",
    ),
    default_branch: key(
      text("the name of a branch as text"),
      "The branch that changes land on and agents begin from; absent: that of the repository.",
    ),
    base_url: key(
      text("an address as text"),
      "The API of GitHub; another host than the official one must be allowed by the operator.",
      { default: "https://api.github.com" },
    ),
    issues: key(
      v.strictObject(filter, "expected keys with values, as labels: [ready]"),
      "Which issues of the repository are tasks; absent: all open ones.",
    ),
    project: key(project, "A board whose items are tasks, in detail."),
    sources: key(
      v.array(source, "expected a list of sources, as - project: { number: 1 }"),
      "Several repositories and boards, in place of repository, project and issues.",
    ),
    dependencies: key(dependencies, "Which statements count as dependencies."),
    values: key(values, "Where priority, estimate and the other values of a task stand."),
    trust: key(trust, "Whose issues become tasks."),
  },
  "expected keys with values, as repository: acme/shop",
);
export type Section = v.InferOutput<typeof Section>;
