/** What the characters of a text are to the reader of dependencies, by UTF-16 unit. */

export const isDigit = (char: number): boolean => char >= 0x30 && char <= 0x39;

const isAsciiLetter = (char: number): boolean =>
  (char >= 0x61 && char <= 0x7a) || (char >= 0x41 && char <= 0x5a);

/** Marks that look like nothing or like a picture: U+2000 to U+2BFF, U+3000 to U+303F, forms of full width, half of a pair. */
const isSymbol = (char: number): boolean =>
  char < 0xc0 ||
  (char >= 0x2000 && char <= 0x2bff) ||
  (char >= 0x3000 && char <= 0x303f) ||
  (char >= 0xd800 && char <= 0xdfff) ||
  (char >= 0xfe00 && char <= 0xfe0f) ||
  char >= 0xfeff;

/** Letters and digits of any script. */
export const isWord = (char: number): boolean =>
  char < 0x80 ? isDigit(char) || isAsciiLetter(char) : char >= 0x80 && !isSymbol(char);

const dot = 0x2e;
const dash = 0x2d;
const underscore = 0x5f;
const slash = 0x2f;

/** What `owner/repository` consists of. */
export const isName = (char: number): boolean =>
  (char < 0x80 && isWord(char)) ||
  char === dot ||
  char === dash ||
  char === underscore ||
  char === slash;

export const isApostrophe = (char: number): boolean => char === 0x27 || char === 0x2019;
