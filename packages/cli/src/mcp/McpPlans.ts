/** How assistants name a plan, and what a plan is read with. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Schema from "effect/Schema";
import type * as Config from "../config/Config.ts";
import * as ConfigTrust from "../config/ConfigTrust.ts";
import type * as PlanRead from "../plan/PlanRead.ts";
import { Screen } from "../terminal/Screen.ts";

/** What the operator gave the server. */
export type Settings = Config.Flags;

/** The fields of an input that name a plan. */
export const fields = {
  plan: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description:
        "A plan file in the folder of the server; absent: the plan that lies there, else the issues that the configuration names",
    }),
  ),
  repo: Schema.optionalKey(
    Schema.String.check(Schema.isPattern(/^[\w.-]+\/[\w.-]+$/)).annotate({
      description: "The plan is the open issues of this repository on GitHub, as owner/name",
    }),
  ),
};

type Named = { readonly plan?: string; readonly repo?: string };

/** The plan file lies elsewhere. */
export class PlanElsewhere extends Schema.TaggedError<PlanElsewhere>()("PlanElsewhere", {
  plan: Schema.String,
  folder: Schema.String,
}) {
  override get message(): string {
    return `${this.plan} is not in ${this.folder}, and this server reads plans only there. Name one of that folder.`;
  }
}

/** The plan that is named, as commands are given it. */
export const flags = Effect.fn("McpPlans.flags")(function* (
  { plan, repo }: Named,
  settings: Settings,
) {
  const path = yield* Path.Path;
  const { folder } = yield* Screen;
  const file = plan === undefined ? undefined : path.resolve(folder, plan);
  if (file !== undefined && !(yield* ConfigTrust.isWithin(folder, file))) {
    return yield* new PlanElsewhere({ plan: file, folder });
  }
  return {
    plan: Option.fromUndefinedOr(file),
    repo: Option.fromUndefinedOr(repo),
    withDependencies: false,
    config: settings.config,
    allowHost: settings.allowHost,
  } satisfies PlanRead.Flags;
});
