/**
 * The one boundary for text on its way to a terminal or to a person's pipe.
 *
 * Titles, messages and the output of agents are untrusted. Nothing that moves
 * the cursor, sets a title, reorders or hides characters comes through: whole
 * control sequences are dropped, what is left of them is shown as `\ufffd`.
 */

/** CSI sequences; OSC, DCS, SOS, PM and APC texts with their end; other escapes of one character. */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]+[0-~]|\u001b[0-OQ-WYZ\\`-~]/g;

/**
 * Control characters, lone surrogates, line and paragraph separators, format
 * characters (bidi controls and tag characters among them), and everything else
 * that leaves no trace, as fillers and the selectors that can hide bytes. The two
 * joiners and the selectors of emoji stay, as emoji and scripts need them.
 */
const unseen =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|[\u{fe00}-\u{fe0f}])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** More marks on one character than any script writes: they would cover the lines around it, or hide text. */
const floods = /([\p{Mn}\p{Me}\u200c\u200d]{6})[\p{Mn}\p{Me}\u200c\u200d]+/gu;

/** What one text may cost, in UTF-16 units, before anything else looks at it. */
const longest = 20_000;

const neutral = (text: string): string =>
  text.replace(sequences, "").replace(unseen, "\ufffd").replace(floods, "$1");

/**
 * A line that the runner of GitHub Actions does not take for one of its commands: those begin with
 * `::`, older ones hold `##[` anywhere
 * (docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
 */
const uncommanding = (text: string): string =>
  text.replace(/^(\s*):(?=:)/, "$1: ").replaceAll("##[", "## [");

/** A text on one line: white space of every kind becomes single spaces. */
export const line = (text: string, characters = 2_000): string =>
  shorten(uncommanding(neutral(text.slice(0, longest).replace(/\s+/gu, " "))).trim(), characters);

/** A text on one line with all of its spaces, as commands need it: line ends and tabs show as `\ufffd`. */
export const verbatim = (text: string): string => neutral(text.slice(0, longest));

/** The lines of a text, blank ones at its end left out. */
export const lines = (text: string): ReadonlyArray<string> =>
  text
    .slice(0, longest)
    .trimEnd()
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((part) => uncommanding(neutral(part.replaceAll("\t", "  "))).trimEnd());

/** The last lines of a text, however long it is. */
export const tail = (text: string): ReadonlyArray<string> => lines(text.slice(-longest));

/** A text of several lines. */
export const block = (text: string): string => lines(text).join("\n");

/**
 * JSON text in which everything can be seen and nothing acts on a terminal: the
 * same value, with such characters written as escapes.
 */
export const json = (text: string): string =>
  text.replace(unseen, (character) =>
    character === "\n"
      ? character
      : Array.from(
          { length: character.length },
          (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
        ).join(""),
  );

/** A text whose line ends and tabs belong to it, as CSV. */
export const raw = (text: string): string =>
  text.replace(unseen, (character) => (/[\r\n\t]/.test(character) ? character : "\ufffd"));

/** The first characters of a text, and `…` if there are more. Never ends inside a surrogate pair. */
export const shorten = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  const cut = text.slice(0, Math.max(0, characters - 1));
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
};
