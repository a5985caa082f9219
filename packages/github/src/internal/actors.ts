/** The login of an account as REST and people write it: an app's ends in `[bot]`, which GraphQL leaves out. */
export const loginOf = (
  actor: { readonly __typename?: string; readonly login: string } | null | undefined,
): string | undefined => {
  if (actor === null || actor === undefined) return undefined;
  const { __typename: kind, login } = actor;
  return kind === "Bot" && !login.endsWith("[bot]") ? `${login}[bot]` : login;
};
