/**
 * What ties a request to one attempt: a secret that only its command is given.
 *
 * The notes of the attempt hold its hash, so that whoever reads them cannot use it.
 */
import * as crypto from "node:crypto";

/** The variable of a command that holds it. */
export const variable = "ORCHESTRATOR_MCP_TOKEN";

/** Every token begins so, and what looks like one is hidden wherever the command writes. */
export const prefix = "omcp_";

/** A new one, of 256 random bits. */
export const make = (): string => `${prefix}${crypto.randomBytes(32).toString("base64url")}`;

/** What is kept of it. */
export const hash = (token: string): string =>
  crypto.createHash("sha256").update(token).digest("hex");

/** Whether it is the one that a hash was made of, in a time that tells nothing of either. */
export const fits = (token: string, kept: string): boolean =>
  crypto.timingSafeEqual(Buffer.from(hash(token)), Buffer.from(kept.padEnd(64).slice(0, 64)));
