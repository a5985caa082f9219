import type { Edge, Situated } from "../Situation.ts";

/**
 * The dependencies that keep a task from going on. What keeps it by itself goes
 * before: a held task waits for its decision, one that cannot run for nothing.
 */
export const waits = ({ blocked, edges, phase, reason }: Situated): ReadonlyArray<Edge> => {
  if (phase === "Pending") return blocked === undefined ? edges.filter(isOpen) : [];
  if (reason?._tag !== "DependencyFailed") return [];
  return edges.filter((edge) => isOpen(edge) && edge.on === reason.dependency);
};

const isOpen = ({ satisfied }: Edge): boolean => !satisfied;
