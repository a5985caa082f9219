import type * as Explanation from "../Explanation.ts";
import type { Edge, Situated, Situation } from "../Situation.ts";
import type { TaskId } from "../Task.ts";
import type { Shown, Visited } from "./causes.ts";
import { some } from "./reportText.ts";
import * as Taken from "./taken.ts";
import type { Ranked } from "./urgency.ts";
import { clause } from "./whereabouts.ts";

/** How many tasks of a cycle its sentence names. */
const shownInCycle = 6;

/** Describes things of one situation; what is looked up for all of them is looked up once, when it is needed. */
export class Look {
  readonly #situation: Situation;
  #positions: ReadonlyMap<TaskId, number> | undefined;
  #taken: Taken.Taken | undefined;

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  get taken(): Taken.Taken {
    return (this.#taken ??= Taken.make(this.#situation));
  }

  /** The place of a task in the queue, from 1. */
  position(id: TaskId): number | undefined {
    this.#positions ??= new Map(this.#situation.queue().map((one, index) => [one, index + 1]));
    return this.#positions.get(id);
  }

  task(found: Situated): Explanation.Where {
    const { blocked, phase, task } = found;
    return {
      id: task.id,
      title: task.title ?? null,
      url: task.url ?? null,
      state: blocked !== undefined && phase === "Pending" ? "Blocked" : phase,
      summary: clause(this.#situation, this, found),
    };
  }

  dependency(edge: Edge): Explanation.Dependency {
    const found = this.#situation.find(edge.on);
    return { ...this.#where(edge, found), ...statedIn(edge), satisfied: edge.satisfied };
  }

  cause(visited: ReadonlyArray<Visited>, { between, number, under }: Shown): Explanation.Cause {
    const { by, depth, edge, found } = visited[number]!;
    return {
      ...this.#where(edge!, found),
      waitedForBy: visited[by]!.id,
      ...statedIn(edge!),
      depth,
      under: under === 0 ? null : visited[under]!.id,
      between,
    };
  }

  root(visited: ReadonlyArray<Visited>, { cycle, number, waiting }: Ranked): Explanation.Root {
    const { depth, edge, found } = visited[number]!;
    return {
      ...(found === undefined ? this.#where(edge!, found) : this.task(found)),
      ...(cycle === undefined ? {} : { state: "Cycle", summary: around(cycle) }),
      depth,
      waiting,
      cycle: cycle ?? null,
    };
  }

  /** What competes with a ready task; of others only the slots are told. */
  queueOf({
    phase,
    task,
  }: Situated): Pick<Explanation.Explanation, "queue" | "slots" | "contention"> {
    const { queue, resting, slots } = this.#situation;
    const isReady = phase === "Ready";
    const position = isReady ? this.position(task.id) : undefined;
    return {
      queue: position === undefined ? null : { position, length: queue().length },
      slots: {
        total: slots,
        takenBy: this.taken.slots,
        resting: resting.map((one) => ({ ...one, until: new Date(one.until).toISOString() })),
      },
      contention: isReady ? this.taken.contention(task) : [],
    };
  }

  /** What is done may still be listed among the tasks: it is told as what it is. */
  #where(edge: Edge, found: Situated | undefined): Explanation.Where {
    const outside = this.#situation.outside(edge.on);
    const isDone = edge.satisfied && outside !== undefined;
    if (found !== undefined && !isDone) return this.task(found);
    if (outside === undefined) return unknown(edge);
    const { id, state, title, url } = outside;
    const summary = `${state}, not in the plan`;
    return { id, title: title ?? null, url: url ?? null, state: "Outside", summary };
  }
}

const unknown = ({ on: id, satisfied }: Edge): Explanation.Where => ({
  id,
  title: null,
  url: null,
  state: satisfied ? "Outside" : "Missing",
  summary: satisfied ? "done" : "does not exist",
});

const statedIn = ({ gate, source }: Edge) => ({ gate, source: source ?? null });

const around = (cycle: ReadonlyArray<TaskId>): string =>
  `waits for itself: ${some(cycle, shownInCycle).join(" → ")}`;
