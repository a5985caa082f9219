/**
 * Says where in a command line for the shell a quoted value is safe.
 *
 * A value in single quotes is one word and nothing else only where the shell is
 * not inside quotes, a comment or a here-document already. The scanner follows
 * plain POSIX quoting; whatever makes the place doubtful counts as unsafe from
 * there on, because a wrong guess would let an agent's output run as code.
 */

type State = "plain" | "single" | "double" | "comment";

const names: Readonly<Record<Exclude<State, "plain">, string>> = {
  single: "inside single quotes",
  double: "inside double quotes",
  comment: "in a comment",
};

const doubtful: ReadonlyArray<readonly [RegExp, string, ReadonlyArray<State>]> = [
  [/`/y, "after a backtick", ["plain", "double"]],
  [/\$\(/y, 'after "$(" in double quotes', ["double"]],
  [/\$\{(?![A-Za-z0-9_]+\})/y, 'after "${" with an operator', ["plain", "double"]],
  [/\$'/y, "after $'", ["plain"]],
  [/\$\[/y, 'after "$["', ["plain", "double"]],
  [/\(\(/y, 'after "(("', ["plain"]],
  [/<</y, 'after "<<"', ["plain"]],
  [/[()]#/y, 'after "(#" or ")#"', ["plain"]],
];

const blank = /[\s;&|<>]/;

/** Follows the quotes of a command line that comes in pieces. */
export class ShellScanner {
  #state: State = "plain";
  #doubt: string | undefined;
  #wordStart = true;

  /** Why a quoted value must not stand here, or undefined if it may. */
  get obstacle(): string | undefined {
    return this.#doubt ?? (this.#state === "plain" ? undefined : names[this.#state]);
  }

  /** Passes a value that was put in. */
  passValue(): void {
    this.#wordStart = false;
  }

  /** Passes literal text. */
  pass(text: string): void {
    for (let at = 0; at < text.length && this.#doubt === undefined; at++) {
      this.#doubt = this.#doubtAt(text, at);
      const char = text[at]!;
      if (char === "\\" && (this.#state === "plain" || this.#state === "double")) {
        // a backslash and a line break vanish together, so a word may still begin after them
        if (text[++at] !== "\n") this.#wordStart = false;
      } else {
        this.#step(char);
      }
    }
  }

  #step(char: string): void {
    if (this.#state === "comment") {
      if (char === "\n") this.#state = "plain";
    } else if (this.#state === "single") {
      if (char === "'") this.#state = "plain";
    } else if (this.#state === "double") {
      if (char === '"') this.#state = "plain";
    } else if (char === "'") {
      this.#state = "single";
    } else if (char === '"') {
      this.#state = "double";
    } else if (char === "#" && this.#wordStart) {
      this.#state = "comment";
    }
    this.#wordStart = this.#state === "plain" && blank.test(char);
  }

  #doubtAt(text: string, at: number): string | undefined {
    return doubtful.find(([pattern, , states]) => {
      pattern.lastIndex = at;
      return states.includes(this.#state) && pattern.test(text);
    })?.[1];
  }
}

/** Makes one word of a value, whatever it holds. */
export const quoteForShell = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

/** The same for people to read: left as it is where a shell takes it for one plain word. */
export const wordForShell = (value: string): string =>
  /^[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+:,./=-]*$/.test(value) ? value : quoteForShell(value);
