/** The words of a text, in lower case: letters and digits of any script, with apostrophes inside. */
export const words = (text) =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
