import { createHash } from "node:crypto";

/** What is remembered of a text that was read and approved: the SHA-256 of title and body in hexadecimal. */
export const approvedText = (title: string, body: string): string =>
  createHash("sha256").update(`${title}\n${body}`).digest("hex");
