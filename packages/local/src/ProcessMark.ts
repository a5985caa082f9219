/**
 * What names a process for ever, so that another one can tell that it is gone.
 *
 * Only a process of the same boot and the same namespace is known by its number: what another
 * machine or another container wrote says nothing here, whatever they are called.
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Schema from "effect/Schema";
import * as ProcessIdentity from "./internal/ProcessIdentity.ts";

const Mark = Schema.fromJsonString(
  Schema.Struct({
    pid: Schema.Int.check(Schema.isGreaterThan(0)),
    start: Schema.NonEmptyString,
    boot: Schema.NonEmptyString,
    /** Of process ids; empty where there are none. */
    namespace: Schema.String,
  }),
);

const encode = Schema.encodeEffect(Mark);
const decode = Schema.decodeUnknownOption(Mark);

/** The mark of this process; undefined where the system does not tell what it takes. */
export const own = Effect.gen(function* () {
  const { pid } = process;
  const start = yield* ProcessIdentity.startOf(pid);
  const boot = yield* ProcessIdentity.boot;
  const namespace = yield* namespaceOf;
  if (start === undefined || boot === "" || namespace === undefined) return undefined;
  return yield* Effect.orDie(encode({ pid, start, boot, namespace }));
});

/** Whether the process with this mark certainly is gone; false wherever that is not certain. */
export const isGone = Effect.fn("ProcessMark.isGone")(function* (mark: string) {
  const read = decode(mark);
  if (read._tag === "None") return false;
  const { namespace: there, ...identity } = read.value;
  if (identity.boot !== (yield* ProcessIdentity.boot) || there !== (yield* namespaceOf))
    return false;
  return isAbsent(identity.pid) || (yield* ProcessIdentity.hasEnded(identity));
});

/** Empty where there are none; undefined where there may be some that cannot be told apart. */
const namespaceOf = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem;
  const unknown = process.platform === "linux" ? undefined : "";
  return yield* Effect.orElseSucceed(fs.readLink("/proc/self/ns/pid"), () => unknown);
});

/** A process that is hidden, as other people's may be, is there all the same. */
const isAbsent = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
};
