/** Names that GitHub compares without regard to capitals: logins, labels, branches of other systems. */

export const isListed = (names: ReadonlyArray<string>, name: string): boolean =>
  names.some((each) => each.toLowerCase() === name.toLowerCase());

/** Some of many, for a sentence. */
export const some = (names: ReadonlyArray<string>, most = 5): string => {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
};
