/** The pictures of the live view in `docs/pictures`, each with how it is made. */
import type { RunState } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import * as Picture from "../../src/terminal/Picture.ts";
import * as Emulator from "../support/Emulator.ts";
import * as scenes from "./scenes.ts";
import * as Svg from "./Svg.ts";

export interface Drawing {
  /** Its name in `docs/pictures`. */
  readonly file: string;
  readonly title: string;
  readonly size: Emulator.Size;
  readonly state: () => RunState.RunState;
}

export const all: ReadonlyArray<Drawing> = [80, 140].flatMap((columns) =>
  (
    [
      [8, scenes.few],
      [300, scenes.many],
    ] as const
  ).map(([tasks, state]) => ({
    file: `live-${columns}x${tasks}.svg`,
    title: `A run of ${tasks} tasks on a terminal of ${columns} columns`,
    size: { columns, rows: 28 },
    state,
  })),
);

/** The picture on a real terminal, as SVG. */
export const render = Effect.fnUntraced(function* ({ size, state, title }: Drawing) {
  const emulator = Emulator.make(size);
  const terminal = emulator.stream as unknown as Picture.Terminal;
  const draw = yield* Picture.make({ terminal, writers: [] });
  yield* draw(scenes.draw(state(), size));
  yield* Effect.promise(emulator.screen);
  return Svg.of(emulator.terminal, title);
}, Effect.scoped);
