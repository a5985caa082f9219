import type { EffectKey } from "../Agent.ts";
import type { TaskId } from "../Task.ts";

/** The key of the launch of an attempt: the same run, task and attempt give the same text, others another. */
export const effectKey = (run: string, task: TaskId, attempt: number): EffectKey =>
  `${escaped(run)}/${escaped(task)}/launch/${attempt}`;

/** The key of the one report of a task. */
export const reportKey = (run: string, task: TaskId): EffectKey =>
  `${escaped(run)}/${escaped(task)}/report`;

/** Half a surrogate pair, which an id may hold and no URI component can, gets an escape of its own. */
const escaped = (text: string): string =>
  isWhole(text)
    ? encodeURIComponent(text)
    : text.replace(/\p{Cs}|\P{Cs}+/gu, (part) =>
        isWhole(part) ? encodeURIComponent(part) : `%u${part.charCodeAt(0).toString(16)}`,
      );

const isWhole = (text: string): boolean => !/\p{Cs}/u.test(text);
