import { type Added, type BrokenEdge, DependencyGraph, type Options } from "../DependencyGraph.ts";
import type { RunState } from "../RunState.ts";
import { Backlog } from "./Backlog.ts";
import type { TaskTable } from "./TaskTable.ts";

/**
 * The graph of a run, and what it set free or broke that nobody has seen to yet.
 *
 * A graph only goes forward. Where tasks come back to life it is made anew, and
 * a run that went on elsewhere is followed from the state that it reached.
 */
export class Frontier {
  readonly #options: Options;
  #graph: DependencyGraph;
  /** Tasks that wait for nothing any more. */
  #freed = new Backlog<number>();
  /** Edges whose dependency did not succeed. */
  #broken = new Backlog<BrokenEdge>();

  constructor(options: Options, table?: TaskTable) {
    this.#options = options;
    this.#graph = new DependencyGraph(options, table);
  }

  get graph(): DependencyGraph {
    return this.#graph;
  }

  /** Whether there is nothing left to see to. */
  get isClear(): boolean {
    return this.#freed.isEmpty && this.#broken.isEmpty;
  }

  /** The next tasks that wait for nothing any more, at most `count`; the caller sees to them. */
  takeFreed(count: number): ReadonlyArray<number> {
    return this.#freed.take(count);
  }

  /** The next edges whose dependency did not succeed, at most `count`; the caller sees to them. */
  takeBroken(count: number): ReadonlyArray<BrokenEdge> {
    return this.#broken.take(count);
  }

  /** Takes in what joined the graph. */
  joined(added: Added): void {
    this.#freed.add(added.ready);
    this.#broken.add(added.broken);
  }

  /** Tasks wait for nothing any more. */
  freed(nodes: ReadonlyArray<number>): void {
    this.#freed.add(nodes);
  }

  /** A task ended without success. */
  failed(node: number): void {
    this.#broken.add(this.#graph.fail(node));
  }

  /** Brings some of the graph's tasks to where the run is. */
  follow(state: RunState, from: number, to: number): void {
    for (let node = from; node < to; node++) {
      const phase = state.phase(node);
      if (phase === "Succeeded") {
        this.#graph.succeed(node);
        continue;
      }
      const gate = state.gate(node);
      // What a task has reached stays reached, whatever became of it then.
      if (gate !== undefined) this.#graph.reach(node, gate);
      if (phase === "Failed" || phase === "Skipped" || phase === "Cancelled") this.failed(node);
    }
  }

  /** Looks which of the tasks that have not begun wait for nothing. */
  survey(state: RunState): void {
    for (let node = 0; node < state.size; node++) {
      if (state.phase(node) === "Pending" && this.#graph.isReady(node)) this.#freed.add([node]);
    }
  }

  /** Makes the graph anew, as far as the run has come. */
  rebuild(state: RunState): void {
    this.#graph = new DependencyGraph(this.#options);
    this.#freed = new Backlog();
    this.#broken = new Backlog();
    this.#graph.add(state.table.tasks);
    this.follow(state, 0, state.size);
    this.survey(state);
  }
}
