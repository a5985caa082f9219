/** The screen of a process, to which no secret comes through. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Screen, type Sink } from "../terminal/Screen.ts";
import * as Scrubber from "./Scrubber.ts";
import * as Secrets from "./Secrets.ts";

/** The screen; the secrets among the variables of the process are known from then on. */
export const layer = (process: NodeJS.Process): Layer.Layer<Screen> =>
  Layer.effect(
    Screen,
    Effect.map(Screen, (screen) => {
      Secrets.hide(Secrets.ofVariables(process.env));
      return { ...screen, out: scrubbed(screen.out), error: scrubbed(screen.error) };
    }),
  ).pipe(Layer.provide(Screen.layer(process)));

const scrubbed = (sink: Sink): Sink => ({
  ...sink,
  print: (text) => sink.print(Scrubber.scrub(text)),
  animation: Effect.map(
    sink.animation,
    (draw) =>
      (lines, ...rest) =>
        draw(lines.map(Scrubber.scrub), ...rest),
  ),
});
