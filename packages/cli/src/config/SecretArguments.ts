/** Tokens have no place on a command line: everybody on the machine can read it, and shells keep it. */
import * as Effect from "effect/Effect";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ExitCode from "../ExitCode.ts";
import * as SecretText from "./SecretText.ts";

/** A token stands on the command line, or a flag that would take one. */
export class SecretArgument extends Schema.TaggedError<SecretArgument>()("SecretArgument", {
  /** A flag, or what else stands there; never with the value. */
  where: Schema.String,
  isFlag: Schema.Boolean,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.usage;
  override get message(): string {
    const what = this.isFlag
      ? `there is no flag ${this.where}`
      : `${this.where} looks like a token, and is not used`;
    return `${what}: what stands on a command line can be read by others, and shells keep it. Put the token into the variable GITHUB_TOKEN or CODEGEN_API_TOKEN, or name a variable in the configuration (token: \${GITHUB_TOKEN}). A token that was typed may have been seen: replace it.`;
  }
}

const flag = /^--?((?:[a-z]+[-_])*(?:token|api[-_]?key|private[-_]?key|secret|password))(?:=|$)/i;

/** Fails if arguments hold a token, or a flag that people would give one to. */
export const refuse = Effect.fn("SecretArguments.refuse")(function* (args: ReadonlyArray<string>) {
  for (const [index, arg] of args.entries()) {
    const name = flag.exec(arg)?.[1];
    if (name !== undefined) return yield* new SecretArgument({ where: `--${name}`, isFlag: true });
    if (!SecretText.isIn(arg)) continue;
    return yield* new SecretArgument({ where: placeOf(arg, args[index - 1]), isFlag: false });
  }
});

/** Names the flag that an argument is the value of; a name that is a secret itself is not shown. */
const placeOf = (arg: string, before = ""): string => {
  const [own = ""] = arg.split("=");
  if (/^--[a-z][a-z-]*$/.test(own)) return `the value of ${own}`;
  return /^--?[a-z][a-z-]*$/.test(before) ? `the value of ${before}` : "an argument";
};
