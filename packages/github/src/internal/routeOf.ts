/** A repository, `owner/repo`, as the parameters of a route of REST; empty texts where a part is missing. */
export const routeOf = (repository: string) => {
  const [owner = "", repo = ""] = repository.split("/");
  return { owner, repo };
};
