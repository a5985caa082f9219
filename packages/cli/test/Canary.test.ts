/** Plants secrets wherever a secret can be, lets the command do what it can, and looks for them wherever they could come out. */
import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "@effect/vitest";
import { Clock, Joined } from "@orchestrator/fakes";
import * as Effect from "effect/Effect";
import * as Command from "./support/Command.ts";
import * as Recorder from "./support/Recorder.ts";

/** What makes the forms of a value differ, around what is looked for. */
const planted = (core: string): string => `a+/"&<%\\${core}>'=z`;

const cores = {
  github: "Gh7Kq2mWx9ZtRb4LcVn8",
  codegen: "Cg3Vx8nPz5YwTd6JhMk1",
  collector: "Ot9Bf4sQu7LrXe2GyDj6",
  command: "Cm5Hw1tNk8VsPa3ZiFo9",
} as const;

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs1",
  format: "pem",
}) as string;

/** A line from the middle of the key. */
const keyLine = key.split("\n")[7]!;

const secrets = [...Object.values(cores), keyLine];

/** Parts that a text with the secret holds in some form: in base64 wherever it stands in what was encoded. */
const formsOf = (secret: string): ReadonlyArray<string> => {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return text.slice(4, -4);
  });
  // A half is too much already. Escapes for URLs, JSON and HTML leave letters and digits alone.
  const halves = [secret.slice(0, secret.length / 2), secret.slice(secret.length / 2)];
  return [...halves, hex, hex.toUpperCase(), ...base64, ...base64.map(urlSafe)];
};

const urlSafe = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_");

const needles = secrets.flatMap((secret) =>
  formsOf(secret).map((form) => ({ secret, bytes: Buffer.from(form) })),
);

interface Sink {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Where which secret was found. */
const leaksOf = (sinks: ReadonlyArray<Sink>): ReadonlyArray<string> => [
  ...new Set(
    sinks.flatMap(({ bytes, name }) =>
      needles
        .filter((needle) => bytes.includes(needle.bytes))
        .map(({ secret }) => `${name}: ${secret}`),
    ),
  ),
];

const filesOf = (root: string): ReadonlyArray<Sink> =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(`${root}/${name}`).isFile())
    .map((name) => ({ name, bytes: readFileSync(`${root}/${name}`) }));

/** All but the header that is for the secret. */
const requestsOf = (
  name: string,
  { requests }: Recorder.Recorder,
  meant: string,
): ReadonlyArray<Sink> =>
  requests.map(({ body, headers, method, url }, index) => {
    const others = Object.entries(headers).filter(([header]) => header !== meant);
    return {
      name: `${name} request ${index + 1} ${method} ${url}`,
      bytes: Buffer.from(`${method} ${url}\n${JSON.stringify(others)}\n${body}`),
    };
  });

/** A command that prints what it was given in all ways it knows, and hands it on. */
const printing = [
  "echo raw $DEPLOY_TOKEN",
  "printf %s $DEPLOY_TOKEN | base64",
  "printf user:%s $DEPLOY_TOKEN | base64",
  "printf %s $DEPLOY_TOKEN | od -An -tx1 | tr -d ' \\n'",
  "echo",
  "echo token=$DEPLOY_TOKEN > $ORCHESTRATOR_OUTPUT",
];

const planOf = (secret: string): string =>
  JSON.stringify({
    isolation: "none",
    defaults: { env: { DEPLOY_TOKEN: secret }, retry: { attempts: 0 } },
    tasks: [
      { id: "prints", run: printing.join("; ") },
      { id: "fails", run: `${printing.join("; ")}; exit 3`, dependsOn: ["prints"] },
    ],
  });

const factor = 30;

const world = (issues: ReadonlyArray<{ title: string; body: string }>) => ({
  users: ["operator"],
  orgs: [{ login: "acme", members: ["operator"] }],
  repos: [{ name: "acme/shop", permissions: { operator: "admin" } as const, issues }],
  tokens: [
    { token: "fake", user: "operator", kind: "classic" as const, scopes: ["repo", "project"] },
  ],
});

const configOf = (github: string, codegen: string): string => `github:
  repository: acme/shop
codegen:
  org_id: 1
  api_token: \${ODDLY_NAMED}
  base_url: ${codegen}
  launch_deadline_seconds: 10
  settle_seconds: 10
agent:
  retry_delay_seconds: 1
automation:
  auto_merge_on_success: true
`;

const appOf = `github:
  repository: acme/shop
  app_id: 12345
  installation_id: 67890
  private_key: \${APP_KEY}
`;

