/** The figures as Markdown. */
import { codegenReport } from "./report/codegen.mjs";
import { durableReport } from "./report/durable.mjs";
import { githubReport } from "./report/github.mjs";
import { graphReport } from "./report/graph.mjs";

const intro = `# Benchmarks

\`pnpm bench\` builds the packages, installs the peers here, outside the workspace, measures everything and writes this page and \`results.json\`. It takes about half an hour. \`pnpm bench graph\`, \`durable\`, \`codegen\` and \`github\` measure and rewrite one part; with \`--quick\` small sizes are measured, and only printed. All figures of a part are of one run. Each case runs in a fresh process on the built \`dist\` of \`packages/core\`, \`packages/local\` and \`packages/codegen\`; \`github\` counts requests, of the sources of \`packages/github\`. What is durable is written to the system's folder for temporary files, or to \`ORCHESTRATOR_BENCH_FOLDER\`, which must lie on a disk. PostgreSQL is the system's own (\`apt-get install postgresql\`); a peer that cannot be installed or started is listed with the reason.`;

/** The page, of the parts that were measured. */
export const report = ({ codegen, durable, github, graph }) =>
  `${[
    intro,
    ...(durable === undefined ? [] : [durableReport(durable)]),
    ...(graph === undefined ? [] : [graphReport(graph)]),
    ...(codegen === undefined ? [] : [codegenReport(codegen)]),
    ...(github === undefined ? [] : [githubReport(github)]),
  ].join("\n\n")}\n`;
