/**
 * Codes of errors that happen before the first byte of a request leaves: the
 * name is not found, nobody accepts the connection, or no trust is reached.
 */
const codes = new Set([
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EAI_NONAME",
  "ENOTFOUND",
  "ECONNREFUSED",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_TLS_HANDSHAKE_TIMEOUT",
]);

/** Codes that prove it only where a connection is being made: an established one may end with them too. */
const connecting = new Set(["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "ETIMEDOUT"]);

const deepest = 5;

const property = (value: unknown, name: "cause" | "code" | "errors" | "syscall"): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

/** The code of an error or of what caused it, for people. */
export const codeOf = (error: unknown, depth = 0): string | undefined => {
  const code = property(error, "code");
  if (typeof code === "string") return code;
  const cause = property(error, "cause");
  return cause === undefined || depth >= deepest ? undefined : codeOf(cause, depth + 1);
};

/** Whether an error proves that nothing was sent; of several attempts to connect, all must. */
export const isNeverSent = (error: unknown, depth = 0): boolean => {
  if (depth > deepest) return false;
  const errors = property(error, "errors");
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.every((one) => isNeverSent(one, depth + 1));
  }
  const code = property(error, "code");
  if (typeof code === "string") {
    return codes.has(code) || (connecting.has(code) && property(error, "syscall") === "connect");
  }
  const cause = property(error, "cause");
  return cause !== undefined && isNeverSent(cause, depth + 1);
};
