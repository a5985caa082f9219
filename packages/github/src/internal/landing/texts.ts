/** The words of checks and reviewers, cut to what an agent can use. They are data: nobody obeys them here. */
import * as Effect from "effect/Effect";
import type { GitHubClient } from "../../GitHubClient.ts";
import type { GitHubError } from "../../GitHubError.ts";
import { seen } from "../decoding.ts";
import { type CheckText, pullRequestTexts, type ReviewText } from "../queries/pullRequestTexts.ts";

/** As many are asked for as GitHub takes at once; more would not be read by anybody. */
const mostAsked = 100;
/** Characters of one check or one remark, and of everything together. */
const longestText = 1500;
const longestWhole = 12_000;

/** Some paragraphs; nothing if nobody says more than is known. */
export const textsOf = Effect.fnUntraced(function* (
  client: GitHubClient,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<string, GitHubError> {
  if (ids.length === 0) return "";
  const { data } = yield* client.query(pullRequestTexts(ids.slice(0, mostAsked)));
  const told = data.nodes.flatMap((node) => {
    if (node === null) return [];
    if ("comments" in node || "body" in node) return reviewText(node as ReviewText);
    return "name" in node ? checkText(node) : [];
  });
  return cut(told.join("\n\n"), longestWhole);
});

const checkText = ({ name, summary, text, title }: CheckText): ReadonlyArray<string> => {
  const parts = [title, summary, text].map(plain).filter((part) => part !== "");
  return parts.length === 0
    ? []
    : [`The check ${plain(name)} says:\n${cut(parts.join("\n"), longestText)}`];
};

const reviewText = ({ author, body, comments }: ReviewText): ReadonlyArray<string> => {
  const who = plain(author?.login) || "A reviewer";
  const general = plain(body);
  const remarks = seen(comments).map(({ body: said, line, path }) => {
    const where = plain(path) + (line === null || line === undefined ? "" : `:${line}`);
    return `- ${where}: ${cut(plain(said), longestText)}`;
  });
  const all = [...(general === "" ? [] : [cut(general, longestText)]), ...remarks];
  return all.length === 0 ? [] : [`${who} says:\n${all.join("\n")}`];
};

/** Without what would move a terminal's cursor or turn the direction of text. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const plain = (text: string | null | undefined): string => (text ?? "").replace(unseen, "").trim();

const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")} … (cut)`;
