import { Words } from "@orchestrator/core/remote/Words";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import { Holder, type LeaseRecord } from "./LeaseRecord.ts";

/** The exit code of a program that gives way to another orchestrator. */
const exitCode = 4;

const words = new Words();

/** Another orchestrator works on the repository. */
export class LeaseHeld extends Schema.TaggedError<LeaseHeld>()("LeaseHeld", {
  /** Who it is, and since when, what to try. */
  message: Schema.String,
  repository: Schema.String,
  /** Where the lease is: `refs/orchestrator/lease`. */
  ref: Schema.String,
  /** Undefined if the ref holds something else than a lease. */
  holder: Schema.optionalKey(Holder),
  /** Until when it has the lease if it does not renew it, in milliseconds of GitHub's clock. */
  until: Schema.optionalKey(Schema.Finite),
}) {
  override readonly [Runtime.errorExitCode] = exitCode;
}

/** Another orchestrator took the lease over, or somebody deleted it: nothing may be launched any more. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", {
  message: Schema.String,
  repository: Schema.String,
  ref: Schema.String,
  /** Who has it now, if that is known. */
  holder: Schema.optionalKey(Holder),
}) {
  override readonly [Runtime.errorExitCode] = exitCode;
}

/** A lease as it was found: what it says and when it was written, by GitHub's clock. */
export interface Found {
  readonly record: LeaseRecord | undefined;
  readonly writtenAt: number;
}

/** The error of a repository on which somebody else works; `now` is by GitHub's clock. */
export const held = (
  repository: string,
  ref: string,
  { record, writtenAt }: Found,
  now?: number,
): LeaseHeld => {
  if (record === undefined) {
    const message = `refs/${ref} of ${repository} is where the lease of an orchestrator belongs, and holds something else. If nobody needs it, ${deletion(ref)}.`;
    return new LeaseHeld({ message, repository, ref: `refs/${ref}` });
  }
  const until = writtenAt + record.seconds * 1000;
  const left = now === undefined ? "after that time" : `in ${Math.ceil((until - now) / 1000)} s`;
  const message =
    `${name(record.holder)} works on ${repository}, since ${iso(record.since ?? writtenAt)}, and has its lease until ${iso(until)} if it does not renew it. ` +
    `Wait for that run, or stop it; if its process is gone, try again ${left}, or ${deletion(ref)}.`;
  return new LeaseHeld({ message, repository, ref: `refs/${ref}`, holder: record.holder, until });
};

/** The error of a run whose lease is somebody else's now. */
export const takenOver = (repository: string, ref: string, found: Found): LeaseLost => {
  const holder = found.record?.holder;
  const by = holder === undefined ? "Somebody else" : name(holder);
  const message = `${by} took over the lease of ${repository} at ${iso(found.writtenAt)}: nothing more is launched here. Let one of the two end, then resume the other.`;
  return new LeaseLost({
    message,
    repository,
    ref: `refs/${ref}`,
    ...(holder === undefined ? {} : { holder }),
  });
};

/** The error of a run whose lease is gone. */
export const deleted = (repository: string, ref: string): LeaseLost => {
  const message = `Somebody deleted the lease of ${repository}, refs/${ref}: nothing more is launched here. Make sure that no other orchestrator works on it, then resume the run.`;
  return new LeaseLost({ message, repository, ref: `refs/${ref}` });
};

/** Everybody who may push could have written it. */
const name = ({ host, process, run }: Holder): string =>
  words.line(`The run ${run} on ${host} (process ${process})`);

const deletion = (ref: string): string =>
  `delete the lease (git push <remote> --delete refs/${ref})`;

const iso = (millis: number): string => {
  const date = new Date(millis);
  return Number.isNaN(date.getTime())
    ? "an unknown time"
    : date.toISOString().replace(/\.\d+Z$/, "Z");
};
