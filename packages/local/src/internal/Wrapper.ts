/**
 * The small shell program that stands between this process and a command.
 *
 * It outlives whoever started it, and does three things for whoever comes next:
 *
 * - It claims the start: `started-<ticket>` in its folder, with its process id,
 *   start time and boot. Only one can make that file. Whoever finds it made
 *   starts nothing; so whoever makes it first keeps a wrapper from starting.
 * - It runs the command with exactly the variables it is given.
 * - It writes the exit status to `exit-<ticket>`, 128 more for a signal. That
 *   file is blank until then: its room is taken beforehand, so that a full disk
 *   cannot lose the status.
 */
import * as path from "node:path";

/** What is run, and where its start and end are noted. */
export interface WrapperOptions {
  readonly command: string;
  readonly args: ReadonlyArray<string>;
  readonly environment: Readonly<Record<string, string>>;
  /** The folder for the notes of the attempt. */
  readonly notes: string;
  readonly ticket: number;
}

/** The program and its arguments; the environment is for the program. */
export interface Wrapped {
  readonly program: string;
  readonly args: ReadonlyArray<string>;
  readonly environment: Readonly<Record<string, string>>;
}

/** The file that is there if the command was started with this ticket. */
export const startedFile = (notes: string, ticket: number): string =>
  path.join(notes, `started-${ticket}`);

/** The file that holds the exit status, blank while the command works. */
export const exitFile = (notes: string, ticket: number): string =>
  path.join(notes, `exit-${ticket}`);

/** What a wrapper leaves of making its claim. */
export const claimFile = (notes: string, pid: number): string => path.join(notes, `claim-${pid}`);

/** The exit status in such a file, if it is there. */
export const statusOf = (text: string): number | undefined =>
  /^[ \d]{2}\d\n$/.test(text) ? Number(text) : undefined;

/** The number of the file descriptor that is closed when the start is claimed, or given up. */
export const claimed = 3;

/** What the wrapper exits with if it did not run the command. */
export const notClaimed = 126;

// Its variables have names that no command is given, as the shell would pass changed ones on.
// While the command works, a signal to the group must not end the wrapper before it: a trap that does
// nothing waits, and is not passed on to the command as an ignored signal would be.
const script = `
o__notes=$1 o__ticket=$2
shift 2
field() { shift 19; o__start=$1; }
if [ -r /proc/$$/stat ]; then
  read -r o__line </proc/$$/stat
  read -r o__boot </proc/sys/kernel/random/boot_id
  field \${o__line##*")"}
else
  o__start=$(LC_ALL=C TZ=UTC /bin/ps -o lstart= -p $$) o__boot=$(LC_ALL=C TZ=UTC /bin/ps -o lstart= -p 1)
fi
printf '%s\\n' $$ "$o__start" "$o__boot" >"$o__notes/claim-$$" &&
  printf '   \\n' >"$o__notes/exit-$o__ticket" &&
  PATH=/usr/bin:/bin:\${PATH-} ln "$o__notes/claim-$$" "$o__notes/started-$o__ticket" || exit ${notClaimed}
exec ${claimed}>&-
trap : HUP INT QUIT TERM USR1 USR2
"$@"
o__status=$?
printf '%3d\\n' $o__status 1<>"$o__notes/exit-$o__ticket"
exit $o__status
`;

/** Wraps a command. */
export const wrap = ({ command, args, environment, notes, ticket }: WrapperOptions): Wrapped => {
  const entries = Object.entries(environment);
  const assigned = entries.filter(([name]) => isShells(name));
  return {
    program: "/bin/sh",
    args: [
      "-c",
      script,
      "orchestrator",
      notes,
      String(ticket),
      "/usr/bin/env",
      ...set.flatMap((name) => ["-u", name]),
      "--",
      ...assigned.map(([name, value]) => `${name}=${value}`),
      // A word with = would be taken for another variable.
      ...(command.includes("=") ? ["/usr/bin/nice", "-n", "0"] : []),
      command,
      ...args,
    ],
    environment: Object.fromEntries(entries.filter(([name]) => !isShells(name))),
  };
};

/** What shells set by themselves. */
const set = ["PWD", "OLDPWD", "SHLVL", "_"];

/** Names that a shell changes, drops or obeys, and so are not passed through one. */
const isShells = (name: string): boolean =>
  !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || set.includes(name) || special.test(name);

const special =
  /^(IFS|ENV|OPT(IND|ARG|ERR)|PPID|PS[0-4]|LINENO|MAIL(PATH|CHECK)?|E?UID|GROUPS|RANDOM|SECONDS|HIST.*|BASH.*|SHELLOPTS|POSIXLY_CORRECT|FUNCNAME|DIRSTACK)$/;
