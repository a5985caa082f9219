import { parseArgs } from "node:util";
import { everyFault } from "./codegen/everyFault.ts";
import * as GitHub from "./github/GitHub.ts";
import * as Joined from "./joined.ts";
import * as Clock from "./shared/Clock.ts";
import { readJson, readNumber, serve } from "./shared/command.ts";

const usage = `node fakes/src/joined-server.ts [options]

Runs a fake of the Codegen API and one of GitHub on loopback until SIGTERM or SIGINT. Agent runs of
the one open pull requests in the other. The first line is JSON: {"codegen": URL, "github": URL}.

  --codegen FILE        JSON: script, faults, limits, orgs, users, repos, tokens
  --github FILE         JSON: world, faults, limits
  --opens FILE          JSON: a list of { match, opens }: what agents deliver
  --every-fault P       adds every kind of passing fault to both, each with this chance per request
  --no-hangs            --every-fault leaves out requests that hang for ever
  --codegen-audit FILE  appends a line of JSON per request, and one with the summary at the end
  --github-audit FILE   likewise, with a line for each deed
  --factor N            the fakes' time passes N times as fast
  --seed N              default: 1
`;

const parse = () =>
  parseArgs({
    options: {
      codegen: { type: "string" },
      github: { type: "string" },
      opens: { type: "string" },
      "every-fault": { type: "string" },
      "no-hangs": { type: "boolean" },
      "codegen-audit": { type: "string" },
      "github-audit": { type: "string" },
      factor: { type: "string" },
      seed: { type: "string" },
      help: { type: "boolean" },
    },
  }).values;

type Flags = ReturnType<typeof parse>;

type CodegenOptions = NonNullable<Joined.JoinedOptions["codegen"]>;
type GitHubOptions = NonNullable<Joined.JoinedOptions["github"]>;

const toOptions = (flags: Flags): Joined.JoinedOptions => {
  const codegen: CodegenOptions = readJson("codegen", flags.codegen) ?? {};
  const github: GitHubOptions = readJson("github", flags.github) ?? {};
  const chance = readNumber("every-fault", flags["every-fault"], 0);
  const drawn = { chance, hangs: flags["no-hangs"] !== true };
  const all = chance > 0;
  const { "codegen-audit": ofCodegen, "github-audit": ofGitHub } = flags;
  return {
    codegen: {
      ...codegen,
      faults: [...(codegen.faults ?? []), ...(all ? everyFault(drawn) : [])],
      ...(ofCodegen === undefined ? {} : { auditFile: ofCodegen }),
    },
    github: {
      ...github,
      faults: [...(github.faults ?? []), ...(all ? GitHub.everyFault(drawn) : [])],
      ...(ofGitHub === undefined ? {} : { auditFile: ofGitHub }),
    },
    opens: readJson("opens", flags.opens) ?? [],
    clock: Clock.real({ factor: readNumber("factor", flags.factor, 1) }),
    seed: readNumber("seed", flags.seed, 1),
  };
};

await serve(async () => {
  const flags = parse();
  if (flags.help === true) {
    process.stdout.write(usage);
    return null;
  }
  const { codegen, github, close, opened } = await Joined.make(toOptions(flags));
  return {
    url: JSON.stringify({ codegen: codegen.url, github: github.url }),
    audit: github.audit,
    summary: () => {
      codegen.audit.write({ summary: codegen.summary() });
      return { ...github.summary(), opened: opened() };
    },
    close,
  };
});
