/** Which issues on GitHub are meant, and as whom they are read: flags, then the configuration, then the clone. */
import type * as GitHubAuth from "@orchestrator/github/GitHubAuth";
import type * as GitHubConfig from "@orchestrator/github/GitHubConfig";
import * as GitHubHost from "@orchestrator/github/GitHubHost";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Runtime from "effect/Runtime";
import * as Schema from "effect/Schema";
import * as ConfigGitHub from "../config/ConfigGitHub.ts";
import * as ExitCode from "../ExitCode.ts";
import * as GitHubRemote from "./GitHubRemote.ts";
import * as GitHubToken from "./GitHubToken.ts";
import * as Secrets from "../telemetry/Secrets.ts";
import * as Text from "../terminal/Text.ts";

/** Where issues are read, and as whom. */
export interface Target {
  /** With at least one source. */
  readonly settings: GitHubConfig.Settings;
  readonly credentials: GitHubAuth.Credentials;
  /** For people: where the token is from, as `GITHUB_TOKEN`. */
  readonly from: string;
}

/** Nothing says as whom GitHub is asked. */
export class NoToken extends Schema.TaggedError<NoToken>()("NoToken", {
  host: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    return `there is no token for ${Text.line(this.host)}. ${howToGet(this.host)}`;
  }
}

/** The file with the key of an App cannot be used. */
export class KeyRefused extends Schema.TaggedError<KeyRefused>()("KeyRefused", {
  file: Schema.String,
  problem: Schema.String,
}) {
  override readonly [Runtime.errorExitCode] = ExitCode.codes.configuration;
  override get message(): string {
    return `github.private_key_file: ${Text.line(this.file)} ${Text.line(this.problem)}`;
  }
}

/** What to do about a token that is missing. */
export const howToGet = (host: string): string => {
  const login = host === GitHubHost.official ? "gh auth login" : `gh auth login --hostname ${host}`;
  return `Set GITHUB_TOKEN (or GH_TOKEN), log in with ${Text.line(login)}, or write token: \${NAME} in the section github of a configuration (--config).`;
};

/** A remote of the clone whose host may be asked, with the settings for it; undefined if there is none. */
export const ofClone = Effect.fn("GitHubTarget.ofClone")(function* (
  settings: GitHubConfig.Settings,
) {
  const { forRepository } = yield* ConfigGitHub.adapter;
  for (const remote of yield* GitHubRemote.find()) {
    const at = atHost(settings, remote.host);
    if (at !== undefined) return { remote, settings: forRepository(at, remote.repository) };
  }
  return undefined;
});

/** The settings for a host: those of the API that is configured, or of another one that the operator allows. */
const atHost = (
  settings: GitHubConfig.Settings,
  host: string,
): GitHubConfig.Settings | undefined => {
  if (GitHubHost.hostOf(settings.baseUrl) === host) return settings;
  // A file or a variable that names an address means that one and no other.
  if (GitHubHost.hostOf(settings.baseUrl) !== GitHubHost.official) return undefined;
  return settings.allowedHosts.includes(host)
    ? { ...settings, baseUrl: GitHubHost.apiOf(host) }
    : undefined;
};

/** As whom the API is asked: as the configuration or a variable says, else as `gh` does. */
export const credentialsFor = Effect.fn("GitHubTarget.credentialsFor")(function* (
  settings: GitHubConfig.Settings,
) {
  const { auth, baseUrl } = settings;
  if (auth?._tag === "App") {
    const { appId, installationId } = auth;
    const privateKey = yield* keyOf(auth.privateKey);
    Secrets.hide(Secrets.redactedIn(privateKey));
    const repository = settings.repository ?? repositoryIn(settings);
    const credentials = { _tag: "App", appId, privateKey, installationId, repository } as const;
    return Option.some({ settings, credentials, from: `the App ${appId}` } satisfies Target);
  }
  if (auth !== undefined) {
    const credentials = { _tag: "Token", token: auth.token } as const;
    return Option.some({ settings, credentials, from: auth.from } satisfies Target);
  }
  const token = yield* GitHubToken.ofGh(GitHubHost.hostOf(baseUrl));
  Secrets.hide(Secrets.redactedIn(Option.getOrUndefined(token)));
  return Option.map(token, (found): Target => ({
    settings,
    credentials: { _tag: "Token", token: found },
    from: "gh auth token",
  }));
});

/** As `credentialsFor`; fails if there are none. */
export const signed = Effect.fn("GitHubTarget.signed")(function* (settings: GitHubConfig.Settings) {
  const target = yield* credentialsFor(settings);
  if (Option.isSome(target)) return target.value;
  return yield* new NoToken({ host: GitHubHost.hostOf(settings.baseUrl) });
});

/** The first repository that issues are read from: the App is installed there. */
const repositoryIn = ({ sources }: GitHubConfig.Settings): string | undefined =>
  sources.flatMap((source) =>
    "issues" in source ? [`${source.issues.owner}/${source.issues.repository}`] : [],
  )[0];

type Key = Extract<GitHubConfig.Auth, { readonly _tag: "App" }>["privateKey"];

/** A key in a file is for its owner's eyes only. */
const keyOf = Effect.fnUntraced(function* (key: Key) {
  if (!("file" in key)) return key;
  const { file } = key;
  const fs = yield* FileSystem.FileSystem;
  const refused = (problem: string) => new KeyRefused({ file, problem });
  const { mode } = yield* Effect.mapError(fs.stat(file), (error) =>
    refused(`cannot be read: ${error.message}. Check the name and the folder.`),
  );
  if ((Number(mode) & 0o077) !== 0) {
    return yield* refused(`may be read by other users. Keep it for yourself: chmod 600 ${file}`);
  }
  const text = yield* Effect.mapError(fs.readFileString(file), (error) =>
    refused(`cannot be read: ${error.message}.`),
  );
  return Redacted.make(text, { label: "private key" });
});
