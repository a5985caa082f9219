/** `orchestrator sessions`: runs that belong together. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as CancelRun from "../operator/CancelRun.ts";
import * as JsonAnswer from "../terminal/JsonAnswer.ts";
import * as Project from "../run/Project.ts";
import * as ResumeRun from "../run/ResumeRun.ts";
import * as RunSession from "../run/RunSession.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";
import * as SessionsTable from "../view/SessionsTable.ts";
import { isName, naming, nameWanted, off } from "./Flags.ts";
import { allowHost, configOr } from "./PlanFlags.ts";
import { work } from "./ResumeCommand.ts";

const name = Argument.String("session").pipe(
  Argument.filter(isName, nameWanted),
  Argument.withDescription("The name of the session, or the id of a run that has none"),
);

const close = Command.make(
  "close",
  { name, config: configOr, allowHost, json: JsonAnswer.flag },
  ({ json, ...options }) =>
    JsonAnswer.given(
      json,
      Effect.scoped(
        Effect.gen(function* () {
          const { out } = yield* Screen;
          const opened = yield* Project.open();
          const runs = yield* RunSession.openRuns(opened, options.name);
          for (const run of runs) {
            yield* CancelRun.cancel({ ...options, what: run, run: Option.none() });
          }
          const said = Text.line(options.name);
          if (runs.length === 0) yield* out.print(`All runs of ${said} have ended already.`);
          return { session: options.name, cancelled: runs };
        }),
      ),
    ),
).pipe(Command.withDescription("Cancel every run of a session that has not ended"));

const resume = Command.make(
  "resume",
  { name, ...work },
  Effect.fn("SessionsCommand.resume")(function* ({ name: session, ...options }) {
    const opened = yield* Project.open();
    const latest = (yield* RunSession.openRuns(opened, session)).at(-1);
    if (latest === undefined) {
      const { out } = yield* Screen;
      return yield* out.print(`All runs of ${Text.line(session)} have ended.`);
    }
    yield* ResumeRun.resume({ ...opened, run: latest, name: latest }, options);
  }, Effect.scoped),
).pipe(Command.withDescription("Go on with the latest run of a session that has not ended"));

/** Lists sessions, and goes on with one or closes it. */
export const command = Command.make(
  "sessions",
  {
    owner: naming("owner", "NAME", "Only those of this person"),
    status: Flag.Literals("status", RunSession.statuses).pipe(
      Flag.withDescription(
        "active: at work; open: may be gone on with; ended: all its runs have ended",
      ),
      Flag.optional,
    ),
    json: off("json", "Print one JSON array"),
  },
  Effect.fn("SessionsCommand")(function* ({ json, owner, status }) {
    const { out } = yield* Screen;
    const fits = (one: RunSession.Session): boolean =>
      (Option.isNone(owner) || one.owner === owner.value) &&
      (Option.isNone(status) || one.status === status.value);
    const found = (yield* RunSession.all(yield* Project.open())).filter(fits);
    if (json) return yield* out.print(Text.json(JSON.stringify(found, undefined, 2)));
    if (found.length === 0) return yield* out.print("No such sessions.");
    yield* out.print(SessionsTable.lines(found, out.size()?.columns, out.paint).join("\n"));
  }, Effect.scoped),
).pipe(
  Command.withDescription("List the sessions of this project: whose runs belong together"),
  Command.withExamples([
    { command: "orchestrator run --session release-5", description: "a run of a session" },
    { command: "orchestrator sessions --status open" },
    { command: "orchestrator sessions close release-5", description: "cancel what has not ended" },
  ]),
  Command.withSubcommands([resume, close]),
);
