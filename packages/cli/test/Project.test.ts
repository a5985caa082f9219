import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import * as NodeServices from "@effect/platform-node/NodeServices";
import { describe, expect, it } from "@effect/vitest";
import { GitHub } from "@orchestrator/fakes";
import * as WorkflowFile from "@orchestrator/local/WorkflowFile";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as fc from "fast-check";
import * as Parts from "../src/project/Parts.ts";
import * as ProjectPath from "../src/project/ProjectPath.ts";
import * as TemplateText from "../src/project/TemplateText.ts";
import * as Documents from "./support/Documents.ts";
import * as Screens from "./support/Screens.ts";

/** Every file below a folder with its text. */
const filesIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile())
      .filter((name) => !/\.orchestrator\/(?:runs|journal)/.test(name))
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

/** A screen, and calls in a project that was made on it. */
const made = Effect.fnUntraced(function* (
  template: string,
  args: ReadonlyArray<string> = [],
  options: Screens.Options = {},
) {
  const place = yield* Screens.make(options);
  const create = ["project", "create", "shop", "--template", template, ...args];
  const exit = yield* place.call(...create);
  expect({ exit, error: place.error() }).toEqual({ exit: Exit.void, error: expect.anything() });
  const folder = join(place.folder, "shop");
  Object.assign(place.screen, { folder });
  return { ...place, folder, root: place.folder, create };
});

const write = (file: string, text: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const live = <E>(
  name: string,
  effect: () => Effect.Effect<void, E, NodeServices.NodeServices | Scope.Scope>,
) => it.live(name, () => effect().pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

const inFolder = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const before = process.cwd();
      process.chdir(folder);
      return before;
    }),
    (before) => Effect.sync(() => process.chdir(before)),
  );

const programs = {
  claude: 'echo "2.0.0 (Claude Code)"',
  node: `exec '${process.execPath}' "$@"`,
};

describe("each template", () => {
  const all: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
    ["github-codegen", ["--set", "repository=acme/shop"]],
    ["local-agents", []],
    ["library", ["--folders"]],
    ["ci", []],
  ];
  for (const [template, args] of all) {
    live(`makes a project whose first command runs as its README says: ${template}`, () =>
      Effect.gen(function* () {
        const fake = yield* Effect.acquireRelease(
          Effect.promise(() =>
            GitHub.make({
              world: {
                users: ["operator"],
                orgs: [{ login: "acme", members: ["operator"] }],
                repos: [
                  {
                    name: "acme/shop",
                    permissions: { operator: "admin" },
                    issues: [{ title: "Design" }],
                  },
                ],
                tokens: [{ token: "ghp_x", kind: "classic", user: "operator", scopes: ["repo"] }],
              },
            }),
          ),
          (server) => Effect.promise(() => server.close()),
        );
        const environment = {
          GITHUB_API_URL: fake.api,
          GITHUB_TOKEN: fake.token,
          CODEGEN_ORG_ID: "7",
          CODEGEN_API_TOKEN: "fake",
        };
        const place = yield* made(template, args, { environment, programs });
        const { call, folder } = place;
        const before = filesIn(folder);
        for (const name of ["orchestrator.yaml", "README.md", "AGENTS.md", ".gitignore"]) {
          expect(Object.keys(before)).toContain(name);
        }
        expect(Object.values(before).join("\n")).not.toMatch(/\{\{ (?:name|repository|agent) \}\}/);
        for (const [name, text] of Object.entries(before)) {
          if (!name.startsWith(".orchestrator/workflows/")) continue;
          const parsed = WorkflowFile.parse(text, name);
          expect(Result.getFailure(parsed)).toEqual(Option.none());
        }

        expect(yield* call("project", "docs")).toEqual(Exit.void);
        expect(filesIn(folder)).toEqual(before);
        Object.assign(place.screen, { folder: place.root });
        expect(yield* call(...place.create)).toEqual(Exit.void);
        expect(filesIn(folder)).toEqual(before);

        Object.assign(place.screen, { folder });
        const first = /## First\n\n```sh\norchestrator (.*)\n```/.exec(before["README.md"]!)![1]!;
        expect(place.out()).toContain(`next: cd shop && orchestrator ${first}`);
        // What a plan file is called is looked up where the process is.
        yield* inFolder(folder);
        const exit = yield* call(...first.split(" "));
        expect({ exit, error: place.error() }).toEqual({
          exit: Exit.void,
          error: expect.anything(),
        });
      }),
    );
  }
});

