/**
 * A program that starts a command which ignores SIGTERM and exits while it works.
 *
 * Arguments: a folder to work in, and the command line. It prints the process
 * id of the command and exits with code 3 as soon as the command has printed.
 */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as CommandAgent from "../../src/CommandAgent.ts";
import { Git } from "../../src/Git.ts";
import * as RunFolder from "../../src/RunFolder.ts";

const [folder = ".", run = "true"] = process.argv.slice(2);
const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };

const main = Effect.gen(function* () {
  const agent = yield* CommandAgent.make({
    folder: yield* RunFolder.make(`${folder}/.orchestrator/runs/r1`),
    isolation: { _tag: "None", folder },
    environment,
  });
  const ref = yield* agent.launch({
    run: "r1",
    task: { id: "a", payload: { run } },
    attempt: 1,
    key: "key",
    dependencies: () => [],
    previousFailure: undefined,
  });
  process.stdout.write(ref.id.split("/").at(-1) ?? "");
  yield* agent.observe(ref, {
    output: () => Effect.sync(() => process.exit(3)),
    progress: () => Effect.void,
    discover: () => Effect.void,
    unknownStatus: () => Effect.void,
  });
});

const services = Git.layer(environment).pipe(Layer.provideMerge(NodeServices.layer));
await Effect.runPromise(main.pipe(Effect.scoped, Effect.provide(services)));
