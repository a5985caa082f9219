/** Tokens and keys by their looks, for places where none may be. */

type Path = ReadonlyArray<string | number>;

/** How the services write them: GitHub, Codegen and OpenAI, Slack, GitLab, AWS, Google, a JWT, a private key. */
const looks =
  /(?<![A-Za-z0-9])(?:gh[opusr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|sk-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|glpat-[\w-]{16,}|AKIA[A-Z0-9]{12,}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.)|-----BEGIN [A-Z ]*PRIVATE KEY/;

/** Whether a text holds what looks like a secret. */
export const isIn = (text: string): boolean => looks.test(text);

/** Where in a value such texts stand. */
export const places = (root: unknown): ReadonlyArray<{ readonly path: Path }> => {
  const found: Array<{ readonly path: Path }> = [];
  const seen = new Set<unknown>();
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === "string" && isIn(value)) found.push({ path });
    // What an alias stands for is one value at several places.
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const isList = Array.isArray(value);
    for (const [key, inner] of Object.entries(value)) {
      visit(inner, [...path, isList ? Number(key) : key]);
    }
  };
  visit(root, []);
  return found;
};
