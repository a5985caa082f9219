/** The command in a process whose time passes many times as fast, as that of a fake with the same `--factor`. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FastClock from "../../src/demo/FastClock.ts";
import * as Main from "../../src/Main.ts";
import { program } from "../../src/Program.ts";

const [factor, ...args] = process.argv.slice(2);
// The command reads its arguments as if it had been called itself.
process.argv.splice(2, process.argv.length, ...args);
// `FAST_SINCE` names a moment: processes that follow each other then share their time.
const since = process.env["FAST_SINCE"];
const clock = FastClock.make(Number(factor), since === undefined ? undefined : Number(since));
Main.run(process, Effect.provideService(program, Clock.Clock, clock));
