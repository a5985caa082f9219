/** What a configuration says of the attempts of a run, for the engine. */
import * as Duration from "effect/Duration";
import type { Config } from "./Config.ts";

/** Tasks, and the defaults of their plan, go before these. */
export const of = ({ automation, retry, timeoutSeconds }: Config) => ({
  ...(timeoutSeconds === undefined ? {} : { timeout: Duration.seconds(timeoutSeconds) }),
  retry: {
    ...(retry.attempts === undefined ? {} : { attempts: retry.attempts }),
    ...(retry.delaySeconds === undefined ? {} : { delay: Duration.seconds(retry.delaySeconds) }),
    ...(automation.fixAttempts === undefined ? {} : { fixAttempts: automation.fixAttempts }),
  },
});
