/** Whether a key has a value; null counts as absent. */
export const isSet = <A>(value: A | null | undefined): value is A =>
  value !== null && value !== undefined;
