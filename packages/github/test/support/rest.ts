/** Issues as REST lists them. */

/** An open issue of acme/shop without relations or comments, unless told otherwise. */
export const restIssue = (number: number, told: Readonly<Record<string, unknown>> = {}) => ({
  id: 5_000_000_000 + number,
  node_id: `I_${number}`,
  number,
  title: `Issue ${number}`,
  body: null,
  html_url: `https://github.com/acme/shop/issues/${number}`,
  repository_url: "https://api.github.com/repos/acme/shop",
  state: "open",
  user: { login: "ada", id: 1 },
  author_association: "OWNER",
  labels: [],
  milestone: null,
  updated_at: "2026-11-21T19:35:00Z",
  comments: 0,
  sub_issues_summary: { total: 0, completed: 0, percent_completed: 0 },
  issue_dependencies_summary: {
    blocked_by: 0,
    total_blocked_by: 0,
    blocking: 0,
    total_blocking: 0,
  },
  ...told,
});

/** The summary of an issue that open ones block. */
export const blocked = (open: number) => ({
  issue_dependencies_summary: {
    blocked_by: open,
    total_blocked_by: open,
    blocking: 0,
    total_blocking: 0,
  },
});
