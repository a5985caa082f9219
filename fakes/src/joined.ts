import { Publisher, type Opened, type Opens } from "./joined/Publisher.ts";
import * as Codegen from "./codegen/Codegen.ts";
import * as GitHub from "./github/GitHub.ts";
import * as Clock from "./shared/Clock.ts";
import { checkOpens } from "./joined/settings.ts";

export type { Ended, Opened, Opens, OpenRule, PullScript } from "./joined/Publisher.ts";

/** How to set up both fakes and what agents deliver; everything has a default. */
export interface JoinedOptions {
  readonly codegen?: Omit<Codegen.CodegenOptions, "clock" | "deliver">;
  readonly github?: Omit<GitHub.GitHubOptions, "clock">;
  /** What becomes of a run that ended well: the first rule that matches, or what a function says; a pull request of its own by default. */
  readonly opens?: Opens;
  /** Of both. */
  readonly clock?: Clock.Clock;
  /** Of both, unless they have their own. */
  readonly seed?: number;
}

/** Both fakes, where an agent run of the one opens a pull request in the other. */
export interface Joined {
  readonly codegen: Codegen.Codegen;
  readonly github: GitHub.GitHub;
  readonly clock: Clock.Clock;
  /** What agents opened and pushed, in order. */
  readonly opened: () => ReadonlyArray<Opened>;
  /** What was wrong with what was asked of either, a sentence each. */
  readonly violations: () => ReadonlyArray<string>;
  readonly close: () => Promise<void>;
}

/** Starts both fakes on loopback. */
export const make = async (options: JoinedOptions = {}): Promise<Joined> => {
  const { clock = Clock.real(), seed = 1, opens = [] } = options;
  const github = await GitHub.make({ seed, ...options.github, clock });
  const publisher = new Publisher(github, checkOpens(opens));
  const codegen = await Codegen.make({
    seed,
    ...options.codegen,
    clock,
    deliver: (run, stage) => publisher.deliver(run, stage, codegen.repoOf(run)),
  });
  // Whoever looks at GitHub sees what agents have delivered by then.
  github.world.prepare = () => {
    if (!publisher.isBusy) codegen.settle();
  };
  return {
    codegen,
    github,
    clock,
    opened: () => {
      codegen.settle();
      return publisher.opened;
    },
    violations: () => [...codegen.violations(), ...github.violations()],
    close: async () => void (await Promise.all([codegen.close(), github.close()])),
  };
};
