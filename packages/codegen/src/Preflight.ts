/**
 * Looks before any work whether Codegen would take it: the address, the token,
 * the organisation, the repository, the model.
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type * as CodegenAgent from "./CodegenAgent.ts";
import * as CodegenClient from "./CodegenClient.ts";
import { type CodegenError, isTransient } from "./CodegenError.ts";
import type { Models, Organization, Repo } from "./CodegenModel.ts";
import { discontinued } from "./internal/refusal.ts";

/** What is asked about. */
export interface Options extends CodegenAgent.Options {
  /** `owner/name` on GitHub, whose id at Codegen is wanted. */
  readonly repository?: string | undefined;
}

/** One thing that was looked at, in one line that says what to try if it is not well. */
export interface Finding {
  readonly about: "address" | "token" | "organization" | "repository" | "model";
  /** Only a `problem` keeps agents from working. */
  readonly level: "ok" | "warning" | "problem";
  readonly message: string;
}

/** All that was found. */
export interface Report {
  readonly findings: ReadonlyArray<Finding>;
  /** Whether launches may be tried. */
  readonly isReady: boolean;
  /** Codegen's own id of the repository, where it is known. */
  readonly repoId: number | undefined;
}

/** Who looks at a host that is silent does not want to wait. */
const deadline = Duration.seconds(10);

/** Looks at everything; what cannot be asked because of an earlier problem is left out. */
export const check = Effect.fn("Preflight.check")(function* (options: Options) {
  const made = yield* Effect.result(CodegenClient.make(options));
  if (Result.isFailure(made)) {
    const about = made.failure._tag === "TokenRefused" ? "token" : "address";
    return report([problem(about, made.failure.message)], undefined);
  }
  const client = made.success;
  const user = yield* Effect.result(
    Effect.retry(client.me({ retry: false, deadline }), { times: 1, while: isTransient }),
  );
  if (Result.isFailure(user)) return report([unanswered(user.failure)], undefined);
  const who = client.words.line(user.success.github_username ?? String(user.success.id));
  const organization = yield* organizationOf(client, options.orgId);
  const findings = [ok("token", `The token is valid at ${client.host}, for ${who}.`), organization];
  if (organization.level === "problem") return report(findings, undefined);
  const repository = yield* repositoryOf(client, options);
  const model = yield* modelOf(client, options.model);
  return report([...findings, repository.finding, ...model], repository.repoId);
});

const report = (findings: ReadonlyArray<Finding>, repoId: number | undefined): Report => ({
  findings,
  isReady: findings.every(({ level }) => level !== "problem"),
  repoId,
});

const ok = (about: Finding["about"], message: string): Finding => ({ about, level: "ok", message });
const warning = (about: Finding["about"], message: string): Finding => ({
  about,
  level: "warning",
  message,
});
const problem = (about: Finding["about"], message: string): Finding => ({
  about,
  level: "problem",
  message,
});

/** A host that does not know the token's user is no Codegen API, or none any more. */
const unanswered = (error: CodegenError): Finding => {
  const about = error._tag === "Unauthorized" || error._tag === "Forbidden" ? "token" : "address";
  const { message } = error;
  const isSaid = message.includes(discontinued) || error._tag === "RateLimited";
  return problem(about, isSaid || about === "token" ? message : `${message} ${discontinued}.`);
};

const mostPages = 100;

interface Page<A> {
  readonly items: ReadonlyArray<A>;
  readonly total?: number | undefined;
}

/** The first of a listing that suits, or all that were looked through. */
const search = <A>(
  list: (skip: number) => Effect.Effect<Page<A>, CodegenError>,
  suits: (item: A) => boolean,
) =>
  Effect.gen(function* () {
    const seen: Array<A> = [];
    for (let page = 0; page < mostPages; page++) {
      const { items, total } = yield* list(seen.length);
      const found = items.find(suits);
      seen.push(...items);
      if (found !== undefined || items.length === 0) return { found, seen };
      if (total !== undefined && seen.length >= total) return { found, seen };
    }
    return { found: undefined, seen };
  });

