/** What a scan has cost so far. */
export interface Work {
  /** Characters and tokens looked at: a test shows that they grow with the text and not faster. */
  steps: number;
  /** References that ranges stood for; a text may not multiply itself through them. */
  ranged: number;
}

/** The work of a scan that begins. */
export const begin = (): Work => ({ steps: 0, ranged: 0 });
