import { parseArgs } from "node:util";
import * as Codegen from "./codegen/Codegen.ts";
import { everyFault } from "./codegen/everyFault.ts";
import { checkWorldFile } from "./codegen/settings.ts";
import * as Clock from "./shared/Clock.ts";
import { readJson, readNumber, serve } from "./shared/command.ts";

const usage = `node fakes/src/codegen-server.ts [options]

Runs a fake of the Codegen API on loopback until SIGTERM or SIGINT. The first line is its URL.

  --port N          default: any free port
  --script FILE     JSON: what becomes of the runs
  --faults FILE     JSON: a list of fault rules
  --every-fault P   adds every kind of passing fault, each with this chance per request
  --no-hangs        --every-fault leaves out requests that hang for ever
  --world FILE      JSON: orgs, users, repos, tokens, models, limits
  --audit FILE      appends a line of JSON per request, and one with the summary at the end
  --factor N        the fake's time passes N times as fast
  --seed N          default: 1
`;

const parse = () =>
  parseArgs({
    options: {
      port: { type: "string" },
      script: { type: "string" },
      faults: { type: "string" },
      "every-fault": { type: "string" },
      "no-hangs": { type: "boolean" },
      world: { type: "string" },
      audit: { type: "string" },
      factor: { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  }).values;

type Flags = ReturnType<typeof parse>;

const toOptions = (flags: Flags): Codegen.CodegenOptions => {
  const { script, audit } = flags;
  const chance = readNumber("every-fault", flags["every-fault"], 0);
  const hangs = flags["no-hangs"] !== true;
  const own: Codegen.CodegenOptions["faults"] = readJson("faults", flags.faults) ?? [];
  return {
    ...checkWorldFile<Codegen.CodegenOptions>(readJson("world", flags.world) ?? {}),
    ...(script === undefined ? {} : { script: readJson("script", script)! }),
    ...(audit === undefined ? {} : { auditFile: audit }),
    faults: chance === 0 ? own : [...own, ...everyFault({ chance, hangs })],
    clock: Clock.real({ factor: readNumber("factor", flags.factor, 1) }),
    port: readNumber("port", flags.port, 0),
    seed: readNumber("seed", flags.seed, 1),
  };
};

await serve(async () => {
  const flags = parse();
  if (flags.help !== true) return Codegen.make(toOptions(flags));
  process.stdout.write(usage);
  return null;
});
