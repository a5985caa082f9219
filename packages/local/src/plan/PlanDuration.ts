/** Durations in plans: seconds as a number, or as people write them. */
import * as DurationText from "@orchestrator/core/DurationText";

export { pattern } from "@orchestrator/core/DurationText";

/** The seconds of a duration, or undefined if the text is none. */
export const parseSeconds = (duration: number | string): number | undefined =>
  typeof duration === "number" ? duration : DurationText.seconds(duration);
