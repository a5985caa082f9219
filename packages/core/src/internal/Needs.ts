import type { Task } from "../Task.ts";
import { type Claim, overlaps, parse } from "./claims.ts";

/** What a task occupies beside a slot: amounts of named resources, and files by glob. */
export interface Needs {
  /** Equal for tasks that need the same. */
  readonly key: string;
  readonly resources: ReadonlyArray<readonly [name: string, amount: number]>;
  readonly claims: ReadonlyArray<Claim>;
}

/** The needs of a task, or undefined if it needs nothing but a slot. */
export const of = (task: Task): Needs | undefined => {
  if (task.resources === undefined && task.claims === undefined) return undefined;
  const resources = Object.entries(task.resources ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const claims = (task.claims ?? []).toSorted();
  if (resources.length === 0 && claims.length === 0) return undefined;
  return { key: JSON.stringify([resources, claims]), resources, claims: claims.map(parse) };
};

const claimsOverlap = (a: ReadonlyArray<Claim>, b: ReadonlyArray<Claim>): boolean =>
  a.some((left) => b.some((right) => overlaps(left, right)));

/** Whether one cannot be served without making the other wait longer. */
export const contend = (a: Needs, b: Needs): boolean =>
  a.resources.some(([name]) => b.resources.some(([other]) => other === name)) ||
  claimsOverlap(a.claims, b.claims);

/** Three tenths do not add up to 0.3 exactly, and they fit all the same. */
const rounding = 1e-9;

/** Whether so much can be taken of a capacity. */
export const fitting = (used: number, capacity: number): boolean =>
  used <= capacity * (1 + rounding);

/** Who holds what: an allocation is whole or not at all. */
export class Holdings {
  readonly #capacities: Readonly<Record<string, number>>;
  readonly #used = new Map<string, number>();
  readonly #resources = new Map<number, Needs>();
  readonly #claims = new Map<number, Needs>();

  constructor(capacities: Readonly<Record<string, number>>) {
    this.#capacities = capacities;
  }

  /** Whether everything is free that the needs name. */
  fits(needs: Needs): boolean {
    for (const [name, amount] of needs.resources) {
      const used = (this.#used.get(name) ?? 0) + amount;
      if (!fitting(used, this.#capacities[name] ?? 0)) return false;
    }
    if (needs.claims.length === 0) return true;
    for (const held of this.#claims.values()) {
      if (claimsOverlap(held.claims, needs.claims)) return false;
    }
    return true;
  }

  /** The largest part of any capacity that the needs take, from 0 to 1. */
  share(needs: Needs): number {
    let largest = needs.claims.length > 0 ? Number.EPSILON : 0;
    for (const [name, amount] of needs.resources) {
      largest = Math.max(largest, amount / (this.#capacities[name] ?? amount));
    }
    return largest;
  }

  take(node: number, needs: Needs): void {
    for (const [name, amount] of needs.resources) {
      this.#used.set(name, (this.#used.get(name) ?? 0) + amount);
    }
    if (needs.resources.length > 0) this.#resources.set(node, needs);
    if (needs.claims.length > 0) this.#claims.set(node, needs);
  }

  /** Gives back the resources of a node and answers whether it held any. */
  releaseResources(node: number): boolean {
    const needs = this.#resources.get(node);
    for (const [name, amount] of needs?.resources ?? []) {
      this.#used.set(name, this.#used.get(name)! - amount);
    }
    return this.#resources.delete(node);
  }

  /** Gives back the claims of a node and answers whether it held any. */
  releaseClaims(node: number): boolean {
    return this.#claims.delete(node);
  }
}
