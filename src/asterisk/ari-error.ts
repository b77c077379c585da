// Every failure of a request to Asterisk, or of the connection to it, is one of these. The code says what a
// caller may conclude: above all, whether Asterisk can have acted on a request that got no answer.

export type AriErrorCode =
  // No answer.
  | "ARI_UNREACHABLE" // no connection, so nothing was sent: Asterisk has not acted
  | "ARI_TLS" // the peer's certificate was not accepted: nothing was sent
  | "ARI_RESET" // the connection went away after sending: Asterisk may have acted
  | "ARI_TIMEOUT" // no answer in time: Asterisk may have acted
  | "ARI_CLOSED" // we closed the connection ourselves
  // An answer.
  | "ARI_UNAUTHORISED" // 401, 403
  | "ARI_NOT_FOUND" // 404
  | "ARI_CONFLICT" // 409: wrong state, or the name is taken
  | "ARI_REFUSED" // any other 4xx
  | "ARI_SERVER_ERROR" // 5xx
  | "ARI_BAD_RESPONSE" // an answer we cannot read
  // The connection as a whole.
  | "ARI_NOT_ASTERISK" // something answers, and it is not ARI
  | "ARI_NO_EVENTS" // requests are answered, the event socket does not open
  | "ARI_UNSUPPORTED" // our configuration or this Asterisk lacks what we need
  | "ARI_MISUSE"; // our own mistake: a missing parameter, a call before connect()

export interface AriErrorFacts {
  readonly code: AriErrorCode;
  readonly message: string;
  /** HTTP status, or 0 when there was no answer; swagger-client compares it with 0 (swagger.js, SwaggerApi.build). */
  readonly status?: number;
  readonly method?: string;
  readonly url?: string;
  /** The answer's text, if it was read; only its first 500 characters are kept. */
  readonly body?: string;
  readonly cause?: unknown;
}

const BODY_LENGTH_MAX = 500;

/**
 * A request or connection that failed, by whose fault.
 *
 * It must never get a property `data`: ari-client replaces any error that has one by a bare `Error` (client.js,
 * swaggerError) and status and code would be lost.
 */
export class AriError extends Error {
  override readonly name = "AriError";
  readonly code: AriErrorCode;
  readonly status: number;
  readonly method: string;
  /** Without credentials and without the query, because the query of a placed call holds the number dialled. */
  readonly url: string;
  readonly body: string;

  constructor(facts: AriErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status ?? 0;
    this.method = facts.method ?? "";
    this.url = urlToShow(facts.url ?? "");
    this.body = (facts.body ?? "").slice(0, BODY_LENGTH_MAX);
  }

  /** While connecting, swagger-client builds its own message from `statusText`; this lets the reason survive. */
  get statusText(): string {
    return this.message;
  }
}

/** Origin and path only. */
export function urlToShow(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  return parsed === null ? "" : parsed.origin + parsed.pathname;
}

export function codeOfStatus(status: number): AriErrorCode {
  if (status === 401 || status === 403) return "ARI_UNAUTHORISED";
  if (status === 404) return "ARI_NOT_FOUND";
  if (status === 409) return "ARI_CONFLICT";
  return status >= 500 ? "ARI_SERVER_ERROR" : "ARI_REFUSED";
}

const NOTHING_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EMFILE",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const TOO_SLOW = new Set(["ETIMEDOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "TimeoutError"]);
const CLOSED_BY_US = new Set(["UND_ERR_DESTROYED", "UND_ERR_CLOSED"]);
// OpenSSL's verification codes as Node spells them (Node's tls documentation, "X509 certificate error codes").
const CERTIFICATE = /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** Sorts an exception of undici or of Node's sockets. Whatever is not known counts as "may have been acted on". */
export function codeOfException(error: unknown): AriErrorCode {
  const name = nameOfException(error);
  if (NOTHING_SENT.has(name)) return "ARI_UNREACHABLE";
  if (TOO_SLOW.has(name)) return "ARI_TIMEOUT";
  if (CLOSED_BY_US.has(name)) return "ARI_CLOSED";
  if (CERTIFICATE.test(name)) return "ARI_TLS";
  // The peer talks, but not HTTP.
  if (name.startsWith("HPE_") || name === "HTTPParserError") return "ARI_BAD_RESPONSE";
  return "ARI_RESET";
}

function nameOfException(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "name" in error && typeof error.name === "string" ? error.name : "";
}

/** Strings (ari-client rejects with them) and foreign errors, turned into ours at the adapter's edge. */
export function toAriError(thrown: unknown, code: AriErrorCode, context: string): AriError {
  if (thrown instanceof AriError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new AriError({ code, message: `${context}: ${reason}`, cause: thrown });
}

export function isNotFound(error: unknown): error is AriError {
  return error instanceof AriError && error.code === "ARI_NOT_FOUND";
}

export function isConflict(error: unknown): error is AriError {
  return error instanceof AriError && error.code === "ARI_CONFLICT";
}

export function isServerError(error: unknown): error is AriError {
  return error instanceof AriError && error.code === "ARI_SERVER_ERROR";
}

export function isUnauthorised(error: unknown): error is AriError {
  return error instanceof AriError && error.code === "ARI_UNAUTHORISED";
}

/** No HTTP answer came, for whatever reason. */
export function isNoResponse(error: unknown): error is AriError {
  return error instanceof AriError && error.status === 0 && (isOutcomeUnknown(error) || isUnsent(error));
}

/** Asterisk may have acted on the request: only events, or asking, can tell. */
export function isOutcomeUnknown(error: unknown): error is AriError {
  return (
    error instanceof AriError &&
    (error.code === "ARI_RESET" || error.code === "ARI_TIMEOUT" || error.code === "ARI_CLOSED")
  );
}

/** Asterisk cannot have seen the request. */
export function isUnsent(error: unknown): error is AriError {
  return error instanceof AriError && (error.code === "ARI_UNREACHABLE" || error.code === "ARI_TLS");
}

/** Waiting may help: Asterisk is away, starting or overloaded, as against wrongly configured. */
export function isPassing(error: unknown): error is AriError {
  return isNoResponse(error) ? error.code !== "ARI_TLS" : isServerError(error);
}
