/** `orchestrator completions`: what a shell needs to complete the command. */
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Completions from "effect/cli/Completions";
import * as Effect from "effect/Effect";
import { Screen } from "../terminal/Screen.ts";

const shells = ["bash", "zsh", "fish"] as const;

/** Prints a script with the commands and flags of the whole command, which is known only once this one is in it. */
export const make = (whole: () => Command.Command.Any) =>
  Command.make(
    "completions",
    {
      shell: Argument.Literals("shell", shells).pipe(
        Argument.withDescription(`The shell that it is for: ${shells.join(", ")}`),
      ),
    },
    Effect.fn("CompletionsCommand")(function* ({ shell }) {
      const { out } = yield* Screen;
      const root = whole();
      const script = Completions.generate(root.name, shell, Completions.fromCommand(root));
      yield* out.print(script.trimEnd());
    }),
  ).pipe(
    Command.withDescription("Print a script that completes commands and flags in a shell"),
    Command.withExamples([
      {
        command: "source <(orchestrator completions bash)",
        description: "in ~/.bashrc; zsh likewise in ~/.zshrc, after compinit",
      },
      {
        command: "orchestrator completions fish > ~/.config/fish/completions/orchestrator.fish",
        description: "for fish",
      },
    ]),
  );
