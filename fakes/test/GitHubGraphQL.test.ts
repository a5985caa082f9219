import { describe, expect, it } from "vitest";
import type { GitHub } from "../src/index.ts";
import { ask, query, queryShop, shopOf, startGitHub } from "./support/github.ts";

const numbers = (connection: unknown) =>
  (connection as { nodes: ReadonlyArray<{ number: number }> }).nodes.map((node) => node.number);

describe("issues by GraphQL", () => {
  it("are issues only, oldest first, with everything around them", async () => {
    const fake = await startGitHub({
      world: shopOf([
        {
          labels: ["bug"],
          comments: ["hello"],
          milestone: "v1",
          type: "Bug",
          state: "closed",
        },
        { pull: { closes: ["#1"], merged: true } },
        { parent: "#1", blockedBy: ["#1"], author: "eve" },
      ]),
    });
    const { shop, errors } = await queryShop(
      fake,
      `issues(first: 10) { totalCount nodes {
        number state stateReason authorAssociation author { login } issueType { name }
        labels(first: 5) { nodes { name } } milestone { title number } parent { number }
        comments(first: 5) { nodes { body } } subIssues(first: 5) { nodes { number } }
        subIssuesSummary { total completed percentCompleted }
        blockedBy(first: 5) { nodes { number repository { nameWithOwner } } }
        issueDependenciesSummary { blockedBy totalBlockedBy blocking totalBlocking }
        closedByPullRequestsReferences(first: 5, includeClosedPrs: true) { nodes { number merged } }
      } }`,
    );
    expect(errors).toBe(undefined);
    expect(shop?.["issues"]).toMatchObject({
      totalCount: 2,
      nodes: [
        {
          number: 1,
          state: "CLOSED",
          stateReason: "COMPLETED",
          issueType: { name: "Bug" },
          labels: { nodes: [{ name: "bug" }] },
          comments: { nodes: [{ body: "hello" }] },
          milestone: { title: "v1", number: 1 },
          subIssues: { nodes: [{ number: 3 }] },
          closedByPullRequestsReferences: { nodes: [{ number: 2, merged: true }] },
        },
        {
          number: 3,
          author: { login: "eve" },
          authorAssociation: "NONE",
          parent: { number: 1 },
          blockedBy: { nodes: [{ number: 1, repository: { nameWithOwner: "acme/shop" } }] },
          issueDependenciesSummary: { blockedBy: 0, totalBlockedBy: 1 },
        },
      ],
    });
    expect(fake.violations()).toEqual([]);
  });

  it("are filtered by states, by any of the labels, and by filterBy", async () => {
    const fake = await startGitHub({
      world: shopOf([
        { labels: ["a"] },
        { labels: ["b"], assignees: ["ann"] },
        { state: "closed" },
      ]),
    });
    const { shop } = await queryShop(
      fake,
      `open: issues(first: 9, states: OPEN) { nodes { number } }
       any: issues(first: 9, labels: ["a", "b"]) { nodes { number } }
       ann: issues(first: 9, filterBy: { assignee: "ann" }) { nodes { number } }`,
    );
    expect([shop?.["open"], shop?.["any"], shop?.["ann"]].map(numbers)).toEqual([
      [1, 2],
      [1, 2],
      [2],
    ]);
  });

  it("list blockers in the opposite order of REST", async () => {
    const fake = await startGitHub({ world: shopOf([{}, {}, { blockedBy: ["#1", "#2"] }]) });
    const { shop } = await queryShop(
      fake,
      "issue(number: 3) { blockedBy(first: 9) { nodes { number } } }",
    );
    expect(shop).toEqual({ issue: { blockedBy: { nodes: [{ number: 2 }, { number: 1 }] } } });
  });

  it("tell who set a label, who took it away and who changed a title", async () => {
    const fake = await startGitHub({ world: shopOf([{ title: "Old" }]) });
    fake.people.label("acme/shop#1", "approved", { by: "ann" });
    fake.people.unlabel("acme/shop#1", "approved", { by: "bob" });
    fake.people.edit("acme/shop#1", { title: "New", by: "eve" });
    const { shop } = await queryShop(
      fake,
      `issue(number: 1) { lastEditedAt timelineItems(first: 9, itemTypes: [LABELED_EVENT, UNLABELED_EVENT, RENAMED_TITLE_EVENT]) {
        totalCount filteredCount nodes { __typename
          ... on LabeledEvent { actor { login } label { name } createdAt }
          ... on UnlabeledEvent { actor { login } }
          ... on RenamedTitleEvent { actor { login } previousTitle currentTitle } } } }`,
    );
    expect(shop?.["issue"]).toMatchObject({
      lastEditedAt: null,
      timelineItems: {
        filteredCount: 3,
        nodes: [
          { __typename: "LabeledEvent", actor: { login: "ann" }, label: { name: "approved" } },
          { __typename: "UnlabeledEvent", actor: { login: "bob" } },
          { actor: { login: "eve" }, previousTitle: "Old", currentTitle: "New" },
        ],
      },
    });
  });

  it("go on behind a cursor although others came before it", async () => {
    const fake = await startGitHub({ world: shopOf([{}, {}, {}]) });
    const page = `issues(first: 2, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { number } pageInfo { endCursor hasNextPage } }`;
    const first = (await queryShop(fake, page)).shop?.["issues"] as {
      pageInfo: { endCursor: string; hasNextPage: boolean };
    };
    expect(first.pageInfo.hasNextPage).toBe(true);
    fake.people.open("acme/shop");
    const after = page.replace("first: 2", `first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(numbers((await queryShop(fake, after)).shop?.["issues"])).toEqual([1]);
  });

  it("name a bot without the suffix that it has on REST", async () => {
    const fake = await startGitHub({ world: shopOf([{ author: "helper[bot]" }]) });
    const { shop } = await queryShop(fake, "issue(number: 1) { author { __typename login } }");
    expect(shop).toEqual({ issue: { author: { __typename: "Bot", login: "helper" } } });
    const { body } = await ask(fake, "/repos/acme/shop/issues/1");
    expect(body["user"]).toMatchObject({ type: "Bot", login: "helper[bot]" });
  });

  it("hold database ids above 2^31 in an Int", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { shop } = await queryShop(fake, "issue(number: 1) { databaseId fullDatabaseId }");
    const id = fake.world.issue("acme/shop#1")?.id;
    expect(id).toBeGreaterThan(2 ** 31);
    expect(shop).toEqual({ issue: { databaseId: id, fullDatabaseId: String(id) } });
  });
});

describe("look-ups by GraphQL", () => {
  it("answer what is there beside an error with a path for what is not", async () => {
    const fake = await startGitHub({ world: shopOf([{}, { pull: true }]) });
    const { status, data, errors } = await query(
      fake,
      `{ a: repository(owner: "acme", name: "shop") { x: issueOrPullRequest(number: 2) { __typename } y: issueOrPullRequest(number: 9) { __typename } }
         b: repository(owner: "acme", name: "nothing") { id } }`,
    );
    expect(status).toBe(200);
    expect(data).toEqual({ a: { x: { __typename: "PullRequest" }, y: null }, b: null });
    expect(errors).toEqual([
      expect.objectContaining({
        type: "NOT_FOUND",
        path: ["a", "y"],
        message: "Could not resolve to an issue or pull request with the number of 9.",
      }),
      expect.objectContaining({
        type: "NOT_FOUND",
        path: ["b"],
        message: "Could not resolve to a Repository with the name 'acme/nothing'.",
      }),
    ]);
  });

  it("find nodes by id, 100 at most", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const id = fake.world.issue("acme/shop#1")?.nodeId;
    const text = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { ... on Issue { number } } }";
    const found = await query(fake, text, { variables: { ids: [id, "I_nobody"] } });
    expect(found.data).toEqual({ nodes: [{ number: 1 }, null] });
    expect(found.errors).toMatchObject([{ type: "NOT_FOUND", path: ["nodes", 1] }]);
    const many = await query(fake, text, { variables: { ids: Array(101).fill(id) } });
    expect(many.errors).toMatchObject([{ type: "ARGUMENT_LIMIT" }]);
  });
});

const board: GitHub.WorldInput = {
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      issues: [{ title: "One", labels: ["bug"] }, { state: "closed" }, { pull: true }],
    },
    { name: "secret/vault", private: true, issues: [{}] },
  ],
  projects: [
    {
      owner: "acme",
      title: "Plan",
      fields: {
        Status: ["Todo", "In Progress"],
        Estimate: "NUMBER",
        Due: "DATE",
        Note: "TEXT",
        Sprint: { iterations: [{ title: "S1", startDate: "2026-01-05" }] },
      },
      items: [
        {
          issue: "acme/shop#1",
          values: {
            Status: "In Progress",
            Estimate: 3,
            Due: "2026-02-01",
            Note: "n",
            Sprint: "S1",
          },
        },
        { issue: "acme/shop#2", values: { Status: "Todo" }, archived: true },
        "acme/shop#3",
        { draft: "Later", body: "an idea" },
        { issue: "acme/shop#1", redacted: true },
        "secret/vault#1",
      ],
    },
  ],
};

const items = async (fake: GitHub.GitHub, args: string, selection: string) => {
  const text = `{ organization(login: "acme") { projectV2(number: 1) { items(first: 50${args}) { nodes { ${selection} } } } } }`;
  const { data, errors } = await query(fake, text);
  const { organization } = data as never as {
    readonly organization: {
      readonly projectV2: { readonly items: { readonly nodes: ReadonlyArray<unknown> } };
    };
  };
  return { nodes: organization.projectV2.items.nodes, errors };
};

describe("a board", () => {
  it("has items of every type; what the viewer may not see is redacted", async () => {
    const fake = await startGitHub({ world: board });
    const { nodes } = await items(
      fake,
      "",
      "type isArchived content { __typename ... on Issue { number } ... on DraftIssue { title } }",
    );
    expect(nodes).toEqual([
      { type: "ISSUE", isArchived: false, content: { __typename: "Issue", number: 1 } },
      { type: "ISSUE", isArchived: true, content: { __typename: "Issue", number: 2 } },
      { type: "PULL_REQUEST", isArchived: false, content: { __typename: "PullRequest" } },
      {
        type: "DRAFT_ISSUE",
        isArchived: false,
        content: { __typename: "DraftIssue", title: "Later" },
      },
      { type: "REDACTED", isArchived: false, content: null },
      { type: "REDACTED", isArchived: false, content: null },
    ]);
    expect(fake.violations()).toEqual([]);
  });

  it("gives a field of every data type by name, and nothing where there is no value", async () => {
    const fake = await startGitHub({ world: board });
    const { nodes } = await items(
      fake,
      "",
      `status: fieldValueByName(name: "Status") { __typename ... on ProjectV2ItemFieldSingleSelectValue { name optionId } }
       estimate: fieldValueByName(name: "estimate") { ... on ProjectV2ItemFieldNumberValue { number } }
       due: fieldValueByName(name: "Due") { ... on ProjectV2ItemFieldDateValue { date } }
       note: fieldValueByName(name: "Note") { ... on ProjectV2ItemFieldTextValue { text } }
       sprint: fieldValueByName(name: "Sprint") { ... on ProjectV2ItemFieldIterationValue { title startDate duration } }
       labels: fieldValueByName(name: "Labels") { ... on ProjectV2ItemFieldLabelValue { labels(first: 3) { nodes { name } } } }
       other: fieldValueByName(name: "Note") { ... on ProjectV2ItemFieldNumberValue { number } }
       none: fieldValueByName(name: "Nothing") { __typename }`,
    );
    expect(nodes[0]).toEqual({
      status: {
        __typename: "ProjectV2ItemFieldSingleSelectValue",
        name: "In Progress",
        optionId: expect.stringMatching(/^[0-9a-f]{8}$/),
      },
      estimate: { number: 3 },
      due: { date: "2026-02-01" },
      note: { text: "n" },
      sprint: { title: "S1", startDate: "2026-01-05", duration: 14 },
      labels: { labels: { nodes: [{ name: "bug" }] } },
      other: {},
      none: null,
    });
    expect(nodes[2]).toMatchObject({ status: null, estimate: null, labels: null });
  });

  it("counts what is built in among the values, so that a custom field can be cut off", async () => {
    const fake = await startGitHub({ world: board });
    const { nodes } = await items(
      fake,
      "",
      "fieldValues(first: 2) { totalCount nodes { __typename } }",
    );
    expect(nodes[0]).toEqual({
      fieldValues: {
        totalCount: 8,
        nodes: [
          { __typename: "ProjectV2ItemFieldTextValue" },
          { __typename: "ProjectV2ItemFieldLabelValue" },
        ],
      },
    });
  });

  it("is filtered by its own language", async () => {
    const fake = await startGitHub({ world: board });
    const found = async (text: string) => {
      const { nodes } = await items(
        fake,
        `, query: ${JSON.stringify(text)}`,
        "content { ... on Issue { number } ... on DraftIssue { title } ... on PullRequest { number } }",
      );
      return nodes.map((node) => {
        const { content } = node as { content: { number?: number; title?: string } | null };
        return content?.number ?? content?.title ?? null;
      });
    };
    expect(await found('status:"In Progress",Todo')).toEqual([1, 2]);
    expect(await found("is:closed")).toEqual([2]);
    expect(await found("is:pr")).toEqual([3]);
    expect(await found("no:status is:draft")).toEqual(["Later"]);
    expect(await found("-status:todo label:bug estimate:3")).toEqual([1]);
    expect(fake.violations()).toEqual([]);
  });

  it("tells its fields, options and iterations", async () => {
    const fake = await startGitHub({ world: board });
    const { data } = await query(
      fake,
      `{ repositoryOwner(login: "acme") { ... on ProjectV2Owner { projectV2(number: 1) { title url fields(first: 30) { nodes {
         ... on ProjectV2FieldCommon { name dataType }
         ... on ProjectV2SingleSelectField { options { name } }
         ... on ProjectV2IterationField { configuration { iterations { title } } } } } } } } }`,
    );
    expect(data).toMatchObject({
      repositoryOwner: {
        projectV2: {
          title: "Plan",
          url: "https://github.com/orgs/acme/projects/1",
          fields: {
            nodes: expect.arrayContaining([
              { name: "Title", dataType: "TITLE" },
              {
                name: "Status",
                dataType: "SINGLE_SELECT",
                options: [{ name: "Todo" }, { name: "In Progress" }],
              },
              {
                name: "Sprint",
                dataType: "ITERATION",
                configuration: { iterations: [{ title: "S1" }] },
              },
            ]),
          },
        },
      },
    });
  });

  it("is not found under the other kind of owner", async () => {
    const fake = await startGitHub({ world: board });
    const { data, errors } = await query(
      fake,
      `{ user(login: "acme") { projectV2(number: 1) { id } } }`,
    );
    expect(data).toEqual({ user: null });
    expect(errors).toMatchObject([
      { type: "NOT_FOUND", message: "Could not resolve to a User with the login of 'acme'." },
    ]);
  });
});

describe("the cost of a query", () => {
  it("is the requests of its connections by hundreds, as measured", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { data, headers } = await query(
      fake,
      `query Cost($n: Int = 100) { rateLimit { cost nodeCount remaining used limit }
        repository(owner: "acme", name: "shop") { issues(first: $n) { nodes {
          blockedBy(first: 50) { nodes { id } }
          closedByPullRequestsReferences(first: 20) { nodes { id } } } } } }`,
    );
    expect(data?.["rateLimit"]).toEqual({
      cost: 2,
      nodeCount: 7100,
      remaining: 4998,
      used: 2,
      limit: 5000,
    });
    expect(headers.get("x-ratelimit-remaining")).toBe("4998");
    expect(headers.get("x-ratelimit-resource")).toBe("graphql");
    expect(fake.summary().costs).toEqual({ Cost: 2 });
  });

  it("counts fragments, and nothing that is left out", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { data } = await query(
      fake,
      `query Some($deep: Boolean!) { rateLimit { nodeCount }
        repository(owner: "acme", name: "shop") { issues(first: 10) { nodes { ...more labels(first: 5) @include(if: $deep) { nodes { id } } } } } }
       fragment more on Issue { comments(first: 3) { nodes { id } } }`,
      { variables: { deep: false } },
    );
    expect(data?.["rateLimit"]).toEqual({ nodeCount: 40 });
  });

  it("has an end", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { data, errors } = await queryShop(
      fake,
      `issues(first: 100) { nodes { subIssues(first: 100) { nodes { subIssues(first: 100) { nodes { id } } } } } }`,
    );
    expect(data).toBe(undefined);
    expect(errors).toMatchObject([{ type: "MAX_NODE_LIMIT_EXCEEDED" }]);
  });
});

describe("a query in bad form", () => {
  it("is refused with a code and no type when the schema does not know a field", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { status, data, errors } = await queryShop(fake, "issue(number: 1) { colour }");
    expect([status, data]).toEqual([200, undefined]);
    expect(errors).toMatchObject([
      {
        message: "Field 'colour' doesn't exist on type 'Issue'",
        extensions: { code: "undefinedField", typeName: "Issue", fieldName: "colour" },
      },
    ]);
    expect(errors?.[0]).not.toHaveProperty("type");
    expect(fake.violations()).toHaveLength(1);
  });

  it("needs first or last, up to 100", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const missing = await queryShop(fake, "name issues { nodes { id } }");
    expect(missing.shop).toBe(null);
    expect(missing.errors).toMatchObject([{ type: "MISSING_PAGINATION_BOUNDARIES" }]);
    const excess = await queryShop(fake, "name issues(first: 101) { nodes { id } }");
    expect(excess.shop).toBe(null);
    expect(excess.errors).toMatchObject([{ type: "EXCESSIVE_PAGINATION" }]);
    expect(fake.violations()).toHaveLength(2);
  });

  it("is refused without data when its variables do not fit", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const text = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    const { data, errors } = await query(fake, text, { variables: { ids: null } });
    expect(data).toBe(undefined);
    expect(errors).toMatchObject([{ message: expect.stringContaining("$ids") }]);
    expect(fake.violations()).toHaveLength(1);
  });

  it("is never answered with an empty field that the fake does not know", async () => {
    const fake = await startGitHub({ world: shopOf([{}]) });
    const { errors } = await queryShop(fake, "issue(number: 1) { isReadByViewer }");
    expect(errors).toMatchObject([
      { message: "the fake does not know field isReadByViewer of Issue" },
    ]);
    expect(fake.violations()).toEqual([
      expect.stringContaining("the fake does not know field isReadByViewer of Issue"),
    ]);
  });

  it("may ask an older server for what it does not have, which is no mistake", async () => {
    const fake = await startGitHub({ server: { version: "3.17" }, world: shopOf([{}]) });
    const { errors } = await queryShop(
      fake,
      "issue(number: 1) { blockedBy(first: 1) { totalCount } }",
    );
    expect(errors).toMatchObject([{ extensions: { code: "undefinedField" } }]);
    expect(fake.violations()).toEqual([]);
    const { shop } = await queryShop(
      fake,
      "issue(number: 1) { subIssues(first: 1) { totalCount } }",
    );
    expect(shop).toEqual({ issue: { subIssues: { totalCount: 0 } } });
  });
});
