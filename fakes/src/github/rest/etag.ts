import { createHash } from "node:crypto";
import type { Received, Reply } from "../../shared/Service.ts";
import type { Token } from "../world/Access.ts";

/** The tag of an answer, of its own for each token and each form; only what was read has one. */
export const etagOf = (received: Received, reply: Reply, token: Token): string | null => {
  if (received.method !== "GET" || reply.status !== 200) return null;
  const { accept = "*/*" } = received.headers;
  const hash = createHash("sha256");
  hash.update(`${token.token}\n${accept}\n${reply.headers?.["link"] ?? ""}\n`);
  return `W/"${hash.update(JSON.stringify(reply.body)).digest("hex")}"`;
};

/** Whether the client has that answer already. */
export const isKnown = ({ headers }: Received, tag: string): boolean =>
  (headers["if-none-match"] ?? "").split(",").some((each) => each.trim() === tag);
