/** Sessions as a table for people. */
import type { Paint } from "../terminal/Paint.ts";
import type { Session } from "../run/RunSession.ts";
import * as Text from "../terminal/Text.ts";
import * as Table from "./Table.ts";

/** A line for the titles and one for each session. */
export const lines = (
  sessions: ReadonlyArray<Session>,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> =>
  Table.lines(
    [
      { title: "SESSION", least: 10 },
      { title: "STATE" },
      { title: "RUNS", isRight: true },
      { title: "MODE" },
      { title: "LATEST" },
      { title: "OWNER" },
    ],
    sessions.map(({ mode, owner, runs, session, status }) => [
      { text: Text.line(session, 60) },
      { text: status },
      { text: String(runs.length) },
      { text: mode },
      { text: Text.line(runs.at(-1)!.run, 40) },
      { text: Text.line(owner ?? "", 40) },
    ]),
    columns,
    (title) => paint("bold", title),
  );
