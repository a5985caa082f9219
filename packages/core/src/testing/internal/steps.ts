/** What happens at the n-th time, from 1: the last step holds for all that follow. */
export const stepAt = <Step>(
  steps: Step | ReadonlyArray<Step> | undefined,
  number: number,
): Step | undefined => (isList(steps) ? steps[Math.min(number, steps.length) - 1] : steps);

const isList = <Step>(
  steps: Step | ReadonlyArray<Step> | undefined,
): steps is ReadonlyArray<Step> => Array.isArray(steps);