describe("a secret", () => {
  it.live(
    "comes out nowhere, whatever it was given as and whoever says it",
    () =>
      Effect.gen(function* () {
        const tokens = {
          github: planted(cores.github),
          codegen: planted(cores.codegen),
          command: `x${cores.command}x`,
        };
        const encoded = Buffer.from(`x-access-token:${tokens.github}`).toString("base64");
        const body = `My token is ${tokens.github}, or ${encoded}.`;
        const { codegen, github } = yield* Effect.acquireRelease(
          Effect.promise(() =>
            Joined.make({
              clock: Clock.real({ factor: 36 }),
              codegen: {
                script: { fallback: { seconds: 5, result: `I used ${tokens.codegen}: ${body}` } },
                repos: [{ id: 7001, orgId: 1, full_name: "acme/shop" }],
              },
              github: {
                world: world([
                  { title: `Rotate ${tokens.github}`, body },
                  { title: "Logo", body },
                ]),
              },
            }),
          ),
          (made) => Effect.promise(() => made.close()),
        );
        let isRude = false;
        const echoes = (_: Recorder.Recorded, count: number) => isRude && count % 2 === 0;
        const atGitHub = yield* Recorder.front({ target: github.url, token: github.token, echoes });
        const atCodegen = yield* Recorder.front({
          target: codegen.url,
          token: codegen.token,
          echoes,
        });
        const collector = yield* Recorder.collector;
        const files = {
          "config.yaml": configOf(atGitHub.url, atCodegen.url),
          "app.yaml": appOf,
          "local.json": planOf(tokens.command),
        };
        const environment = {
          GITHUB_API_URL: github.api.replace(github.url, atGitHub.url),
          GITHUB_TOKEN: tokens.github,
          ODDLY_NAMED: tokens.codegen,
          APP_KEY: key,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_HEADERS: `x-key=${encodeURIComponent(planted(cores.collector))}`,
        };
        // Only agents elsewhere take their time.
        const fast = yield* Command.folder(files, { environment, factor });
        const folder = yield* Command.folder(files, { environment });
        const outputs: Array<Sink> = [];
        const codes: Array<number | null> = [];
        const runIn = Effect.fnUntraced(function* (
          place: Command.Folder,
          ...args: ReadonlyArray<string>
        ) {
          const { code, error, out } = yield* place.run(...args);
          codes.push(code);
          outputs.push(
            { name: `standard output of ${args.join(" ")}`, bytes: Buffer.from(out) },
            { name: `standard error of ${args.join(" ")}`, bytes: Buffer.from(error) },
          );
        });
        const backlog = ["run", "--config", "config.yaml", "--debug", "--json"] as const;
        yield* runIn(folder, "plan", "--config", "config.yaml", "--verbose");
        yield* runIn(fast, ...backlog, "--results", "r.json");
        isRude = true;
        yield* runIn(folder, "doctor", "--config", "config.yaml");
        yield* runIn(folder, "doctor", "--config", "app.yaml", "--json");
        isRude = false;
        yield* runIn(folder, "run", "local.json", "--verbose", "--results", "results.csv");
        yield* runIn(folder, "export", "--format", "ndjson", "--output", "events.ndjson");
        yield* runIn(folder, "config", "show", "--config", "config.yaml");

        const sinks = [
          ...outputs,
          ...filesOf(fast.path),
          ...filesOf(folder.path),
          ...requestsOf("GitHub", atGitHub, "authorization"),
          ...requestsOf("Codegen", atCodegen, "authorization"),
          ...requestsOf("collector", collector, "x-key"),
        ];
        const bytes = sinks.reduce((sum, sink) => sum + sink.bytes.length, 0);
        console.log(`${sinks.length} sinks, ${bytes} bytes, exit codes ${codes.join(" ")}`);
        // What a plan declares for a command is in the plan, and in the journal that replaces it.
        const own = [`local.json: ${cores.command}`, `.orchestrator/journal.db: ${cores.command}`];
        const leaks = leaksOf(sinks).filter((leak) => !own.includes(leak.replace("-wal", "")));
        expect(leaks).toEqual([]);

        // It was there to be found: in what was sent for it, and in what was taken out.
        const sent = [atGitHub, atCodegen].flatMap(({ requests }) => requests);
        expect(sent.some(({ headers }) => headers["authorization"]?.includes(cores.github))).toBe(
          true,
        );
        expect(
          collector.requests.every(({ headers }) => headers["x-key"]?.includes(cores.collector)),
        ).toBe(true);
        const told = (name: RegExp) => sinks.filter((sink) => name.test(sink.name));
        const places = [
          /^standard output of plan/,
          /^standard output of run --config/,
          /^standard error of run local/,
          /log\.ndjson$/,
          /logs\/fails-1\.log$/,
          /^r\.json$/,
          /^results\.csv$/,
          /^events\.ndjson$/,
          /^Codegen request \d+ POST/,
          /^collector request \d+ POST \/v1\/logs/,
        ];
        const untold = places.filter(
          (name) => !told(name).some((sink) => sink.bytes.includes("[redacted]")),
        );
        expect(untold).toEqual([]);
      }),
    // Seven processes and two services.
    120_000,
  );
});
