import { describe, expect, it } from "@effect/vitest";
import * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as DataFile from "@orchestrator/local/DataFile";
import * as Result from "effect/Result";
import * as Automation from "../src/config/Automation.ts";
import * as v from "valibot";
import * as ConfigFile from "../src/config/ConfigFile.ts";
import * as ConfigSchema from "../src/config/ConfigSchema.ts";

const keys = { codegen: {}, github: GitHubConfig.keys };

const parse = (lines: string) =>
  ConfigFile.parse(`automation:\n${lines}`, "config.yaml", { lookup: () => undefined, keys });

const read = (lines: string): Automation.Automation =>
  Automation.of(v.parse(ConfigSchema.make(keys), Result.getOrThrow(parse(lines)).value).automation);

/** What is wrong with a line of the section. */
const wrong = (line: string): ReadonlyArray<string> =>
  Result.match(parse(`  ${line}\n`), {
    onSuccess: () => [],
    onFailure: (problems) => problems.map((problem) => DataFile.line("config.yaml", problem)),
  });

describe("the section automation", () => {
  it("leaves merging to people and tells on the issues, unless it says otherwise", () => {
    expect(Automation.of()).toEqual({
      landing: { mode: "manual" },
      fixAttempts: undefined,
      comments: true,
      labelPrefix: "status:",
      movesItems: true,
      columns: {},
      closesIssues: false,
      trackingIssue: undefined,
      hasLease: true,
    });
  });

  it("says who merges and how, and what keeps a change from being merged", () => {
    const { fixAttempts, hasLease, landing } = read(`
  auto_merge_on_success: true
  merge_method: rebase
  fix_attempts: 4
  hold_labels: [wait]
  protected_paths: ["db/**"]
  authors: [codegen-sh]
  checks: all
  rerun_flaky: false
  send_back: [checks]
  lease: false
`);
    expect({ fixAttempts, hasLease }).toEqual({ fixAttempts: 4, hasLease: false });
    expect(landing).toEqual({
      mode: "auto",
      method: "rebase",
      holdLabels: ["wait"],
      protectedPaths: ["db/**"],
      authors: ["codegen-sh"],
      checks: "all",
      rerunFlaky: false,
      sendBack: ["checks"],
    });
  });

  it("says what is told on GitHub", () => {
    const { closesIssues, columns, comments, labelPrefix } = read(`
  post_results_as_comment: false
  status_label_prefix: "state/"
  board_status: { in_progress: Doing, completed: Done }
  close_issues: true
`);
    expect({ closesIssues, comments, labelPrefix }).toEqual({
      closesIssues: true,
      comments: false,
      labelPrefix: "state/",
    });
    expect(columns).toEqual({ "in-progress": "Doing", completed: "Done" });
  });

  it.each([
    ["acme/shop#9", "acme/shop"],
    ['"#9"', undefined],
    ["9", undefined],
    ['"9"', undefined],
  ])("tells of the whole run on the issue %s", (text, repository) => {
    const { trackingIssue } = read(`  tracking_issue: ${text}\n`);
    expect(trackingIssue).toEqual({ repository, number: 9 });
  });

  it("touches neither labels nor the board where it is not to update the status", () => {
    const { labelPrefix, movesItems } = read("  update_issue_status: false\n");
    expect({ labelPrefix, movesItems }).toEqual({ labelPrefix: undefined, movesItems: false });
  });

  it("takes the truth values that variables of the environment give", () => {
    expect(read('  auto_merge_on_success: "true"\n').landing.mode).toBe("auto");
  });

  it.each([
    [
      "auto_merge: true",
      /^config\.yaml:2:3 {2}automation\.auto_merge: unknown key; allowed are auto_merge_on_success, .*lease/,
    ],
    [
      "auto_merge_on_succes: true",
      /unknown key; allowed are .*; did you mean "auto_merge_on_success"\?$/,
    ],
    [
      "merge_method: squahs",
      /^config\.yaml:2:17 {2}automation\.merge_method: must be "squash", "merge" or "rebase", found the text "squahs"; did you mean "squash"\?$/,
    ],
    ["fix_attempts: -1", /automation\.fix_attempts: must be a whole number from 0 to 100, found/],
    [
      "tracking_issue: shop/9",
      /^config\.yaml:2:19 {2}automation\.tracking_issue: must be an issue, as acme\/shop#9, "#9" in quotes, or 9, found the text "shop\/9"$/,
    ],
    [
      "tracking_issue: #9",
      /automation\.tracking_issue: must be .* "#9" in quotes.*, found nothing$/,
    ],
    ["tracking_issue: 0", /automation\.tracking_issue: must be an issue, .*, found the number 0$/],
    ["hold_labels: hold", /automation\.hold_labels: must be a list of labels, .*write \["hold"\]/],
    ["protected_paths: [1]", /automation\.protected_paths\[0\]: must be text, found the number 1/],
    ['status_label_prefix: ""', /status_label_prefix: must be text, found an empty text$/],
    [
      "board_status: { doing: X }",
      /automation\.board_status\.doing: unknown key; allowed are queued, in_progress, completed/,
    ],
  ])("says what is wrong with %s, where and what is allowed", (line, message) => {
    expect(wrong(line)).toEqual([expect.stringMatching(message)]);
  });
});
