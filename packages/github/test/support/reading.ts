/** What a source told, taken apart. */
import { GitHub } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Fact, FactSource } from "../../src/FactSource.ts";

export const issuesOf = (facts: ReadonlyArray<Fact>) =>
  facts.flatMap((fact) => (fact._tag === "Issue" ? [fact.issue] : []));

export const unusablesOf = (facts: ReadonlyArray<Fact>) =>
  facts.flatMap((fact) => (fact._tag === "Unusable" ? [fact.unusable] : []));

export const messagesOf = (facts: ReadonlyArray<Fact>) =>
  facts.flatMap((fact) => (fact._tag === "Unsupported" ? [fact.message] : []));

/** Everything that a source tells. */
export const factsOf = ({ facts }: FactSource) => Stream.runCollect(facts);

/** The numbers of the issues that a source gives. */
export const numbersOf = (source: FactSource) =>
  Effect.map(factsOf(source), (facts) => issuesOf(facts).map(({ number }) => number));

/** A query that is sent elsewhere and an answer that is too large are refused at once: they do not pass. */
const refused = new Set(["redirect", "oversized"]);

/** Faults that pass. */
export const passing = (chance: number) =>
  GitHub.everyFault({ chance, hangs: false }).filter(({ fault }) => !refused.has(fault.kind));
