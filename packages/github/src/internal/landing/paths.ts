/** Whether paths are covered by globs: `*` within a name, `**` across folders. Capitals do not matter. */

/** The paths that a glob covers. */
export const covered = (
  globs: ReadonlyArray<string>,
  paths: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const patterns = globs.map(segmentsOf);
  return paths.filter((path) => {
    const names = path.toLowerCase().split("/");
    return patterns.some((pattern) => reaches(pattern, names));
  });
};

/** A glob without a slash is found in any folder; one that ends in a slash covers the folder. */
const segmentsOf = (glob: string): ReadonlyArray<string> => {
  const text = glob.toLowerCase().replace(/^\.?\//, "");
  const whole = text.endsWith("/") ? `${text}**` : text;
  return whole.includes("/") ? whole.split("/") : ["**", whole];
};

/** Row by row: which beginnings of the path the glob so far covers. */
const reaches = (pattern: ReadonlyArray<string>, names: ReadonlyArray<string>): boolean => {
  let row = [true, ...names.map(() => false)];
  for (const segment of pattern) {
    const next = segment === "**" ? spread(row) : step(row, (i) => isName(segment, names[i]!));
    row = next;
  }
  return row.at(-1)!;
};

const spread = (row: ReadonlyArray<boolean>): Array<boolean> => {
  const from = row.indexOf(true);
  return row.map((_, i) => from !== -1 && i >= from);
};

const step = (row: ReadonlyArray<boolean>, fits: (index: number) => boolean): Array<boolean> =>
  row.map((_, i) => i > 0 && row[i - 1] === true && fits(i - 1));

const isName = (segment: string, name: string): boolean => {
  const characters = [...name];
  let row = [true, ...characters.map(() => false)];
  for (const one of segment) {
    row = one === "*" ? spread(row) : step(row, (i) => one === "?" || characters[i] === one);
  }
  return row.at(-1)!;
};
