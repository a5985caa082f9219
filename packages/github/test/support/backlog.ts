/** A backlog with every kind of dependency, and with everything that can be wrong with one. */
import type { GitHub } from "@orchestrator/fakes";

const approved = "orchestrator:approved";
const days = (day: number) => Date.UTC(2026, 0, day);

const shop: ReadonlyArray<GitHub.IssueInput> = [
  { title: "Root", body: "First of all." },
  { title: "Text", body: "Some words.\n\nDepends on #1." },
  { title: "Label", labels: ["depends:#2"] },
  { title: "Native", blockedBy: ["#3"] },
  { title: "Comment", comments: ["No idea.", "Blocked by: #4"] },
  { title: "Parent", subIssues: ["#7", "#8"] },
  { title: "Open child", body: "Do it until it is done." },
  { title: "Done child", state: "closed", stateReason: "completed" },
  { title: "After done", body: "After #8" },
  { title: "After given up", body: "Requires #11" },
  { title: "Given up", state: "closed", stateReason: "not_planned" },
  { title: "Cycle by text", body: "Depends on #13" },
  { title: "Cycle by relation", blockedBy: ["#12"] },
  { title: "Behind a cycle", body: "Depends on #12" },
  { title: "After nothing", body: "Depends on #999" },
  { title: "After another repository", body: "Depends on acme/other#1" },
  { title: "After done elsewhere", blockedBy: ["acme/other#2"] },
  { title: "By a stranger", author: "eve", body: "Depends on #1" },
  { title: "After a stranger", body: "Depends on #18" },
  { title: "Approved", author: "eve", labels: [{ name: approved, by: "operator", at: days(2) }] },
  { title: "Self-approved", author: "eve", labels: [{ name: approved, by: "eve", at: days(2) }] },
  { title: "Talked about", comments: [{ body: "Blocked by #1", by: "eve" }] },
  { title: "Change", pull: { merged: true } },
  { title: "After a change", body: "Depends on #23" },
  { title: "Undecided", body: "Depends on #1", comments: ["Not blocked by #1"] },
  { title: "Itself", body: "Depends on #26" },
  { title: "After a renamed repository", body: "Depends on acme/old#2" },
];

export const backlog: GitHub.WorldInput = {
  users: ["operator", "eve"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [
    {
      name: "acme/shop",
      permissions: { operator: "admin" },
      issues: shop.map((issue) => ({ createdAt: days(1), ...issue })),
    },
    {
      name: "acme/other",
      formerly: ["acme/old"],
      permissions: { operator: "admin" },
      issues: [
        { title: "Elsewhere", body: "Depends on #3" },
        { title: "Done elsewhere", state: "closed", stateReason: "completed" },
        { title: "Further away" },
      ],
    },
  ],
  projects: [
    {
      owner: "acme",
      title: "Plan",
      fields: { Status: ["Todo", "Done"], Priority: ["High", "Low"] },
      items: [
        { issue: "acme/shop#2", values: { Status: "Todo", Priority: "High" } },
        "acme/other#3",
        { draft: "Some day" },
      ],
    },
  ],
};