describe("orchestrator project", () => {
  live("shows in a dry run what it would write, and writes nothing", () =>
    Effect.gen(function* () {
      const { call, folder, out } = yield* Screens.make({});
      yield* call("project", "create", "shop", "-t", "library", "--dry-run");
      expect(out()).toMatch(/^--- \/dev\/null\n\+\+\+ b\/\.gitignore\n@@ -0,0 \+1,\d @@\n\+/);
      expect(out()).toContain('+  "name": "shop",');
      expect(existsSync(join(folder, "shop"))).toBe(false);
    }),
  );

  live("keeps every file that is there, and tells programs what became of each", () =>
    Effect.gen(function* () {
      const { call, folder, out } = yield* Screens.make({
        files: { "README.md": "mine\n", "plan.yaml": "tasks: [{ id: own, run: x }]\n" },
      });
      yield* call("project", "create", "shop", "-t", "library", "--here", "--json");
      const { files } = JSON.parse(out()) as { files: Array<{ file: string; did: string }> };
      expect(files).toContainEqual({ file: "README.md", did: "kept" });
      expect(files).toContainEqual({ file: "AGENTS.md", did: "written" });
      expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("mine\n");
    }),
  );

  live("changes only its own parts of documents, and shows them before if asked", () =>
    Effect.gen(function* () {
      const place = yield* made("ci");
      const readme = join(place.folder, "README.md");
      const own = readFileSync(readme, "utf8").replace("# shop", "# shop\n\nMine | <b>too</b>.");
      write(readme, own);
      write(
        join(place.folder, ".orchestrator/workflows/evil.yaml"),
        'description: "<!-- orchestrator:end workflows --> @acme `x`"\ntasks: [{ id: a, run: x }]\n',
      );
      yield* place.call("project", "docs", "--dry-run");
      expect(place.out()).toContain("+++ b/README.md");
      expect(readFileSync(readme, "utf8")).toBe(own);
      yield* place.call("project", "docs");
      const text = readFileSync(readme, "utf8");
      expect(text).toContain("- `evil`");
      expect(text.match(/^<!-- orchestrator:end workflows -->$/gm)).toHaveLength(1);
      const outside = (whole: string) => {
        const { text: left } = Parts.update(whole, () => []);
        return left;
      };
      expect(outside(text)).toBe(outside(own));
      yield* place.call("project", "docs");
      expect(readFileSync(readme, "utf8")).toBe(text);
    }),
  );

  live("refuses broken parts with their lines, and changes no document", () =>
    Effect.gen(function* () {
      const place = yield* made("ci");
      write(join(place.folder, "README.md"), "x\n<!-- orchestrator:begin plan -->\nmine\n");
      write(join(place.folder, "plan.yaml"), "tasks: [{ id: new, run: x }]\n");
      const agents = readFileSync(join(place.folder, "AGENTS.md"), "utf8");
      const exit = yield* place.call("project", "docs");
      expect(String(exit)).toContain('README.md:2: the part "plan" has no end');
      expect(readFileSync(join(place.folder, "AGENTS.md"), "utf8")).toBe(agents);
    }),
  );

  live("takes own templates from a folder that the flag or the configuration names", () =>
    Effect.gen(function* () {
      const { call, folder, out } = yield* Screens.make({
        files: { "orchestrator.yaml": "project: { templates: own }\n" },
      });
      write(
        join(folder, "own/mini/template.yaml"),
        'description: Small\nfirst: "{{ tool }} {{ name }}"\nparameters: { tool: {} }\n',
      );
      write(
        join(folder, "own/mini/files/{{ name }}/dot.env.txt"),
        "{{ tool }} ${{ github.token }} {{ params.x }} {{ item }}\n",
      );
      yield* call("project", "list", "--templates", "--json");
      expect(JSON.parse(out())).toContainEqual({
        name: "mini",
        description: "Small",
        parameters: ["tool"],
        built_in: false,
      });
      yield* call("project", "create", "a", "-t", "mini", "--set", "tool=make");
      expect(readFileSync(join(folder, "a/a/.env.txt"), "utf8")).toBe(
        "make ${{ github.token }} {{ params.x }} {{ item }}\n",
      );
      expect(out()).toContain("next: cd a && make a");
    }),
  );

  live("makes what the guide says of templates", () =>
    Effect.gen(function* () {
      const guide = Documents.blocks.filter(({ file }) => file.endsWith("projects.md"));
      const textOf = (first: string) => guide.find(({ text }) => text.startsWith(first))!.text;
      const { call, folder } = yield* Screens.make({});
      const template = join(folder, "templates/service");
      write(join(template, "template.yaml"), textOf("description: "));
      write(join(template, "files/README.md"), textOf("<!-- orchestrator:begin workflows -->"));
      write(join(template, "files/src/{{ name }}.js"), "// {{ owner }}\n");
      const args = ["payments", "--template", "service", "--template-dir", "templates"];
      expect(yield* call("project", "create", ...args, "--folders")).toEqual(Exit.void);
      const files = filesIn(join(folder, "payments"));
      expect(files["src/payments.js"]).toBe("// platform\n");
      expect(files["README.md"]).toContain("-->\nThere are no workflows yet.\n<!--");
      expect(files["orchestrator.yaml"]).toContain("  repository: acme/payments");
      expect(files["src/README.md"]).toContain("\n- `payments.js`\n");
      expect(Object.keys(files)).toContain("plan.yaml");
    }),
  );

  live("refuses templates, names and values that reach out, and writes nothing", () =>
    Effect.gen(function* () {
      const { call, folder } = yield* Screens.make({});
      const own = join(folder, "own");
      const manifest = "description: Small\nfirst: make\n";
      write(join(own, "link/template.yaml"), manifest);
      mkdirSync(join(own, "link/files"));
      symlinkSync("/etc/hostname", join(own, "link/files/hostname"));
      write(join(own, "git/template.yaml"), manifest);
      write(join(own, "git/files/dot.git/config"), "x");
      write(join(own, "odd/template.yaml"), `${manifest}fist: x\n`);
      write(join(own, "typo/template.yaml"), manifest);
      write(join(own, "typo/files/a.txt"), "one\n{{ nmae }}");
      const told = (name: string, template: string, ...args: ReadonlyArray<string>) =>
        Effect.map(
          call("project", "create", name, "-t", template, "--template-dir", own, ...args),
          String,
        );
      expect(yield* told("a", "link")).toContain("this is a symbolic link");
      expect(yield* told("a", "git")).toContain('holds the reserved name ".git"');
      expect(yield* told("a", "odd")).toContain("template.yaml:3:1 fist: unknown key");
      expect(yield* told("a", "typo")).toContain("a.txt:2: nothing is known of the placeholder");
      expect(yield* told("a", "librari")).toContain('Did you mean "library"?');
      expect(yield* told("../a", "library")).toContain("The name of a project must be");
      expect(yield* told("CON", "library")).toContain("is reserved");
      expect(yield* told("a", "github-codegen")).toContain("needs --set repository=VALUE");
      expect(yield* told("a", "github-codegen", "--set", "repository=a: [b")).toContain("must be");
      mkdirSync(join(folder, "b"));
      symlinkSync(own, join(folder, "b/src"));
      expect(yield* told("b", "library")).toContain("is a link that leads out of the project");
      symlinkSync(own, join(folder, "c"));
      expect(yield* told("c", "library")).toContain("is a symbolic link");
      expect(readdirSync(join(folder, "b"))).toEqual(["src"]);
      expect(readdirSync(folder).toSorted()).toEqual(["b", "c", "own"]);
      expect(readdirSync(own).toSorted()).toEqual(["git", "link", "odd", "typo"]);
    }),
  );

  live("lists the projects here and shows one, its keys without their values", () =>
    Effect.gen(function* () {
      const place = yield* made("library");
      yield* place.call("project", "list");
      expect(place.out()).toMatch(/\nshop {5}library {3}\S+\/shop$/);
      const from = place.out().length;
      yield* place.call("project", "show", "--json");
      expect(JSON.parse(place.out().slice(from))).toMatchObject({
        name: "shop",
        template: "library",
        first: "orchestrator run",
        workflows: [{ name: "check", parameters: [{ name: "file", default: "src/index.js" }] }],
        plan: [{ id: "syntax" }, { id: "load" }, { id: "test", dependsOn: ["syntax", "load"] }],
        documents: ["README.md", "AGENTS.md"],
      });
    }),
  );
});

