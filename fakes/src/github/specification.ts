import { type Operation, type Schema, Specification } from "../shared/Specification.ts";
import * as fixtures from "./fixtures.ts";

interface Stored {
  readonly operations: ReadonlyArray<Operation>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const read = (): Stored => JSON.parse(fixtures.rest()) as Stored;

let stored: Stored | null = null;
let specification: Specification | null = null;

const content = (): Stored => (stored ??= read());

/** The operations that the fake knows. */
export const operations = (): ReadonlyArray<Operation> => content().operations;

/** It keeps what it compiled, for all fakes of a process. */
export const getSpecification = (): Specification =>
  (specification ??= new Specification(operations(), {
    $id: "rest",
    schemas: content().schemas,
  }));
