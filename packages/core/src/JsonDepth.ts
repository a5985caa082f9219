/** How deep JSON from elsewhere may be nested: whatever checks, scrubs, prints or fills it in goes down as deep. */
export const mostLevels = 200;

/** Whether a value is nested deeper than that. */
export const isTooDeep = (value: unknown, levels: number = mostLevels): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1)));
