/** What people do while a backlog is worked on: each thing once, when its time has come. */
import type { Joined } from "@orchestrator/fakes";
import type { Backlog, Fate } from "./backlogWorld.ts";

/** Seconds of the fakes' time. */
interface Move {
  readonly at: number;
  readonly act: () => void;
}

/** Lets people watch and act; answers with how to send them home. */
export const start = ({ fates }: Backlog, fakes: Joined.Joined): (() => void) => {
  const { clock, github } = fakes;
  const { people } = github;
  const seconds = () => clock.now() / 1000;
  const seen = new Set<string>();
  const moves: Array<Move> = [];

  const opened = (task: string, pull: string): void => {
    if (seen.has(task)) return;
    seen.add(task);
    if (seen.size === 1) closeIssues();
    const later = (after: number, act: () => void) => moves.push({ at: seconds() + after, act });
    switch (fates.get(task)) {
      case "merged by hand":
        return void later(4, () => people.merge(pull, { by: "ada" }));
      case "held":
        later(25, () => people.label(pull, "hold", { by: "ada" }));
        return void later(90, () => people.unlabel(pull, "hold", { by: "ada" }));
      case "pushed":
        return void later(4, () => people.push(pull, { files: ["by-hand.txt"], by: "ada" }));
      case "edited":
        return void later(2, () => editComment(task));
      default:
        return;
    }
  };

  const closeIssues = (): void => {
    for (const [task, fate] of fates) {
      const reason = reasons[fate];
      if (reason !== undefined) people.close(task, { reason, by: "ada" });
    }
  };

  const editComment = (task: string): void => {
    const own = github.judge.commentsOf(task).findIndex(({ body }) => body.startsWith("<!-- orch"));
    if (own < 0) return void moves.push({ at: seconds() + 2, act: () => editComment(task) });
    const { body } = github.judge.commentsOf(task)[own]!;
    people.editComment(task, own, `${body}\n\nIs this right?`, { by: "ada" });
  };

  const look = (): void => {
    for (const { task, pull } of fakes.opened()) opened(task ?? "", pull);
    for (const move of moves.splice(0)) {
      if (move.at <= seconds()) move.act();
      else moves.push(move);
    }
  };
  const timer = setInterval(look, 15);
  return () => clearInterval(timer);
};

const reasons: Partial<Record<Fate, "completed" | "not_planned">> = {
  "closed as done": "completed",
  "closed as dropped": "not_planned",
};
