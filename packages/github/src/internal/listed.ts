/** As many names as a message should hold. */
const most = 20;

/** Names for a message: `"Ready", "Done" and 3 more`; `none` if there is none. */
export const listed = (names: ReadonlyArray<string>): string => {
  if (names.length === 0) return "none";
  const shown = names.slice(0, most).map((name) => JSON.stringify(name));
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest === 0 ? "" : ` and ${rest} more`}`;
};
