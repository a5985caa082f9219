import { createHash } from "node:crypto";

/**
 * What is remembered of a text that was read and approved: the SHA-256 of title and body in hexadecimal.
 *
 * Lines may end in another way where the text is read over another API.
 */
export const approvedText = (title: string, body: string): string =>
  createHash("sha256")
    .update(`${title}\n${body.replace(/\r\n?/g, "\n")}`)
    .digest("hex");
