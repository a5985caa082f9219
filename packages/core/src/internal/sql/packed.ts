/**
 * Many events as the body of a commit: which fields the kinds of events have
 * stands there once, the values of the events one after the other, so that it
 * takes less than half the room of a list of objects.
 *
 * `[[["TaskReady","task"],["TaskEnded","task","outcome"]],[0,1700,1,"b",2,"a","Succeeded"]]`
 *
 * The first element has the shapes, a kind and the names of its fields each.
 * Those behind it have the events, some in each: the number of a shape, from 1,
 * and the values of its fields. A 0 and a time stand before the events of that time.
 */
import type { RunEvent } from "../../RunEvent.ts";

/** The kind of an event and the names of its fields; every event has a time beside them. */
type Shape = readonly [kind: string, ...fields: ReadonlyArray<string>];

interface NumberedShape {
  readonly number: number;
  readonly shape: Shape;
}

/** So many events stand together: many short texts are read faster than few long ones. */
const together = 50;

/** How many values an event has on average: a list that has room from the start is made once. */
const usualValues = 6;

/** Events as text, or undefined where some of them together are longer than a length. Throws where an event is no JSON. */
export const pack = (events: ReadonlyArray<RunEvent>, longest: number): string | undefined => {
  const shapes = new Shapes();
  const texts: Array<string> = [];
  for (let first = 0; first < events.length; first += together) {
    const values = valuesOf(events, first, Math.min(first + together, events.length), shapes);
    const text = JSON.stringify(values);
    if (text.length > longest) return undefined;
    texts.push(text);
  }
  return `[${JSON.stringify(shapes.all)},${texts.join(",")}]`;
};

const valuesOf = (
  events: ReadonlyArray<RunEvent>,
  first: number,
  end: number,
  shapes: Shapes,
): ReadonlyArray<unknown> => {
  const values = new Values((end - first) * usualValues);
  let at: number | undefined;
  for (let index = first; index < end; index++) {
    const event = events[index]!;
    if (event.at !== at) {
      at = event.at;
      values.push(0);
      values.push(at);
    }
    shapes.add(event, values);
  }
  return values.list();
};

class Values {
  readonly #list: Array<unknown> = [];
  #size = 0;

  constructor(room: number) {
    this.#list.length = room;
  }

  get size(): number {
    return this.#size;
  }

  push(value: unknown): void {
    this.#list[this.#size++] = value;
  }

  cutTo(size: number): void {
    this.#size = size;
  }

  list(): ReadonlyArray<unknown> {
    this.#list.length = this.#size;
    return this.#list;
  }
}

class Shapes {
  readonly all: Array<Shape> = [];
  /** The shapes of each kind; a kind has a few at most, by the fields that an event may leave out. */
  readonly #ofKind = new Map<string, Array<NumberedShape>>();

  add(event: RunEvent, values: Values): void {
    const known = this.#of(event._tag);
    for (let index = 0; index < known.length; index++) {
      if (isAdded(event, known[index]!, values)) return;
    }
    const shape = shapeOf(event);
    const numbered = { number: this.all.push(shape), shape };
    known.push(numbered);
    isAdded(event, numbered, values);
  }

  #of(kind: string): Array<NumberedShape> {
    let shapes = this.#ofKind.get(kind);
    if (shapes === undefined) this.#ofKind.set(kind, (shapes = []));
    return shapes;
  }
}

/** Adds the values of an event if it has the fields of a shape and no others. */
const isAdded = (event: RunEvent, { number, shape }: NumberedShape, values: Values): boolean => {
  const start = values.size;
  let field = 0;
  values.push(number);
  for (const name in event) {
    const value = event[name as keyof RunEvent] as unknown;
    if (!isField(name, value)) continue;
    if (shape[++field] !== name) break;
    values.push(value);
  }
  const isLike = values.size - start === shape.length && field === shape.length - 1;
  if (!isLike) values.cutTo(start);
  return isLike;
};

const shapeOf = (event: RunEvent): Shape => {
  const shape: [string, ...Array<string>] = [event._tag];
  for (const name in event) if (isField(name, event[name as keyof RunEvent])) shape.push(name);
  return shape;
};

/** JSON leaves out what is undefined. */
const isField = (name: string, value: unknown): boolean =>
  name !== "_tag" && name !== "at" && value !== undefined;

/** Whether a body, as JSON, was made by `pack`: lists of events begin with an event. */
export const isPacked = (body: unknown): body is readonly [ReadonlyArray<unknown>] =>
  Array.isArray(body) && Array.isArray(body[0]);

/** The events of a packed body, or undefined where it is not as `pack` makes it. */
export const unpack = ([shapes, ...groups]: ReadonlyArray<unknown>):
  | ReadonlyArray<unknown>
  | undefined => {
  const events: Array<unknown> = [];
  for (const values of groups) {
    const isRead =
      Array.isArray(values) && isAppended(shapes as ReadonlyArray<Shape>, values, events);
    if (!isRead) return undefined;
  }
  return events;
};

const isAppended = (
  shapes: ReadonlyArray<Shape>,
  values: ReadonlyArray<unknown>,
  events: Array<unknown>,
): boolean => {
  let at: unknown;
  let next = 0;
  while (next < values.length) {
    const number = values[next++] as number;
    if (number === 0) {
      at = values[next++];
      continue;
    }
    const shape = shapes[number - 1];
    if (shape === undefined) return false;
    const event: Record<string, unknown> = { _tag: shape[0], at };
    for (let field = 1; field < shape.length; field++) event[shape[field]!] = values[next++];
    events.push(event);
  }
  return next === values.length;
};
