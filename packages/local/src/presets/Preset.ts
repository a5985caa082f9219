/** What the orchestrator knows of a coding agent that is a program of this machine. */
import type { Agent } from "@orchestrator/core";

/** An event of a coding agent: a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the events of one agent run amount to. */
export interface Account {
  /** By which the coding agent itself knows what it did. */
  readonly session?: string | undefined;
  /** The last thing it said. */
  readonly result?: string | undefined;
  readonly usage?: Agent.Usage | undefined;
  /** The tools that it wanted and was not allowed to use. */
  readonly denied?: ReadonlyArray<string>;
  /** How it says it ended; undefined: it does not, so it was cut off. */
  readonly outcome: "succeeded" | Complaint | undefined;
}

/** Why a coding agent says that it did not succeed. */
export interface Complaint {
  readonly message: string;
  /** The status of the answer of its API. */
  readonly status?: number | undefined;
  /** When it may be asked again, in seconds since 1970. */
  readonly resetsAt?: number | undefined;
}

/** Takes the events of one agent run in, one by one. What it does not know it leaves alone. */
export interface Reader {
  /** Takes the next event; answers with a sentence on what the agent does, if the event tells that. */
  readonly take: (event: Fields) => string | undefined;
  /** What the events so far amount to. */
  readonly account: () => Account;
}

/** What keeps a coding agent to the least that its work needs. */
export interface Permissions {
  readonly args: ReadonlyArray<string>;
  /** Variables that it gets unless somebody sets them. */
  readonly variables: Readonly<Record<string, string>>;
  /** The arguments that say something else; with one of them, nothing of the above is given. */
  readonly replacedBy: ReadonlyArray<string>;
}

/** One coding agent: how it is started, what it gets, and how its events are read. */
export interface Preset {
  /** The name that tasks route to, and that of its program. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** The arguments that make it take a prompt on standard input and print events. */
  readonly args: ReadonlyArray<string>;
  readonly permissions: Permissions;
  /** The variables of the environment that it gets if they are set. */
  readonly environment: ReadonlyArray<string>;
  /** What every end of it says of its usage. */
  readonly measures: ReadonlyArray<"cost" | "tokens">;
  /** How it is installed. */
  readonly install: string;
  /** How a person signs in. */
  readonly signIn: string;
  /** Reads the events of an agent run that works in a folder. */
  readonly reader: (folder: string) => Reader;
}
