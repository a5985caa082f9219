/** What a run does on GitHub by itself: the section `automation` of a configuration, with the defaults. */
import type { Given } from "@orchestrator/github/LandingOptions";
import type { Sections } from "./ConfigFile.ts";
import type * as TrackingIssue from "../github/TrackingIssue.ts";

/** The words for where a task is, on labels and boards. */
export type Status = "queued" | "in-progress" | "completed" | "failed" | "held" | "skipped";

export interface Automation {
  /** Which changes are merged, by whom and how; what is absent is left to the adapter. */
  readonly landing: Given & { readonly mode: "manual" | "auto" };
  /** How many attempts may put a change right that could not land; undefined: as usual. */
  readonly fixAttempts: number | undefined;
  /** Whether each issue gets a comment. */
  readonly comments: boolean;
  /** How labels begin that say where a task is; undefined: there are none. */
  readonly labelPrefix: string | undefined;
  /** Whether items of the board move. */
  readonly movesItems: boolean;
  /** The columns of a board whose names are not the usual ones. */
  readonly columns: Readonly<Partial<Record<Status, string>>>;
  /** Whether an issue is closed when its task has succeeded. */
  readonly closesIssues: boolean;
  /** The issue that tells how the whole run stands; undefined: none does. */
  readonly trackingIssue: TrackingIssue.Named | undefined;
  /** Whether a repository is kept to one orchestrator. */
  readonly hasLease: boolean;
}

type Section = Sections["automation"];

/** What a section says; without one people merge, and the issues tell what becomes of them. */
export const of = (section?: Section): Automation => {
  const isTold = section?.update_issue_status ?? true;
  return {
    landing: {
      mode: section?.auto_merge_on_success === true ? "auto" : "manual",
      ...stated({
        method: section?.merge_method,
        holdLabels: section?.hold_labels,
        protectedPaths: section?.protected_paths,
        authors: section?.authors,
        drafts: section?.drafts,
        checks: section?.checks,
        rerunFlaky: section?.rerun_flaky,
        updateBehind: section?.update_behind,
        pauseOnRedBase: section?.pause_on_red_base,
        sendBack: section?.send_back,
      }),
    },
    fixAttempts: section?.fix_attempts ?? undefined,
    comments: section?.post_results_as_comment ?? true,
    labelPrefix: isTold ? (section?.status_label_prefix ?? "status:") : undefined,
    movesItems: isTold,
    columns: columnsIn(section),
    closesIssues: section?.close_issues ?? false,
    trackingIssue: section?.tracking_issue,
    hasLease: section?.lease ?? true,
  };
};

const columnsIn = (section: Section): Automation["columns"] => {
  const { in_progress: working, ...others } = section?.board_status ?? {};
  return stated({ "in-progress": working, ...others });
};

/** What is said; the rest is left out. */
const stated = <T extends object>(
  all: T,
): { readonly [K in keyof T]?: Exclude<T[K], null | undefined> } =>
  Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null && value !== undefined),
  ) as never;
