/** The shape of the section `github` of a configuration. A key that is null counts as absent. */
import * as v from "valibot";
import * as GitHubHost from "../GitHubHost.ts";
import * as IssueId from "../IssueId.ts";
import { isSet } from "./isSet.ts";

const text = (wanted: string) =>
  v.pipe(
    v.string(`expected ${wanted}`),
    v.trim(),
    v.nonEmpty(`expected ${wanted}, not an empty text`),
  );

const whole = (what: string) => {
  const wanted = `expected ${what}, a whole number above 0`;
  return v.pipe(
    v.union([v.number(), v.string()], wanted),
    v.transform((given) =>
      typeof given === "string" && /^\s*\d+\s*$/.test(given) ? Number(given) : given,
    ),
    v.number(wanted),
    v.safeInteger(wanted),
    v.minValue(1, wanted),
  );
};

/** GitHub takes the number of an App and its client id alike. */
const app = v.pipe(
  v.union([v.number(), v.string()], "expected the id of a GitHub App, or its client id"),
  v.transform(String),
  v.regex(/^[A-Za-z0-9.]{1,40}$/, "expected the id of a GitHub App, or its client id"),
);

/** A variable of the environment gives truth values as text. */
const flag = v.pipe(
  v.unknown(),
  v.transform((given) => (given === "true" ? true : given === "false" ? false : given)),
  v.boolean("expected true or false"),
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
  state: v.nullish(choice(["open", "closed", "all"])),
  labels: v.nullish(labels),
  without_labels: v.nullish(labels),
  milestone: v.nullish(
    v.union(
      [v.pipe(v.number(), v.safeInteger(milestone), v.minValue(1, milestone)), text("a milestone")],
      milestone,
    ),
  ),
  assignee: v.nullish(text("a login, none or *")),
  author: v.nullish(text("a login")),
  type: v.nullish(text("the name of an issue type as text")),
  since: v.nullish(moment),
};

/** `project` and `sources[].project` alike. */
const project = v.strictObject(
  {
    owner: v.nullish(owner),
    number: whole("the number of a project"),
    status: v.nullish(list(text("the name of a status as text"), "statuses")),
    fields: v.nullish(
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
    ),
    status_field: v.nullish(text("the name of a field as text")),
  },
  "expected keys with values, as number: 1",
);

const source = v.pipe(
  v.strictObject(
    {
      issues: v.nullish(
        v.strictObject(
          { repository: v.nullish(repository), ...filter },
          "expected keys with values, as repository: acme/shop",
        ),
      ),
      project: v.nullish(project),
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
    text: v.nullish(flag),
    comments: v.nullish(flag),
    labels: v.nullish(flag),
    native: v.nullish(flag),
    sub_issues: v.nullish(flag),
    inherit_from_parent: v.nullish(flag),
    milestones: v.nullish(flag),
  },
  "expected keys with true or false, as comments: false",
);

const places = {
  field: v.nullish(text("the name of a board's field as text")),
  label: v.nullish(text("what labels begin with as text, with its separator")),
  key: v.nullish(text("a key of the front matter as text")),
};

const somewhere = "expected where it stands, as field: Priority";

const duration = v.strictObject(
  { ...places, unit: v.nullish(choice(["seconds", "minutes", "hours", "days"])) },
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
    priority: v.nullish(v.strictObject({ ...places, values: v.nullish(ranks) }, somewhere)),
    estimate: v.nullish(duration),
    timeout: v.nullish(duration),
    agent: v.nullish(place),
    claims: v.nullish(place),
    resources: v.nullish(place),
    until: v.nullish(place),
  },
  "expected values of tasks, as priority: { field: Priority }",
);

const trust = v.strictObject(
  {
    associations: v.nullish(
      v.pipe(
        list(
          // Everybody else needs the label: with NONE a stranger's text would start paid work.
          choice(["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"]),
          "relations of authors",
        ),
        v.minLength(1, "expected at least one relation of authors to the repository"),
      ),
    ),
    approval_label: v.nullish(text("the name of a label as text")),
  },
  "expected keys with values, as approval_label: approved",
);

export const Section = v.strictObject(
  {
    token: v.nullish(text("a token as text")),
    app_id: v.nullish(app),
    private_key: v.nullish(text("the private key of a GitHub App as text")),
    private_key_file: v.nullish(text("the name of a file as text")),
    installation_id: v.nullish(whole("the id of an installation")),
    organization: v.nullish(owner),
    repository: v.nullish(repository),
    project_number: v.nullish(whole("the number of a project")),
    default_branch: v.nullish(text("the name of a branch as text")),
    base_url: v.nullish(text("an address as text")),
    issues: v.nullish(v.strictObject(filter, "expected keys with values, as labels: [ready]")),
    project: v.nullish(project),
    sources: v.nullish(v.array(source, "expected a list of sources, as - project: { number: 1 }")),
    dependencies: v.nullish(dependencies),
    values: v.nullish(values),
    trust: v.nullish(trust),
  },
  "expected keys with values, as repository: acme/shop",
);
export type Section = v.InferOutput<typeof Section>;
