/** Names paths in a message without letting many of them bury the rest of it. */

const shown = 10;

/** The first ten paths, and how many more there are. */
export const listed = (paths: ReadonlyArray<string>): string => {
  const rest = paths.length - shown;
  const names = paths.slice(0, shown).join(", ");
  return rest > 0 ? `${names} and ${rest} more` : names;
};
