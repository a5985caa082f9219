/** Control sequences of terminals, whole: CSI; OSC, DCS, SOS, PM and APC with their end; escapes of one character. */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]+[0-~]|\u001b[0-OQ-WYZ\\`-~]/g;

const lineEnds = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g;

/** What is left of control characters, and halves of characters. */
const broken = /(?!\n)[\p{Cc}\p{Cs}]/gu;

/**
 * Characters that cannot be seen: bidi controls, zero-width ones, tags, fillers. A variation selector
 * stays, and a joiner between characters that may need it, as in emoji.
 */
const invisible =
  /(?![\u200c-\u200d]|\ufe0f)(?:\p{Cf}|\p{DI}|\u2800)|(?<![^\u0000-\u007f\u200c-\u200d])[\u200c-\u200d]|[\u200c-\u200d](?![^\u0000-\u007f\u200c-\u200d])/gu;

/** Marks upon marks cover the lines around them. */
const heaped = /(\p{M}{4})\p{M}+/gu;

/** A text with nothing in it that acts without being seen; lines end in `\n`. */
export const cleaned = (text: string): string =>
  text
    .replace(lineEnds, "\n")
    .replace(sequences, "")
    .replaceAll("\t", "  ")
    .replace(broken, "\ufffd")
    .replace(invisible, "")
    .replace(heaped, "$1");