const organizationOf = (client: CodegenClient.CodegenClient, orgId: number) =>
  Effect.match(
    search<Organization>(
      (skip) => client.organizations(skip),
      ({ id }) => Number(id) === orgId,
    ),
    {
      onFailure: ({ message }) => problem("organization", message),
      onSuccess: ({ found, seen }) => {
        if (found !== undefined) {
          const name = client.words.line(found.name ?? "without a name");
          return ok("organization", `The organisation ${orgId} is ${name}.`);
        }
        const others = seen
          .slice(0, 5)
          .map(({ id, name }) => `${id} (${client.words.line(name ?? "")})`);
        const allowed = others.length === 0 ? "It may use none." : `Try ${others.join(", ")}.`;
        return problem(
          "organization",
          `The token may not use the organisation ${orgId} that codegen.org_id names. ${allowed}`,
        );
      },
    },
  );

interface Repository {
  readonly finding: Finding;
  readonly repoId: number | undefined;
}

const repositoryOf = (
  client: CodegenClient.CodegenClient,
  { repoId, repository }: Options,
): Effect.Effect<Repository> => {
  if (repository === undefined && repoId === undefined) {
    const message =
      "No repository is named, so Codegen chooses one. Name it as owner/name, or set codegen.repo_id.";
    return Effect.succeed({ finding: warning("repository", message), repoId });
  }
  const suits = ({ full_name, id }: Repo) =>
    repoId === undefined
      ? full_name?.toLowerCase() === repository?.toLowerCase()
      : Number(id) === repoId;
  return Effect.match(
    search<Repo>((skip) => client.repos(skip), suits),
    {
      onFailure: ({ message }) => ({ finding: problem("repository", message), repoId }),
      onSuccess: ({ found }) =>
        found === undefined
          ? { finding: problem("repository", notThere(repository, repoId)), repoId: undefined }
          : { finding: repositoryFound(client, found, repository), repoId: Number(found.id) },
    },
  );
};

const notThere = (repository: string | undefined, repoId: number | undefined): string =>
  repoId === undefined
    ? `Codegen knows no repository ${repository} in this organisation. Add it at codegen.com, or check its spelling.`
    : `Codegen knows no repository with the id ${repoId} in this organisation. codegen.repo_id is Codegen's own id, not GitHub's: leave it out, and it is looked up.`;

const repositoryFound = (
  client: CodegenClient.CodegenClient,
  { archived, full_name, id }: Repo,
  repository: string | undefined,
): Finding => {
  const name = client.words.line(full_name ?? "without a name");
  if (repository !== undefined && full_name?.toLowerCase() !== repository.toLowerCase()) {
    const message = `codegen.repo_id ${id} is ${name}, not ${repository}. Leave codegen.repo_id out, and it is looked up.`;
    return problem("repository", message);
  }
  if (archived === true) {
    return warning(
      "repository",
      `The repository ${name} (${id}) is archived at Codegen. Unarchive it.`,
    );
  }
  return ok("repository", `The repository ${name} has the id ${id} at Codegen.`);
};

const modelOf = (
  client: CodegenClient.CodegenClient,
  model: string | undefined,
): Effect.Effect<ReadonlyArray<Finding>> =>
  model === undefined
    ? Effect.succeed([])
    : Effect.match(client.models(), {
        onFailure: ({ message }) => [
          warning("model", `Whether there is a model ${model} cannot be told. ${message}`),
        ],
        onSuccess: (models) => [modelFound(client, models, model)],
      });

const modelFound = (
  client: CodegenClient.CodegenClient,
  { default_model, providers }: Models,
  model: string,
): Finding => {
  const all = (providers ?? []).flatMap((provider) => provider?.models ?? []);
  const values = all.flatMap((one) => one?.value ?? []);
  if (values.includes(model) || default_model === model) {
    return ok("model", `The model ${model} is there.`);
  }
  const some = values.slice(0, 8).map((value) => client.words.line(value));
  const hint = some.length === 0 ? "Leave codegen.model out." : `Try one of ${some.join(", ")}.`;
  return problem("model", `There is no model ${model} in this organisation. ${hint}`);
};
