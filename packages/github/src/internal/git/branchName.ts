/** What git allows in no name of a ref: see git-check-ref-format. */
const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.\/|\.lock(?:\/|$)/;

/** Whether git takes it for the name of a branch. */
export const isBranchName = (name: string): boolean =>
  name !== "" && name !== "@" && !/^[-./]|[./]$/.test(name) && !forbidden.test(name);

/** The names above a name: a branch of one of them leaves no place for it. */
export const namesAbove = (name: string): ReadonlyArray<string> => {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
};
