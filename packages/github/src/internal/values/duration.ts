/** Durations on GitHub, where spaces and capitals do not matter: `2h`, `1h 30m`, `45S`. */
import * as DurationText from "@orchestrator/core/DurationText";

const longest = 100;

/** The seconds of a duration, or undefined if the text is none. */
export const seconds = (text: string): number | undefined =>
  text.length > longest ? undefined : DurationText.seconds(text.replaceAll(" ", "").toLowerCase());
