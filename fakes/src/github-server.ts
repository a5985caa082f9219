import { parseArgs } from "node:util";
import * as GitHub from "./github/GitHub.ts";
import * as Clock from "./shared/Clock.ts";
import { readJson, readNumber, serve } from "./shared/command.ts";

const usage = `node fakes/src/github-server.ts [options]

Runs a fake of GitHub on loopback until SIGTERM or SIGINT. The first line is its URL.

  --port N          default: any free port
  --world FILE      JSON: users, orgs, repos with their issues, projects, tokens, apps
  --issues N        instead of a file: a world of N issues with every kind of dependency
  --faults FILE     JSON: a list of fault rules
  --every-fault P   adds every kind of passing fault, each with this chance per request
  --no-hangs        --every-fault leaves out requests that hang for ever
  --limits FILE     JSON: the limits and the form of refusals
  --ghes VERSION    a server of one's own under /api/v3 and /api/graphql
  --latency N       seconds that every request takes
  --audit FILE      appends a line of JSON per request, and one with the summary at the end
  --factor N        the fake's time passes N times as fast
  --seed N          default: 1
`;

const parse = () =>
  parseArgs({
    options: {
      port: { type: "string" },
      world: { type: "string" },
      issues: { type: "string" },
      faults: { type: "string" },
      "every-fault": { type: "string" },
      "no-hangs": { type: "boolean" },
      limits: { type: "string" },
      ghes: { type: "string" },
      latency: { type: "string" },
      audit: { type: "string" },
      factor: { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  }).values;

type Flags = ReturnType<typeof parse>;

const worldOf = (flags: Flags, seed: number): GitHub.WorldInput => {
  if (flags.issues === undefined) return readJson("world", flags.world) ?? {};
  if (flags.world !== undefined) throw new Error("--world and --issues exclude each other");
  return GitHub.many({ issues: readNumber("issues", flags.issues, 0), seed, board: true });
};

const toOptions = (flags: Flags): GitHub.GitHubOptions => {
  const { audit, ghes } = flags;
  const chance = readNumber("every-fault", flags["every-fault"], 0);
  const hangs = flags["no-hangs"] !== true;
  const own: GitHub.GitHubOptions["faults"] = readJson("faults", flags.faults) ?? [];
  const seed = readNumber("seed", flags.seed, 1);
  return {
    world: worldOf(flags, seed),
    limits: readJson("limits", flags.limits) ?? {},
    ...(audit === undefined ? {} : { auditFile: audit }),
    ...(ghes === undefined ? {} : { server: { version: ghes } }),
    faults: chance === 0 ? own : [...own, ...GitHub.everyFault({ chance, hangs })],
    clock: Clock.real({ factor: readNumber("factor", flags.factor, 1) }),
    latency: readNumber("latency", flags.latency, 0),
    port: readNumber("port", flags.port, 0),
    seed,
  };
};

await serve(async () => {
  const flags = parse();
  if (flags.help !== true) return GitHub.make(toOptions(flags));
  process.stdout.write(usage);
  return null;
});
