/** As whom GitHub is asked. */
import { createHmac } from "node:crypto";
import type { Words } from "@orchestrator/core/remote/Words";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { type AppRequests, type Authentication, octokitWith } from "./internal/Authentication.ts";
import { InstallationTokens } from "./internal/InstallationTokens.ts";

/** A token: of a person (fine-grained or classic), or what GitHub Actions gives a job. */
export interface Token {
  readonly _tag: "Token";
  readonly token: Redacted.Redacted;
}

/** A GitHub App as one of its installations. */
export interface App {
  readonly _tag: "App";
  /** The id or the client id. */
  readonly appId: string;
  /** In PEM. */
  readonly privateKey: Redacted.Redacted;
  /** If absent, it is looked up by the repository. */
  readonly installationId?: number | undefined;
  /** `owner/repo` that the App is installed in; needed if the installation is not given. */
  readonly repository?: string | undefined;
}

/** By what requests are authorised: a token, or an installed GitHub App. */
export type Credentials = Token | App;

/** Credentials that cannot be used. */
export class CredentialsRefused extends Schema.TaggedError<CredentialsRefused>()(
  "CredentialsRefused",
  { message: Schema.String },
) {}

/** A header takes no more than this; and a token in one that is refused would show up in its error. */
const sendable = /^[\x21-\x7e]+$/;

/** Checks credentials; nothing is asked yet. */
export const make = (
  credentials: Credentials,
  baseUrl: string,
  words: Words,
  requests: AppRequests,
): Effect.Effect<Authentication, CredentialsRefused> =>
  credentials._tag === "Token"
    ? ofToken(credentials, baseUrl, words)
    : ofApp(credentials, baseUrl, words, requests);

/** A hash with a purpose of its own, so that it can stand in files and keys. */
const identityOf = (secret: string): string =>
  createHmac("sha256", "orchestrator github identity").update(secret).digest("hex");

const ofToken = ({ token }: Token, baseUrl: string, words: Words) => {
  const value = Redacted.value(token);
  if (!sendable.test(value)) {
    const why = value === "" ? "is empty" : "holds what no token holds, as a space or a line break";
    const message = `The GitHub token ${why}. Set GITHUB_TOKEN to a token as GitHub shows it.`;
    return Effect.fail(new CredentialsRefused({ message }));
  }
  words.hide(token);
  const octokit = octokitWith(token, baseUrl);
  return Effect.succeed<Authentication>({
    identity: `token ${identityOf(value)}`,
    octokit: Effect.succeed(octokit),
    isRenewable: false,
    forget: () => {},
  });
};

const ofApp = (app: App, baseUrl: string, words: Words, requests: AppRequests) => {
  const [owner = "", repo = "", ...rest] = (app.repository ?? "").split("/");
  const isRepository = owner !== "" && repo !== "" && rest.length === 0;
  const wrong = (message: string) => Effect.fail(new CredentialsRefused({ message }));
  if (app.appId.trim() === "") return wrong("The GitHub App has no id. Set its app id.");
  if (!Redacted.value(app.privateKey).includes("-----BEGIN")) {
    return wrong("The private key of the GitHub App is not in PEM. Set it to the whole file.");
  }
  if (app.installationId === undefined && !isRepository) {
    const hint = "Give installationId, or a repository as owner/repo that it is installed in.";
    return wrong(`It is not said which installation of the GitHub App is meant. ${hint}`);
  }
  words.hide(app.privateKey);
  const repository = { owner, repo };
  const tokens = new InstallationTokens(app, repository, baseUrl, words, requests);
  const where = app.installationId ?? `of ${owner}/${repo}`.toLowerCase();
  return Effect.succeed<Authentication>({
    identity: `app ${app.appId} installation ${where}`,
    octokit: tokens.octokit,
    isRenewable: true,
    forget: (refused) => tokens.forget(refused),
  });
};
