/** A whole answer: nothing of it is read any more. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** How many requests it took, with those that were redirected. */
  readonly requests: number;
}

/** An answer with more bytes than it may have. */
export class TooLarge {
  readonly _tag = "TooLarge";
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** A redirect that is not followed. */
export class Strayed {
  readonly _tag = "Strayed";
  readonly status: number;
  /** A clause behind "the answer": `leads to another host, example.com`. */
  readonly why: string;

  constructor(status: number, why: string) {
    this.status = status;
    this.why = why;
  }
}

/** A request as it leaves. */
export interface Outgoing {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

const redirects = new Set([301, 302, 303, 307, 308]);
const mostHops = 3;

/**
 * Sends a request and reads the answer to its end.
 *
 * A redirect is followed for a GET and to the same origin only: a renamed
 * repository is answered with one, and the token goes nowhere else.
 */
export const exchange = async (
  fetch: typeof globalThis.fetch,
  url: string,
  outgoing: Outgoing,
  mostBytes: number,
): Promise<Answer> => {
  let at = url;
  for (let requests = 1; ; requests++) {
    const { body, ...rest } = outgoing;
    const init: RequestInit = { ...rest, redirect: "manual" };
    const response = await fetch(at, body === undefined ? init : { ...init, body });
    const { headers, status } = response;
    const location = redirects.has(status) ? headers.get("location") : null;
    if (location === null || outgoing.method !== "GET") {
      return { status, headers, text: await textOf(response, mostBytes), requests };
    }
    await response.body?.cancel();
    at = nextHop(at, location, status);
    if (requests > mostHops) throw new Strayed(status, "is one redirect after another");
  }
};

const nextHop = (from: string, location: string, status: number): string => {
  const to = URL.parse(location, from);
  if (to === null) throw new Strayed(status, "is a redirect to what is no address");
  if (to.origin !== new URL(from).origin) {
    throw new Strayed(status, `is a redirect to another host, ${to.host}, which gets no token`);
  }
  return to.href;
};

const textOf = async (response: Response, mostBytes: number): Promise<string> => {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (size > mostBytes) throw new TooLarge(response.status);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};
