/** Queries for issues and pull requests by repository and number, from any repositories. */
import * as Schema from "effect/Schema";

/** Some numbers of one repository. */
export interface Named {
  readonly owner: string;
  readonly repository: string;
  readonly numbers: ReadonlyArray<number>;
}

/** Names and numbers are variables: nothing that people wrote becomes part of the query. */
export const documentOf = (
  operation: string,
  named: ReadonlyArray<Named>,
  fields: string,
): string => {
  const variables = named.flatMap(({ numbers }, r) => [
    `$o${r}: String!, $n${r}: String!`,
    ...numbers.map((_, i) => `$r${r}i${i}: Int!`),
  ]);
  const one = (r: number) => (_: number, i: number) =>
    `\n    i${i}: issueOrPullRequest(number: $r${r}i${i}) { ...Found }`;
  const repositories = named.map(
    ({ numbers }, r) =>
      `\n  r${r}: repository(owner: $o${r}, name: $n${r}) {${numbers.map(one(r)).join("")}\n  }`,
  );
  return `query ${operation}(${variables.join(", ")}) {${repositories.join("")}
}
fragment Found on IssueOrPullRequest {
  ${fields}
}`;
};

/** What every such query says of itself. */
export const askedOf = (named: ReadonlyArray<Named>) => ({
  what: `issues of ${named.map(({ owner, repository }) => `${owner}/${repository}`).join(", ")}`,
  permission: "Issues: read and Pull requests: read",
  variables: Object.fromEntries(named.flatMap(variablesOf)),
});

const variablesOf = ({ numbers, owner, repository }: Named, r: number) => [
  [`o${r}`, owner] as const,
  [`n${r}`, repository] as const,
  ...numbers.map((number, i) => [`r${r}i${i}`, number] as const),
];

/** By alias of the repository (`r0`), then of the number (`i0`); null for what is not there. */
export const byAlias = <S extends Schema.Codec<unknown, unknown>>(found: S) => {
  const repository = Schema.Record(Schema.String, Schema.NullOr(found));
  return Schema.Record(Schema.String, Schema.NullOr(repository));
};

/** Reads by the same aliases. */
export const foundIn = <A>(
  data: Readonly<Record<string, Readonly<Record<string, A | null>> | null>>,
  named: ReadonlyArray<Named>,
): ReadonlyArray<{ readonly id: string; readonly found: A | undefined }> =>
  named.flatMap(({ numbers, owner, repository }, r) =>
    numbers.map((number, i) => ({
      id: `${owner}/${repository}#${number}`,
      found: data[`r${r}`]?.[`i${i}`] ?? undefined,
    })),
  );
