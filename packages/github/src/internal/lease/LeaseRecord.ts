import * as Schema from "effect/Schema";

/** Who works on a repository. */
export const Holder = Schema.Struct({
  run: Schema.String,
  /** Different for every machine. */
  host: Schema.String,
  /** Different for every process of a machine, as its number. */
  process: Schema.String,
  /** What that process itself can be told by on its machine, where others may look whether it is gone. */
  mark: Schema.optionalKey(Schema.String),
});
export type Holder = typeof Holder.Type;

const Wire = Schema.Struct({
  v: Schema.Literal(1),
  ...Holder.fields,
  seconds: Schema.Finite.check(Schema.isBetween({ minimum: 1, maximum: 86_400 })),
  epoch: Schema.Int,
  since: Schema.optionalKey(Schema.Finite),
  claim: Schema.String,
});

/** What the commit of a lease says. */
export interface LeaseRecord {
  readonly holder: Holder;
  /** How long it lasts from the date of its commit. */
  readonly seconds: number;
  /** How many holders there have been since the ref was created, this one included. */
  readonly epoch: number;
  /** Since when the same holder has it, in milliseconds of GitHub's clock; the first commit is that moment. */
  readonly since: number | undefined;
  /** Different for every commit: commits that say the same at the same time are one. */
  readonly claim: string;
}

/** What GitHub takes for a mention or a reference, wherever it reads a commit. */
const telling = /[@#]/g;

/** The message of a commit; its last line is for programs. */
export const print = ({ holder, ...rest }: LeaseRecord): string => {
  const wire = JSON.stringify({ v: 1, ...holder, ...rest });
  const quiet = wire.replace(telling, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return `${title}\n\n${explanation}\n\n${quiet}\n`;
};

const title = "Lease of an orchestrator";

/** For people who find the ref. */
export const explanation =
  "One orchestrator at a time works on this repository; this ref says which one. It is renewed\n" +
  "while that one works and deleted when it ends. Delete it only if that process is gone.";

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Wire));

/** What a message says; undefined if it is no lease. */
export const read = (message: string): LeaseRecord | undefined => {
  const parsed = decode(message.trimEnd().split("\n").at(-1));
  if (parsed._tag === "None") return undefined;
  const { claim, epoch, host, mark, process, run, seconds, since } = parsed.value;
  const holder = { run, host, process, ...(mark === undefined ? {} : { mark }) };
  return { holder, seconds, epoch, since, claim };
};
