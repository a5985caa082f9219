import { assert, describe, it } from "@effect/vitest";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as GitHubConfig from "../src/GitHubConfig.ts";

const token = "ghp-secret-value";

const read = (
  section: unknown,
  environment: Record<string, string> = {},
  allowedHosts: ReadonlyArray<string> = [],
) => GitHubConfig.read(section, { environment, allowedHosts });

const settings = (...given: Parameters<typeof read>) => Result.getOrThrow(read(...given));

/** What is wrong, a line each. */
const wrong = (...given: Parameters<typeof read>): ReadonlyArray<string> =>
  Result.match(read(...given), {
    onSuccess: () => [],
    onFailure: ({ problems }) => problems.map(({ message, where }) => `${where} ${message}`),
  });

const tokenOf = ({ auth }: GitHubConfig.Settings) =>
  auth?._tag === "Token" ? [Redacted.value(auth.token), auth.from] : undefined;

const issues = (owner: string, repository: string, filter: object = {}) => ({
  issues: { owner, repository, filter },
});
const project = (owner: string, number: number, filter: object = {}) => ({
  project: { owner, number, filter },
});

describe("GitHubConfig", () => {
  it("reads every key", () => {
    const all = settings({
      token,
      organization: "acme",
      repository: "shop",
      default_branch: "main",
      base_url: null,
      issues: {
        state: "all",
        labels: ["ready"],
        without_labels: ["later"],
        milestone: 3,
        assignee: "none",
        author: "ada",
        type: "Bug",
        since: "2026-11-01",
      },
      project: {
        number: "7",
        status: ["Todo"],
        fields: { Team: "web", Size: [1, 2] },
        status_field: "Stage",
      },
      dependencies: { comments: "false", inherit_from_parent: true },
      values: { priority: { field: "Rank", values: { top: 9 } }, estimate: { unit: "hours" } },
      trust: { associations: ["OWNER"], approval_label: "go" },
    });
    const filter = {
      state: "all",
      labels: ["ready"],
      withoutLabels: ["later"],
      milestone: 3,
      assignee: "none",
      author: "ada",
      type: "Bug",
      since: "2026-11-01T00:00:00Z",
    };
    const { auth, ...rest } = all;
    assert.deepStrictEqual(tokenOf(all), [token, "github.token"]);
    assert.strictEqual(auth?._tag, "Token");
    assert.deepStrictEqual(rest, {
      baseUrl: "https://api.github.com",
      allowedHosts: [],
      repository: "acme/shop",
      defaultBranch: "main",
      filter: filter as never,
      sources: [
        {
          project: {
            owner: "acme",
            number: 7,
            filter: { status: ["Todo"], fields: { Team: ["web"], Size: ["1", "2"] } },
            statusField: "Stage",
          },
        },
        issues("acme", "shop", filter),
      ],
      dependencies: { comments: false, inheritFromParent: true },
      values: { priority: { field: "Rank", values: { top: 9 } }, estimate: { unit: "hours" } },
      trust: { associations: ["OWNER"], approvalLabel: "go" },
    });
  });

  it("takes the board alone where a board and a repository are named, unless issues are asked for", () => {
    const both = { organization: "acme", repository: "shop", project_number: 1 };
    const cases: ReadonlyArray<readonly [section: object, sources: ReadonlyArray<unknown>]> = [
      [{}, []],
      [{ organization: "acme" }, []],
      [{ repository: "acme/shop" }, [issues("acme", "shop")]],
      [{ repository: "acme/shop", project_number: 1 }, [project("acme", 1)]],
      [{ organization: "acme", project_number: 1 }, [project("acme", 1)]],
      [both, [project("acme", 1)]],
      [{ ...both, issues: {} }, [project("acme", 1), issues("acme", "shop")]],
      [{ project: { owner: "ada", number: 2 } }, [project("ada", 2)]],
    ];
    for (const [section, sources] of cases) {
      assert.deepStrictEqual(settings(section).sources, sources as never, JSON.stringify(section));
    }
  });

  it("takes a list of sources as it is", () => {
    const { sources } = settings({
      organization: "acme",
      repository: "shop",
      sources: [
        { issues: { labels: ["ready"] } },
        { issues: { repository: "api" } },
        { issues: { repository: "ada/tools" } },
        { project: { number: 3 } },
      ],
    });
    assert.deepStrictEqual(sources, [
      issues("acme", "shop", { labels: ["ready"] }),
      issues("acme", "api"),
      issues("ada", "tools"),
      project("acme", 3),
    ]);
  });

  it("puts one repository in the place of all sources, chosen as the section says", () => {
    const all = settings({ repository: "acme/shop", issues: { labels: ["ready"] } });
    const { repository, sources } = GitHubConfig.forRepository(all, "ada/tools");
    assert.strictEqual(repository, "ada/tools");
    assert.deepStrictEqual(sources, [issues("ada", "tools", { labels: ["ready"] })]);
  });

  it("takes the token of the section, then those of the variables, none if they are empty", () => {
    const environment = { GITHUB_TOKEN: "first", GH_TOKEN: "second" };
    assert.deepStrictEqual(tokenOf(settings({ token }, environment)), [token, "github.token"]);
    assert.deepStrictEqual(tokenOf(settings({}, environment)), ["first", "GITHUB_TOKEN"]);
    const empty = { GITHUB_TOKEN: " ", GH_TOKEN: "second" };
    assert.deepStrictEqual(tokenOf(settings({}, empty)), ["second", "GH_TOKEN"]);
    assert.strictEqual(settings({}).auth, undefined);
  });

  it("reads an App with its key or the file of it, and asks for what is missing", () => {
    const { auth } = settings({ app_id: 12, private_key_file: "app.pem", installation_id: 5 });
    assert.deepStrictEqual(auth, {
      _tag: "App",
      appId: "12",
      privateKey: { file: "app.pem" },
      installationId: 5,
    });
    assert.deepStrictEqual(wrong({ app_id: "Iv1.ab" }), [
      "github.private_key_file is missing; name the file with the private key of the App",
    ]);
    assert.deepStrictEqual(wrong({ private_key: "k", private_key_file: "f", token }), [
      "github.token does not go with app_id and its keys; leave one of them out",
      "github.app_id is missing; private_key and installation_id need it",
      "github.private_key_file does not go with private_key; leave one out",
    ]);
  });

  it("sends a token to no host that is not allowed, whoever names it", () => {
    const elsewhere = "https://ghe.test/api/v3";
    const named: ReadonlyArray<readonly [object, Record<string, string>, string]> = [
      [{ base_url: elsewhere }, {}, "github.base_url"],
      [{}, { GITHUB_API_URL: elsewhere }, "GITHUB_API_URL"],
      [{}, { GH_HOST: "ghe.test" }, "GH_HOST"],
    ];
    for (const [section, environment, where] of named) {
      const [problem] = wrong(section, environment);
      assert.include(problem, `${where} The address of the GitHub API, https://ghe.test, is not`);
      assert.strictEqual(settings(section, environment, ["ghe.test"]).baseUrl, elsewhere);
    }
    const tenant = settings({}, { GH_HOST: "acme.ghe.com" }, ["acme.ghe.com"]);
    assert.strictEqual(tenant.baseUrl, "https://api.acme.ghe.com");
    assert.strictEqual(
      settings({ base_url: elsewhere }, { GITHUB_API_URL: "https://api.github.com" }).baseUrl,
      "https://api.github.com",
    );
  });

  it("says what was found and what is allowed", () => {
    const cases: ReadonlyArray<readonly [section: object, problem: string]> = [
      [{ repositry: "x" }, "github.repositry is not a key; allowed are token, app_id"],
      [{ repositry: "x" }, 'did you mean "repository"?'],
      [
        { repository: "a/b/c" },
        'github.repository expected owner/name, or a name alone beside organization; found "a/b/c"',
      ],
      [
        { repository: "shop" },
        "github.repository has no owner; write owner/name, or add organization",
      ],
      [{ project_number: 1 }, "github.project_number needs to know whose board it is"],
      [
        { project_number: 0, organization: "a" },
        "github.project_number expected the number of a project, a whole number above 0; found 0",
      ],
      [{ issues: {} }, "github.issues needs to know of which repository"],
      [
        { repository: "a/b", issues: { state: "opne" } },
        'github.issues.state expected open, closed or all; found "opne"',
      ],
      [
        { repository: "a/b", issues: { labels: "x" } },
        'github.issues.labels expected a list of labels, in brackets: [ … ]; found "x"',
      ],
      [
        { repository: "a/b", issues: { labels: [1] } },
        "github.issues.labels[0] expected the name of a label as text; found 1",
      ],
      [
        { repository: "a/b", issues: { since: "yesterday" } },
        "github.issues.since expected a date as 2026-11-21",
      ],
      [
        { repository: "a/b", issues: { since: "2026-13-45" } },
        "github.issues.since expected a date as 2026-11-21",
      ],
      [{ project: {} }, "github.project.number is missing; add it"],
      [
        { project: { number: 1 }, project_number: 1, organization: "a" },
        "github.project_number does not go with project",
      ],
      [{ sources: [{}] }, "github.sources[0] expected either issues: or project:"],
      [{ sources: [{ project: { nr: 1 } }] }, "github.sources[0].project.number is missing"],
      [{ sources: [{ issues: {} }] }, "github.sources[0].issues needs to know of which repository"],
      [
        { sources: [{ issues: { repository: "b" } }] },
        "github.sources[0].issues.repository has no owner",
      ],
      [{ sources: [], issues: {}, repository: "a/b" }, "github.issues does not go with sources"],
      [
        { dependencies: { text: "sometimes" } },
        'github.dependencies.text expected true or false; found "sometimes"',
      ],
      [
        { values: { priority: { values: { high: "9" } } } },
        'github.values.priority.values.high expected a number; found "9"',
      ],
      [
        { trust: { associations: ["NONE"] } },
        'github.trust.associations[0] expected OWNER, MEMBER, COLLABORATOR or CONTRIBUTOR; found "NONE"',
      ],
      [{ trust: { associations: [] } }, "github.trust.associations expected at least one relation"],
      [
        { issues: { milestone: -1 } },
        "github.issues.milestone expected a milestone: its number, its title, none or *; found -1",
      ],
      [{ base_url: "http://api.github.com" }, "github.base_url The address of the GitHub API"],
      [
        { base_url: "https://me:secret@github.com/acme" },
        "github.base_url https://github.com is where people read: the API is at https://api.github.com, which is meant if base_url is left out",
      ],
    ];
    for (const [section, problem] of cases) {
      const found = wrong(section);
      assert.isTrue(
        found.some((line) => line.includes(problem)),
        `${JSON.stringify(section)}: ${JSON.stringify(found)}`,
      );
    }
    assert.include(wrong("text")[0], "github expected");
  });

  it("shows no secret, neither in what is wrong nor in what is right", () => {
    for (const section of [
      { token: { value: token } },
      { private_key: [token] },
      token,
      { token, base_url: "https://evil.test" },
    ]) {
      const found = read(section);
      assert.isTrue(Result.isFailure(found));
      assert.notInclude(JSON.stringify(found), token);
    }
    assert.notInclude(JSON.stringify(settings({ token })), token);
    assert.notInclude(JSON.stringify(settings({ app_id: 1, private_key: token })), token);
  });
});
