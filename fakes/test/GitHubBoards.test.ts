import { describe, expect, it } from "vitest";
import type { GitHub } from "../src/index.ts";
import { query, shopOf, startGitHub } from "./support/github.ts";

const token: GitHub.TokenInput = {
  token: "whole",
  kind: "classic",
  user: "operator",
  scopes: ["repo", "project"],
};

const world = (tokens: ReadonlyArray<GitHub.TokenInput> = [token]): GitHub.WorldInput => ({
  ...shopOf([{}, {}]),
  orgs: [{ login: "acme", members: ["operator"] }],
  projects: [
    {
      owner: "acme",
      fields: { Status: ["Todo", "Done"], Estimate: "NUMBER" },
      items: ["acme/shop#1"],
    },
  ],
  tokens,
});

type Fake = Awaited<ReturnType<typeof startGitHub>>;

const idsOf = (fake: Fake) => {
  const board = fake.people.board("acme");
  const field = board.fields.find(({ name }) => name === "Status")!;
  const option = (name: string) => field.choices.find((choice) => choice.name === name)!.id;
  return { board, projectId: board.nodeId, fieldId: field.nodeId, option };
};

const move = (fake: Fake, value: object) => {
  const { board, projectId, fieldId } = idsOf(fake);
  const input = { projectId, fieldId, itemId: board.items[0]!.nodeId, value };
  return query(
    fake,
    `mutation SetBoardStatus($input: UpdateProjectV2ItemFieldValueInput!) {
      updateProjectV2ItemFieldValue(input: $input) { projectV2Item { id fieldValueByName(name: "Status") {
        ... on ProjectV2ItemFieldSingleSelectValue { name } } } } }`,
    { variables: { input } },
  );
};

const add = (fake: Fake, issue: string) => {
  const contentId = fake.world.issue(issue)!.nodeId;
  return query(
    fake,
    `mutation AddToBoard($input: AddProjectV2ItemByIdInput!) { addProjectV2ItemById(input: $input) { item { id } } }`,
    { variables: { input: { projectId: idsOf(fake).projectId, contentId } } },
  );
};

describe("a card", () => {
  it("is moved by the ids of its board's choices", async () => {
    const fake = await startGitHub({ world: world() });
    const done = await move(fake, { singleSelectOptionId: idsOf(fake).option("Done") });
    expect(done.data).toMatchObject({
      updateProjectV2ItemFieldValue: { projectV2Item: { fieldValueByName: { name: "Done" } } },
    });
    expect(fake.world.deeds).toMatchObject([
      { what: "card.moved", on: "acme/shop#1", isApi: true, more: { value: "Done" } },
    ]);
    expect(fake.violations()).toEqual([]);
  });

  it("cannot be moved by an id from before the choices were rewritten", async () => {
    const fake = await startGitHub({ world: world() });
    const { board, option } = idsOf(fake);
    const old = option("Done");
    fake.people.rewriteChoices(board, "Status", ["Todo", "Done", "Later"]);
    expect((await move(fake, { singleSelectOptionId: old })).errors).toMatchObject([
      {
        type: "UNPROCESSABLE",
        message: "The single select option Id does not belong to the field",
      },
    ]);
    expect((await move(fake, { text: "Done" })).errors).toMatchObject([
      {
        message:
          "Did not receive a single select option Id to update a field of type single_select",
      },
    ]);
  });

  it("is added once, however often it is asked for", async () => {
    const fake = await startGitHub({ world: world() });
    const first = await add(fake, "acme/shop#2");
    expect(first.errors).toBe(undefined);
    expect((await add(fake, "acme/shop#2")).data).toEqual(first.data);
    expect(idsOf(fake).board.items).toHaveLength(2);
  });

  it("stays where it is for a token that may only read", async () => {
    const scopes = ["repo", "read:project"];
    const fake = await startGitHub({ world: world([{ ...token, scopes } as GitHub.TokenInput]) });
    expect((await add(fake, "acme/shop#2")).errors).toMatchObject([
      { type: "INSUFFICIENT_SCOPES" },
    ]);
    expect(idsOf(fake).board.items).toHaveLength(1);
  });

  it("may be moved although the answer is lost, or not at all", async () => {
    const fake = await startGitHub({
      world: world(),
      faults: [
        { on: "SetBoardStatus", calls: 1, fault: { kind: "reset", effect: "none" } },
        { on: "SetBoardStatus", calls: 2, fault: { kind: "reset", effect: "done" } },
      ],
    });
    const value = { singleSelectOptionId: idsOf(fake).option("Done") };
    await expect(move(fake, value)).rejects.toThrow("fetch failed");
    expect(fake.world.deeds).toEqual([]);
    await expect(move(fake, value)).rejects.toThrow("fetch failed");
    expect(fake.world.deeds).toHaveLength(1);
  });
});
