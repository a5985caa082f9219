import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as Codegen from "./codegen/Codegen.ts";
import { everyFault } from "./codegen/everyFault.ts";
import { checkWorldFile } from "./codegen/settings.ts";
import * as Clock from "./shared/Clock.ts";

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

/** The JSON in a file; the fake itself says what is wrong with its content. */
const readJson = (flag: string, path: string | undefined): never | undefined => {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as never;
  } catch (error) {
    throw new Error(`--${flag} ${path}: ${(error as Error).message}`, { cause: error });
  }
};

const readNumber = (flag: string, text: string | undefined, fallback: number): number => {
  const value = text === undefined ? fallback : Number(text);
  if (text === "" || !Number.isFinite(value))
    throw new Error(`--${flag}: expected a number, found "${text}"`);
  return value;
};

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

const stop = async (fake: Codegen.Codegen): Promise<void> => {
  await fake.close();
  fake.audit.write({ summary: fake.summary() });
};

const main = async (): Promise<void> => {
  const flags = parse();
  if (flags.help === true) return void process.stdout.write(usage);
  const fake = await Codegen.make(toOptions(flags));
  process.once("SIGTERM", () => void stop(fake));
  process.once("SIGINT", () => void stop(fake));
  // Who started the fake may be killed, and its pipe with it; the fake goes on.
  process.stdout.on("error", () => undefined);
  process.stdout.write(`${fake.url}\n`);
};

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
