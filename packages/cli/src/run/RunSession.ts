/** The sessions of a project: runs that have a name in common, and whose they are. */
import type { RunEvent, RunState } from "@orchestrator/core";
import { Git } from "@orchestrator/local";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import type * as Project from "./Project.ts";
import * as RunChoice from "./RunChoice.ts";
import * as RunLook from "./RunLook.ts";
import { Screen } from "../terminal/Screen.ts";
import * as Text from "../terminal/Text.ts";

/** `active`: a process works on one of its runs; `open`: one could be gone on with; `ended`: all have ended. */
export const statuses = ["active", "open", "ended"] as const;
export type Status = (typeof statuses)[number];

/** Runs of one name and owner; one without a name is a session of its own, by its id. */
export interface Session {
  readonly session: string;
  readonly owner: string | null;
  readonly status: Status;
  /** Of its latest run. */
  readonly mode: RunState.RunState["mode"];
  readonly metadata: Schema.JsonObject;
  /** The oldest first. */
  readonly runs: ReadonlyArray<{ readonly run: string; readonly status: RunLook.Standing }>;
}

/** No run has such a session. */
export class UnknownSession extends Schema.TaggedError<UnknownSession>()("UnknownSession", {
  session: Schema.String,
  known: Schema.Array(Schema.String),
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.noInput;
  override get message(): string {
    const near = RunChoice.closest(this.session, this.known);
    const hint =
      near === undefined ? "orchestrator sessions lists them" : `Did you mean ${Text.line(near)}?`;
    return `there is no session ${Text.line(this.session)} in this project. ${hint}`;
  }
}

const aboutPeople = ["USER", "LOGNAME"];
const forGit = ["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR"];

/** The session that a new run belongs to: of this name, and of whoever git or the system says works here. */
export const begin = Effect.fn("RunSession.begin")(function* (
  name: Option.Option<string>,
): Effect.fn.Return<RunEvent.RunSession, never, Effect.Services<ReturnType<typeof owner>>> {
  const found = yield* owner();
  return {
    ...(Option.isNone(name) ? {} : { name: name.value }),
    ...(found === undefined ? {} : { owner: found }),
  };
});

const owner = Effect.fnUntraced(function* () {
  const { environment, folder } = yield* Screen;
  const git = yield* Git.make(environment(forGit));
  const asked = Effect.option(git.text(folder, ["config", "--get", "user.name"]));
  const known = environment(aboutPeople);
  const names = [Option.getOrUndefined(yield* asked), ...aboutPeople.map((one) => known[one])];
  return names.map((one) => one?.trim()).find((one) => one !== undefined && one !== "");
});

/** All sessions of a project, the one with the newest run first. */
export const all = Effect.fn("RunSession.all")(function* (opened: Project.Opened) {
  const groups = new Map<string, Array<RunLook.RunLook>>();
  for (const run of yield* opened.journal.runs) {
    // One that cannot be read is told by the command `runs`.
    const look = yield* Effect.option(RunLook.look(opened, run));
    if (Option.isNone(look)) continue;
    const { name, owner: whose } = look.value.state.session ?? {};
    const key = JSON.stringify(name === undefined ? [run] : [name, whose]);
    groups.set(key, [...(groups.get(key) ?? []), look.value]);
  }
  const sessions = Array.from(groups.values(), sessionOf);
  const newest = ({ runs }: Session) => runs.at(-1)!.run;
  return sessions.toSorted((one, other) => (newest(one) < newest(other) ? 1 : -1));
});

const sessionOf = (looks: ReadonlyArray<RunLook.RunLook>): Session => {
  const { id, state } = looks.at(-1)!;
  const runs = looks.map((look) => ({ run: look.id, status: look.standing }));
  return {
    session: state.session?.name ?? id,
    owner: state.session?.owner ?? null,
    status: statusOf(looks),
    mode: state.mode,
    metadata: state.session?.metadata ?? {},
    runs,
  };
};

const statusOf = (looks: ReadonlyArray<RunLook.RunLook>): Status => {
  if (looks.some(({ standing }) => standing === "running")) return "active";
  return looks.every(({ state }) => state.outcome !== undefined) ? "ended" : "open";
};

/** The runs of a session that have not ended, the oldest first. */
export const openRuns = Effect.fn("RunSession.openRuns")(function* (
  opened: Project.Opened,
  name: string,
) {
  const sessions = yield* all(opened);
  const found = sessions.filter(({ session }) => session === name);
  if (found.length === 0) {
    const known = sessions.map(({ session }) => session);
    return yield* new UnknownSession({ session: name, known });
  }
  return found
    .flatMap(({ runs }) => runs)
    .filter(({ status }) => !isEnded(status))
    .map(({ run }) => run);
});

const isEnded = (status: RunLook.Standing): boolean =>
  status !== "running" && status !== "suspended" && status !== "interrupted";
