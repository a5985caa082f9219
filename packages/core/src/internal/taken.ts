import type { Contention } from "../Explanation.ts";
import type { Occupant, Refusal, Situation } from "../Situation.ts";
import type { Task, TaskId } from "../Task.ts";
import { type Claim, overlaps, parse } from "./claims.ts";
import { fitting } from "./Needs.ts";

/** Who occupies what, looked up for many tasks. */
export interface Taken {
  /** Who works in a slot. */
  readonly slots: ReadonlyArray<TaskId>;
  /** Whether a task is one of those that occupy something: a ready one starts at once. */
  readonly isFirst: (id: TaskId) => boolean;
  /** What a task needs beside a slot and cannot have now. */
  readonly contention: (task: Task) => ReadonlyArray<Contention>;
}

/** Sorts what tasks occupy. */
export const make = (situation: Situation): Taken => {
  const occupants = situation.occupants();
  const ids = new Set(occupants.map(({ task }) => task));
  const claims = occupants.flatMap(({ claims: all, task }) =>
    all.map((claim) => ({ task, claim: parse(claim) })),
  );
  const slots = occupants.filter(({ hasSlot }) => hasSlot).map(({ task }) => task);
  // Somebody may have seen to an agent since: where slots are free, nothing else keeps a task.
  const refusals = slots.length < situation.slots ? situation.refusals() : [];
  return {
    slots,
    isFirst: (id) => ids.has(id),
    contention: (task) => [
      ...Object.entries(task.resources ?? {}).flatMap(([name, needed]) =>
        resource(situation, occupants, name, needed),
      ),
      ...(task.claims ?? []).flatMap((claim) => claimed(claims, claim)),
      ...refused(refusals, task),
    ],
  };
};

const resource = (
  { resources }: Situation,
  occupants: ReadonlyArray<Occupant>,
  name: string,
  needed: number,
): ReadonlyArray<Contention> => {
  const capacity = resources[name] ?? 0;
  const users = occupants.filter((one) => Object.hasOwn(one.resources, name));
  const used = users.reduce((sum, one) => sum + one.resources[name]!, 0);
  if (fitting(used + needed, capacity)) return [];
  const takenBy = users.map(({ task }) => task);
  return [{ kind: "resource", name, needed, free: capacity - used, capacity, takenBy }];
};

const claimed = (
  others: ReadonlyArray<{ readonly task: TaskId; readonly claim: Claim }>,
  name: string,
): ReadonlyArray<Contention> => {
  const own = parse(name);
  const takenBy = others.filter(({ claim }) => overlaps(own, claim)).map(({ task }) => task);
  if (takenBy.length === 0) return [];
  const unique = [...new Set(takenBy)];
  return [{ kind: "claim", name, needed: null, free: null, capacity: null, takenBy: unique }];
};

const refused = (refusals: ReadonlyArray<Refusal>, { agent }: Task): ReadonlyArray<Contention> => {
  const own = refusals.filter((one) => one.asked === agent || one.agent === agent);
  const [first] = own;
  if (first === undefined) return [];
  const takenBy = own.map(({ task }) => task);
  const none = { needed: null, free: null, capacity: null };
  return [{ kind: "agent", name: first.agent, ...none, takenBy }];
};

/** What is scarce and who has it, as a clause. */
export const sentence = ({ capacity, free, kind, name, needed, takenBy }: Contention): string => {
  const [first, ...others] = takenBy;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const who = first === undefined ? "" : ` (${first}${more})`;
  switch (kind) {
    case "resource":
      return `needs ${needed} of ${name}, ${free} of ${capacity} free${who}`;
    case "claim":
      return `the files ${name} are claimed${who}`;
    case "agent":
      return `the agent ${name} takes no launches${who}`;
  }
};
