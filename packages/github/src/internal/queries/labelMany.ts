/** Labels of many issues, changed by one request. */
import * as Schema from "effect/Schema";
import type { Query } from "../../GitHubClient.ts";
import { answer, Labels } from "./setStatus.ts";

/** What one issue is given, or loses; both by their ids. */
export interface Labelling {
  readonly issue: string;
  readonly labels: ReadonlyArray<string>;
}

const Changed = Schema.Record(Schema.String, Labels);
export type Changed = typeof Changed.Type;

const mutations = { give: "addLabelsToLabelable", take: "removeLabelsFromLabelable" } as const;

/** Answers by alias: `i0` is the first issue. */
export const labelMany = (
  does: keyof typeof mutations,
  all: ReadonlyArray<Labelling>,
): Query<Changed> => {
  const variables = all.map((_, i) => `$i${i}: ID!, $l${i}: [ID!]!`).join(", ");
  const fields = all.map(
    (_, i) =>
      `  i${i}: ${mutations[does]}(input: { labelableId: $i${i}, labelIds: $l${i} }) ${answer}`,
  );
  return {
    what: `the labels of ${all.length} issues`,
    operation: "SetLabels",
    permission: "Issues: write",
    query: `mutation SetLabels(${variables}) {\n${fields.join("\n")}\n}`,
    variables: Object.fromEntries(
      all.flatMap(({ issue, labels }, i) => [
        [`i${i}`, issue],
        [`l${i}`, labels],
      ]),
    ),
    schema: Changed,
  };
};
