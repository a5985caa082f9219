/** What an attempt would know that those before it did not: without any of it, it is not made. */
import type { Agent } from "../AgentPort.ts";
import type { Attempt } from "../RunState.ts";

/** Whether the last attempt brought its change before an obstacle that stopped an earlier one. */
export const isBeforeTheSame = (attempts: ReadonlyArray<Attempt>): boolean => {
  const obstacle = attempts.at(-1)?.failure?.obstacle;
  return (
    obstacle !== undefined &&
    attempts.slice(0, -1).some(({ failure }) => failure?.obstacle === obstacle)
  );
};

/**
 * Whether another paid attempt would be told nothing but what the last one was
 * told. An attempt is asked for the same task as those before it and told how
 * the one before it failed; so it learns nothing if the last two failed alike
 * and nothing has landed since the last one began. Agents that cost nothing may
 * try their luck.
 */
export const isRepeated = (
  { capabilities }: Agent,
  attempts: ReadonlyArray<Attempt>,
  landedAt: number | undefined,
): boolean => {
  const isPaid = capabilities.paid ?? capabilities.measures?.includes("cost") ?? false;
  if (!isPaid) return false;
  const [last, before] = attempts.toReversed().filter(isCharged);
  if (last === undefined || before === undefined || last !== attempts.at(-1)) return false;
  if (landedAt !== undefined && landedAt >= last.startedAt) return false;
  return fingerprint(last) === fingerprint(before);
};

const isCharged = ({ failure }: Attempt): boolean =>
  failure?.class === "agent" || failure?.class === "timeout";

/** A failure without the names that every agent run has for itself. */
const fingerprint = ({ failure, ref }: Attempt): string => {
  const { class: failureClass, detail, message } = failure!;
  const text = JSON.stringify([failureClass, message, detail]);
  const own = [ref?.url ?? "", ref?.id ?? ""].filter((name) => name !== "");
  return own.reduce((rest, name) => rest.replaceAll(JSON.stringify(name).slice(1, -1), ""), text);
};
