/** A line of CSV as RFC 4180 has it, with its line end. */
export const line = (cells: ReadonlyArray<string>): string =>
  `${cells.map((text) => quoted(neutral(text))).join(",")}\r\n`;

/** What a spreadsheet would run as a formula becomes text: https://owasp.org/www-community/attacks/CSV_Injection */
const neutral = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
