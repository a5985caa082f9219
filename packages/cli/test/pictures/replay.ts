/** Shows what was on the screen of a recording at some moments: `replay.ts FILE.cast SECONDS...`, or at its end. */
import { argv, stdout } from "node:process";
import * as Cast from "./Cast.ts";

const [file = "", ...moments] = argv.slice(2);
const cast = Cast.read(file);
const wanted = moments.length === 0 ? [Infinity] : moments.map(Number);
for (const at of wanted) {
  const emulator = await Cast.play(cast, at);
  const history = await emulator.history();
  stdout.write(`--- ${at} s, ${history.length} lines above\n`);
  stdout.write(`${(await emulator.screen()).join("\n")}\n`);
}
