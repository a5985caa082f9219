const longestMillis = 3_600_000;

/**
 * What a `Retry-After` header asks for, in milliseconds: seconds or a date.
 *
 * A date is read against the `Date` of the same answer, because the clocks of
 * two machines differ. More than an hour is taken as an hour.
 */
export const retryAfter = (
  header: string | undefined,
  date: string | undefined,
  nowMillis: number,
): number | undefined => {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Number(text) * 1000, longestMillis);
  // A date has a name of a month; `Date.parse` takes much more for one.
  if (!/[a-z]{3}/i.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const theirs = Date.parse(date ?? "");
  const now = Number.isNaN(theirs) ? nowMillis : theirs;
  return Math.min(Math.max(at - now, 0), longestMillis);
};
