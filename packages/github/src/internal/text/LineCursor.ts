const tab = 0x09;
const space = 0x20;

/** A place in a line. Columns count from 0; a tab goes to the next column that 4 divides. */
export class LineCursor {
  readonly text: string;
  end = 0;
  at = 0;
  #column = 0;
  #printed = 0;
  #printedColumn = 0;
  #rule: { readonly from: number; readonly char: number } | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to a line. */
  move(start: number, end: number): void {
    this.at = start;
    this.end = end;
    this.#column = 0;
    this.#rule = undefined;
    this.#printed = start;
    this.#findPrinted(0);
  }

  /** The columns of white space from here to the first character that is none. */
  get indent(): number {
    return this.#printedColumn - this.#column;
  }

  get isBlank(): boolean {
    return this.#printed === this.end;
  }

  /** Where the first character stands that is no white space. */
  get printed(): number {
    return this.#printed;
  }

  /** That character, or NaN. */
  get char(): number {
    return this.isBlank ? Number.NaN : this.text.charCodeAt(this.#printed);
  }

  /** Takes columns off the indent; a part of a tab remains as white space. */
  dedent(columns: number): void {
    this.#column += Math.min(columns, this.indent);
    if (this.indent === 0) this.at = this.#printed;
  }

  /** Goes past the indent and some characters after it. */
  pass(characters: number): void {
    this.#column = this.#printedColumn + characters;
    this.at = this.#printed + characters;
    this.#printed = this.at;
    this.#findPrinted(this.#column);
  }

  /** Whether the rest of the line is a rule, as `---` or `* * *`. */
  get isRule(): boolean {
    const { char } = this;
    if (char !== 0x2d && char !== 0x2a && char !== 0x5f) return false;
    this.#rule ??= this.#findRule();
    if (this.#printed < this.#rule.from || this.#rule.char !== char) return false;
    let count = 0;
    for (let at = this.#printed; at < this.end && count < 3; at++) {
      if (this.text.charCodeAt(at) === char) count++;
    }
    return count === 3;
  }

  #findPrinted(column: number): void {
    let at = this.#printed;
    for (; at < this.end; at++) {
      const char = this.text.charCodeAt(at);
      if (char !== space && char !== tab) break;
      column += char === tab ? 4 - (column % 4) : 1;
    }
    this.#printed = at;
    this.#printedColumn = column;
  }

  /** From where to the end there is one character and white space only. Found once, from the end. */
  #findRule(): { from: number; char: number } {
    let char = Number.NaN;
    let at = this.end;
    while (at > this.at) {
      const before = this.text.charCodeAt(at - 1);
      const isSpace = before === space || before === tab;
      if (!isSpace && Number.isNaN(char)) char = before;
      if (!isSpace && before !== char) break;
      at--;
    }
    return { from: at, char };
  }
}
