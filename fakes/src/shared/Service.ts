import type { IncomingHttpHeaders } from "node:http";
import type { Effect } from "./Audit.ts";
import type { Bend } from "./Fault.ts";

/** A request that arrived whole. */
export interface Received {
  readonly method: string;
  /** Scheme, host and port under which the client knows the service. */
  readonly origin: string;
  readonly pathname: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What the service answers, as JSON; a body of `undefined` is none at all. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly effect?: Effect;
  /** Called when the client has been sent exactly this. */
  readonly delivered?: () => void;
}

/** A request that the service has understood, and not yet acted upon. */
export interface Call {
  readonly endpoint: string;
  readonly kind: string;
  readonly who: string | null;
  readonly task: string | null;
  /** Grows while the call is admitted and done. */
  readonly violations: ReadonlyArray<string>;
  /** Why the service will not do it (no token, too many requests, bad input); `null` when it will. */
  readonly admit: () => Reply | null;
  /** Does it. */
  readonly act: (bends: ReadonlyArray<Bend>) => Reply;
  /** The service's own words for a status that a fault brings about. */
  readonly words: (status: number) => unknown;
  /** The service's own refusal by its name, where it has such. */
  readonly refusal?: (name: string) => Reply;
  /** Called when the request is over, whatever came of it. */
  readonly done?: () => void;
}

/** What a fake must be able to do; everything else is the server's. */
export interface Service {
  readonly receive: (request: Received) => Call;
}