describe("the parts of a document", () => {
  const line = fc.constantFrom(
    "text",
    "",
    "<!-- orchestrator:begin a -->",
    "<!-- orchestrator:end a -->",
    "<!-- orchestrator:begin b (kept) -->",
    "<!-- orchestrator:end b -->",
    " <!-- orchestrator:begin c -->",
  );

  it("are the same after a second time, and nothing around them changes", () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, isWindows) => {
        const text = lines.join(isWindows ? "\r\n" : "\n");
        const known = (name: string) => (name === "c" ? undefined : [`of ${name}`, ""]);
        const once = Parts.update(text, known);
        if (once.problems.length > 0) {
          expect(once.text).toBe(text);
          return;
        }
        expect(Parts.update(once.text, known)).toEqual(once);
        const bare = (whole: string) => Parts.update(whole, () => []).text;
        expect(bare(once.text)).toBe(bare(text));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a document that shows how parts are written", () => {
  it("keeps them as they are in its blocks of code", () => {
    const begin = "<!-- orchestrator:begin a -->";
    const end = "<!-- orchestrator:end a -->";
    const shown = ["~~~~md", begin, "```", end, "~~~", "~~~~"];
    const { text } = Parts.update([...shown, begin, end].join("\n"), () => ["new"]);
    expect(text.split("\n")).toEqual([...shown, begin, "new", end]);
  });
});

describe("what a template is given", () => {
  it("fills in what it knows, once, and leaves workflows and GitHub theirs", () => {
    const values = { name: "{{ agent }}", agent: "x" };
    expect(TemplateText.fill("{{name}} ${{ name }} {{ tasks.a.output }}", values, "f")).toEqual({
      text: "{{ agent }} ${{ name }} {{ tasks.a.output }}",
      problems: [],
    });
  });

  it.each(["../x", "a/../b", "/etc/x", "a//b", "a\\b", "c:x", ".git/config", "a/.GIT/x", "b.", ""])(
    "has no files at %j",
    (path) => {
      expect(ProjectPath.wrongPath(path)).toBeDefined();
    },
  );

  it.each(["src/index.js", ".github/workflows/ci.yml", "a/b/c.d.ts"])("has files at %s", (path) => {
    expect(ProjectPath.wrongPath(path)).toBeUndefined();
  });
});
