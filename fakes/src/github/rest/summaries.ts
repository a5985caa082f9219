import type { Issue } from "../world/model.ts";

/** Counts of its children; rounded down, so that 100 % means all. */
export const subIssuesSummary = ({ subIssues }: Issue) => {
  const total = subIssues.length;
  const completed = subIssues.filter(({ isOpen }) => !isOpen).length;
  const percent_completed = total === 0 ? 0 : Math.floor((completed * 100) / total);
  return { total, completed, percent_completed };
};

/** The plain counts are of what is open. */
export const dependenciesSummary = ({ blockedBy, blocking }: Issue) => ({
  blocked_by: blockedBy.filter(({ isOpen }) => isOpen).length,
  blocking: blocking.filter(({ isOpen }) => isOpen).length,
  total_blocked_by: blockedBy.length,
  total_blocking: blocking.length,
});
