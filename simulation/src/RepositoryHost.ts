import { CodeHost } from "@orchestrator/core";
import * as Effect from "effect/Effect";
import type { Network, Reply } from "./Network.ts";
import type { Process } from "./Process.ts";
import type { Repository, RepositoryRequest } from "./Repository.ts";

export interface HostConnection {
  readonly process: Process;
  readonly network: Network;
  readonly repository: Repository;
  /** What the world is told before a merge is asked for. */
  readonly lands: (branch: string) => void;
}

interface Look {
  readonly head: string;
  readonly isProposed: boolean;
  readonly merged?: string;
}

/** How often a landing looks again when others were faster. */
const mostRounds = 5;

/** Lands changes by merging pull requests, each with the base it was looked at with. */
export const make = (connection: HostConnection): CodeHost.CodeHost["Service"] => ({
  gates: ["agent-ended", "pr-open", "checks-green", "merged"],
  land: (request) => land(connection, request),
});

const land = Effect.fnUntraced(function* (
  connection: HostConnection,
  { change, reached }: CodeHost.LandRequest,
) {
  const branch = change.branch!;
  connection.lands(branch);
  const proposed = yield* ask(connection, { method: "propose", branch });
  if (proposed.merged !== undefined) return { commit: proposed.merged };
  yield* reached("pr-open");
  yield* Effect.sleep("30 seconds");
  yield* reached("checks-green");
  for (let round = 1; round <= mostRounds; round++) {
    const { head, merged } = yield* ask(connection, { method: "look", branch });
    if (merged !== undefined) return { commit: merged };
    const result = yield* ask(connection, { method: "merge", branch, base: head });
    if (result.merged !== undefined) return { commit: result.merged };
  }
  return yield* failed("Unavailable", "the base moves too fast");
});

const ask = (
  { network, process, repository }: HostConnection,
  request: RepositoryRequest,
): Effect.Effect<Look, CodeHost.LandingError> => {
  const sent = Effect.callback<Reply>((resume) => {
    const stop = network.send(
      process,
      {
        what: `repository ${request.method} ${request.branch}`,
        server: () => repository.handle(request),
        mayRepeat: true,
        weight: 1,
      },
      (reply) => resume(Effect.succeed(reply)),
    );
    return Effect.sync(stop);
  });
  return Effect.flatMap(
    Effect.timeoutOrElse(sent, {
      duration: "30 seconds",
      orElse: () => Effect.succeed<Reply>({ _tag: "Broken" }),
    }),
    understood,
  );
};

const understood = (reply: Reply): Effect.Effect<Look, CodeHost.LandingError> => {
  if (reply._tag !== "Answer") return failed("Unavailable", "no answer");
  const { status, text } = reply;
  if (status === 409) return Effect.succeed({ head: "", isProposed: true });
  if (status === 422) return failed("Conflict", "the change does not fit the base");
  if (status !== 200) return failed("Unavailable", `it answered ${status}`);
  try {
    return Effect.succeed(JSON.parse(text) as Look);
  } catch {
    return failed("Unavailable", "it answered no JSON");
  }
};

const failed = (reason: CodeHost.LandingError["reason"], message: string) =>
  Effect.fail(new CodeHost.LandingError({ reason, message, paths: [] }));
