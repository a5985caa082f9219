/**
 * Draws the pictures in `docs/pictures`: `pnpm pictures`.
 *
 * With a recording (see `scripts/record.py`) it draws that one as a moving
 * picture: `pnpm pictures FILE.cast PICTURE.svg TITLE`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { argv, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import * as Effect from "effect/Effect";
import * as Cast from "./Cast.ts";
import * as pictures from "./pictures.ts";
import * as Svg from "./Svg.ts";

const folder = fileURLToPath(new URL("../../../../docs/pictures/", import.meta.url));

const write = (file: string, svg: string): void => {
  writeFileSync(file, svg);
  stdout.write(`${file}: ${(svg.length / 1024).toFixed(1)} KB\n`);
};

const [recording, file = "recording.svg", title = "A recording"] = argv.slice(2);

/** So many frames are a few dozen kilobytes, and enough to see what happens. */
const [mostFrames, seconds] = [10, 1.5];

if (recording === undefined) {
  mkdirSync(folder, { recursive: true });
  for (const picture of pictures.all) {
    write(path.join(folder, picture.file), await Effect.runPromise(pictures.render(picture)));
  }
} else {
  const cast = Cast.read(recording);
  const frames: Array<Svg.Frame> = [];
  for (const at of Cast.moments(cast, mostFrames)) {
    const emulator = await Cast.play(cast, at);
    await emulator.screen();
    const frame = Svg.frame(emulator.terminal);
    if (frame.rows > 0 && frame.text !== frames.at(-1)?.text) frames.push(frame);
  }
  write(file, Svg.moving(frames, seconds, cast.columns, title));
}
