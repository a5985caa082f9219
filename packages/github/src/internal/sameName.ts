/** Whether two names are the same: labels, fields, options and relations are so in any case. */
export const sameName = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
