import type { Place } from "../DependencyText.ts";
import type { IssueFacts } from "../IssueFacts.ts";
import * as IssueId from "../IssueId.ts";

/** Where an issue stands: its references without a repository, and addresses of its host, are meant from there. */
export const placeOf = ({ id, url }: Pick<IssueFacts, "id" | "url">): Place => {
  const { owner, repository } = IssueId.parse(id) ?? { owner: "", repository: "" };
  return URL.canParse(url) ? { owner, repository, host: new URL(url).host } : { owner, repository };
};
