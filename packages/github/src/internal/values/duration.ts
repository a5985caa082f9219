/** Durations as people write them: `2h`, `1h30m`, `45s`, `250ms`. */

const pattern =
  /^(?=[0-9])(?:([0-9]+(?:\.[0-9]+)?)h)?(?:([0-9]+(?:\.[0-9]+)?)m)?(?:([0-9]+(?:\.[0-9]+)?)s)?(?:([0-9]+(?:\.[0-9]+)?)ms)?$/;

const milliseconds = [3_600_000, 60_000, 1000, 1];

/** The seconds of a duration, or undefined if the text is none. Spaces and capitals do not matter. */
export const seconds = (text: string): number | undefined => {
  const parts = text.length > 100 ? null : pattern.exec(text.replaceAll(" ", "").toLowerCase());
  if (parts === null) return undefined;
  const sum = milliseconds.reduce((all, unit, at) => all + Number(parts[at + 1] ?? 0) * unit, 0);
  return Number.isFinite(sum) ? sum / 1000 : undefined;
};
