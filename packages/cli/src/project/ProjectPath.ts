/** Which names projects and their files may have. */
import { quote } from "@orchestrator/core/Quote";

/** What Windows, git or the orchestrator keep for themselves. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d|node_modules|\.{1,2}|\.git)$/i;

/** Why a text cannot be the name of a project; undefined if it can. */
export const wrongName = (name: string): string | undefined => {
  if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(name) || name.endsWith(".")) {
    return `The name of a project must be 1 to 63 letters, digits and . - _, the first a letter or a digit and the last no dot, found ${quote(name)}.`;
  }
  return isReserved(name) ? `The name ${quote(name)} is reserved. Choose another one.` : undefined;
};

const isReserved = (segment: string): boolean =>
  reserved.test(segment) || reserved.test(segment.split(".")[0]!);

/** Why a path cannot be that of a file in a project; undefined if it can. It has `/` between its parts. */
export const wrongPath = (path: string): string | undefined => {
  const parts = path.split("/");
  const isOdd = (part: string) =>
    part === "" || part.length > 200 || /[\\:\p{Cc}]/u.test(part) || /[. ]$/.test(part);
  if (path.length > 500 || parts.some(isOdd)) {
    return `${quote(path)} must be a relative path with / between its parts, none of them empty or ending in a dot or a space`;
  }
  const taken = parts.find((part) => reserved.test(part));
  return taken === undefined ? undefined : `${quote(path)} holds the reserved name ${quote(taken)}`;
};
