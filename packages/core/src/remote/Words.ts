import * as Redacted from "effect/Redacted";

const most = 500;
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Makes sentences of what is said about a service: without its secrets, in one line, not too long. */
export class Words {
  readonly #secrets = new Set<string>();

  constructor(...secrets: ReadonlyArray<Redacted.Redacted>) {
    for (const secret of secrets) this.hide(secret);
  }

  /** Keeps one more secret out of what is said from now on. */
  hide(secret: Redacted.Redacted): void {
    const value = Redacted.value(secret);
    if (value === "") return;
    for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) {
      this.#secrets.add(form);
    }
  }

  /** The text without the secrets. */
  scrub(text: string): string {
    return [...this.#secrets].reduce((clean, secret) => clean.replaceAll(secret, "<token>"), text);
  }

  /** One line of bounded length without the secrets. */
  line(text: string): string {
    const line = this.scrub(text).replace(controls, " ").trim();
    return line.length > most ? `${line.slice(0, most)}…` : line;
  }
}
