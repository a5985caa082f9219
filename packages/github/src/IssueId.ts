/**
 * Ids of issues and pull requests, as `acme/shop#12`.
 *
 * An id keeps the spelling it was written in. GitHub does not tell capitals
 * from small letters in names, so ids are compared by their `key`.
 */

/** The repository that a bare number belongs to. */
export interface Repository {
  readonly owner: string;
  readonly repository: string;
}

/** What an id says. */
export interface Parts extends Repository {
  readonly number: number;
}

/** GitHub's numbers fit into 31 bits. */
const largest = 2_147_483_647;

const owner = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/;
const repository = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;
const digits = /^[1-9][0-9]{0,9}$/;

/** Whether GitHub allows the name for a user or an organisation; `_` stands in the names of managed users. */
export const isOwner = (name: string): boolean => owner.test(name);

/** Whether GitHub allows the name for a repository; `.git` at the end is never a part of it. */
export const isRepository = (name: string): boolean =>
  repository.test(name) && !/\.git$/i.test(name);

/** The number of an issue as people write it, from 1 up, or undefined if the text is none. */
export const parseNumber = (text: string): number | undefined =>
  digits.test(text) && Number(text) <= largest ? Number(text) : undefined;

/** The id of an issue or pull request. */
export const of = (parts: Parts): string => `${parts.owner}/${parts.repository}#${parts.number}`;

/** What an id as `acme/shop#12` says, or undefined if the text is none. */
export const parse = (id: string): Parts | undefined => {
  if (id.length > 200) return undefined;
  const slash = id.indexOf("/");
  const hash = id.indexOf("#");
  const parts = { owner: id.slice(0, Math.max(slash, 0)), repository: id.slice(slash + 1, hash) };
  const number = parseNumber(id.slice(hash + 1));
  if (slash === -1 || hash < slash || number === undefined) return undefined;
  return isOwner(parts.owner) && isRepository(parts.repository) ? { ...parts, number } : undefined;
};

/** What is equal for two spellings of the same id. */
export const key = (id: string): string => id.toLowerCase();

/** Whether two ids mean the same issue. */
export const equals = (a: string, b: string): boolean => key(a) === key(b);
