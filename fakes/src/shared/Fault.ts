/**
 * Whether the service has done what was asked when the fault strikes.
 *
 * `none`: the request was lost on its way in. `done`: only the answer was lost.
 */
export type EffectOfFault = "none" | "done";

/** What goes wrong between the service and its client; `effect` says on which side of the work. */
export type WireFault = { readonly effect?: EffectOfFault } & (
  | {
      readonly kind: "status";
      readonly status: number;
      /** JSON; without it the service's own words for the status. */
      readonly body?: unknown;
      /** Seconds, or any text (a date, nonsense) for the header. */
      readonly retryAfter?: number | string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The service's own refusal, by its name. */
  | { readonly kind: "refusal"; readonly name: string }
  | { readonly kind: "reset" }
  /** No byte is ever answered. */
  | { readonly kind: "hang" }
  /** With effect `none` the work is done after the wait, even if the client has gone by then. */
  | { readonly kind: "delay"; readonly seconds: number }
  /** The body trickles over the seconds; without them it stalls half-way for ever. */
  | { readonly kind: "slow-body"; readonly seconds?: number }
  /** The connection ends in the middle of the body. */
  | { readonly kind: "truncated" }
  /** A complete body that is half a JSON text. */
  | { readonly kind: "malformed" }
  | { readonly kind: "html"; readonly status?: number }
  | { readonly kind: "empty"; readonly status?: number }
  /** The right body under another content type, `text/plain` by default. */
  | { readonly kind: "content-type"; readonly type?: string }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** The right JSON with a field of this many bytes added; 17 MiB by default. */
  | { readonly kind: "oversized"; readonly bytes?: number }
);

/** What is odd in the service's own work; the service carries it out, and answers in good form. */
export type Bend =
  /** Lists leave out what was created in these last seconds. */
  | { readonly kind: "list-lag"; readonly seconds: number }
  /** The answer tells how things were these seconds ago. */
  | { readonly kind: "stale"; readonly seconds: number }
  /** This many things are created by hand just before the answer, by the caller's own user or by another. */
  | { readonly kind: "insert"; readonly count: number; readonly by?: "self" | "others" };

export type Fault = WireFault | Bend;

const bends: ReadonlySet<string> = new Set<Bend["kind"]>(["list-lag", "stale", "insert"]);

export const isBend = (fault: Fault): fault is Bend => bends.has(fault.kind);

/** These spoil an answer, so the work is done unless the rule says otherwise; the others lose the request. */
const spoilsTheAnswer: ReadonlySet<string> = new Set<WireFault["kind"]>([
  "slow-body",
  "truncated",
  "malformed",
  "empty",
  "content-type",
  "oversized",
]);

/** On which side of the work a fault strikes. */
export const effectOf = (fault: WireFault): EffectOfFault =>
  fault.effect ?? (spoilsTheAnswer.has(fault.kind) ? "done" : "none");
