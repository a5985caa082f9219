/** Puts variables of the environment into the texts of a configuration file. */

/** Tells the value of a variable. */
export type Lookup = (name: string) => string | undefined;

type Path = ReadonlyArray<string | number>;

/** A reference that cannot be replaced. */
export interface Missing {
  readonly path: Path;
  readonly message: string;
}

/** Why a variable may not be put at a path; undefined if it may. */
export type Refuse = (name: string, path: Path) => string | undefined;

/** Values that were put together from variables. */
export interface Reference {
  readonly path: Path;
  readonly names: ReadonlyArray<string>;
}

export interface Filled {
  readonly value: unknown;
  readonly references: ReadonlyArray<Reference>;
  /** Texts that were put together from variables, none of which may be shown. */
  readonly secrets: ReadonlySet<string>;
  readonly missing: ReadonlyArray<Missing>;
}

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{[^}]*\}?/g;

/**
 * Replaces `${VAR}` and `${VAR:-default}` in all texts of a value, in place:
 * who knows where the parts of the value stand still knows it.
 *
 * An empty variable counts as missing, because it is an accident where a value
 * is needed. Where one is missing, the whole value is null.
 */
export const fill = (root: unknown, lookup: Lookup, refuse: Refuse = () => undefined): Filled => {
  const secrets = new Set<string>();
  const missing: Array<Missing> = [];
  const references: Array<Reference> = [];
  const seen = new Set<unknown>();
  const filled = (text: string, path: Path): string | null => {
    const before = missing.length;
    const names: Array<string> = [];
    const tell = (message: string): string => {
      missing.push({ path, message });
      return "";
    };
    const value = text.replace(reference, (_, name?: string, otherwise?: string) => {
      if (name === undefined) return tell(malformed);
      const refused = refuse(name, path);
      if (refused !== undefined) return tell(refused);
      names.push(name);
      const found = lookup(name);
      if (found !== undefined && found !== "") return found;
      return otherwise ?? tell(lacking(name));
    });
    if (missing.length > before) return null;
    if (value !== text) {
      secrets.add(value);
      references.push({ path, names });
    }
    return value;
  };
  const visit = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") return filled(value, path);
    // What an alias stands for is one value at several places.
    if (typeof value !== "object" || value === null || seen.has(value)) return value;
    seen.add(value);
    const parent = value as Record<string | number, unknown>;
    const isList = Array.isArray(value);
    for (const key of Object.keys(parent)) {
      parent[key] = visit(parent[key], [...path, isList ? Number(key) : key]);
    }
    return value;
  };
  return { value: visit(root, []), references, secrets, missing };
};

const malformed = "holds a ${ that begins no variable; write ${NAME} or ${NAME:-default}";

const lacking = (name: string): string =>
  `needs the variable ${name}, which is not set or is empty; set it, or write \${${name}:-default}`;
