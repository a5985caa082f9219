/** Durations as people write them: `10m`, `1h30m`, `45s`, `250ms`. */

/** The grammar: hours, minutes, seconds and milliseconds, in this order, at least one of them. */
export const pattern =
  /^(?=[0-9])(?:([0-9]+(?:\.[0-9]+)?)h)?(?:([0-9]+(?:\.[0-9]+)?)m)?(?:([0-9]+(?:\.[0-9]+)?)s)?(?:([0-9]+(?:\.[0-9]+)?)ms)?$/;

const longest = 100;

const milliseconds = [3_600_000, 60_000, 1000, 1];

/** The seconds of a duration, or undefined if the text is none. */
export const seconds = (text: string): number | undefined => {
  const parts = text.length <= longest ? pattern.exec(text) : null;
  if (parts === null) return undefined;
  const sum = milliseconds.reduce(
    (all, unit, index) => all + Number(parts[index + 1] ?? 0) * unit,
    0,
  );
  return sum / 1000;
};
