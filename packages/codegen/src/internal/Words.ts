import * as Redacted from "effect/Redacted";

const most = 500;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Makes sentences of what is said about the service: without the token, in one line, not too long. */
export class Words {
  readonly #secrets: ReadonlyArray<string>;

  constructor(token: Redacted.Redacted) {
    const value = Redacted.value(token);
    const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
    this.#secrets = [...new Set(forms)].filter((form) => form !== "");
  }

  /** The text without the token. */
  scrub(text: string): string {
    return this.#secrets.reduce((clean, secret) => clean.replaceAll(secret, "<token>"), text);
  }

  /** One line of bounded length without the token. */
  line(text: string): string {
    const line = this.scrub(text).replace(controls, " ").trim();
    return line.length > most ? `${line.slice(0, most)}…` : line;
  }
}
