/** Whose issues become tasks, and whose comments count: what outsiders write is data and starts nothing. */
import type { Association, IssueFacts } from "./IssueFacts.ts";
import { sameName } from "./internal/sameName.ts";

/** What makes an issue trusted. */
export interface Options {
  /** The relations of an author to the repository that make an issue trusted, in GitHub's words. */
  readonly associations: ReadonlyArray<string>;
  /** The label by which somebody with write access approves the issue of an outsider. */
  readonly approvalLabel: string;
}

/** What counts if nothing else is asked for. */
export const usual: Options = {
  associations: ["OWNER", "MEMBER", "COLLABORATOR"],
  approvalLabel: "orchestrator:approved",
};

/** Options with nothing left open. */
export const complete = (chosen: Partial<Options> = {}): Options => ({
  associations: chosen.associations ?? usual.associations,
  approvalLabel: chosen.approvalLabel ?? usual.approvalLabel,
});

/** Whether an issue is trusted, and why. */
export interface Verdict {
  readonly isTrusted: boolean;
  /** A clause for people, with what to try if it is not trusted: `its author ada is OWNER`. */
  readonly because: string;
}

/** Whether somebody with this relation to the repository is trusted. */
export const includes = ({ associations }: Options, association: Association): boolean =>
  associations.some((trusted) => sameName(trusted, association));

/** Whether an issue may become a task. */
export const judge = (facts: IssueFacts, options: Options): Verdict => {
  const author = `its author ${facts.author ?? "(an account that is gone)"} is ${facts.association}`;
  if (includes(options, facts.association)) return { isTrusted: true, because: author };
  const { isTrusted, because } = judgeApproval(facts, options.approvalLabel);
  return { isTrusted, because: isTrusted ? because : `${author}, and ${because}` };
};

const judgeApproval = ({ approval, labels }: IssueFacts, label: string): Verdict => {
  const isSet = labels.some((name) => sameName(name, label));
  if (!isSet || approval === undefined || !sameName(approval.label, label)) {
    const because = `nobody approved it: set the label ${label}, which needs write access`;
    return { isTrusted: false, because };
  }
  const actor = approval.actor ?? "an account that is gone";
  if (!approval.mayWrite) {
    const because = `the label ${label} was set by ${actor}, without write access: remove it and let somebody with write access set it`;
    return { isTrusted: false, because };
  }
  if (approval.isOutdated) {
    const because = `its title or body was changed after ${actor} set the label ${label}: read it again, then remove the label and set it anew`;
    return { isTrusted: false, because };
  }
  return { isTrusted: true, because: `${actor}, with write access, set the label ${label}` };
};
