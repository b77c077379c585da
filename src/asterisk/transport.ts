// HTTP for ari-client, through undici. ari-client's own transport never settles a request that gets no answer and
// opens a connection per request in flight; here each request is answered or fails with an AriError, in bounded time.
import { createHash } from "node:crypto";
import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import { AriError, codeOfException, codeOfStatus } from "./ari-error.ts";
import type { AriErrorCode } from "./ari-error.ts";
import type { AriLibrary, SwaggerCall } from "./ari-library.ts";
import { exchange, type HttpAnswer } from "./exchange.ts";
import { Latency } from "./latency.ts";

export interface NodeOptions {
  /** Scheme, host and port, for example "http://127.0.0.1:8088". */
  readonly origin: string;
  readonly user: string;
  readonly password: string;
  /** Longest wait for one request, its time in the queue included. */
  readonly requestTimeoutMs: number;
  /** Connections at once; Asterisk closes those above http.conf's `sessionlimit` (100 by default) unanswered. */
  readonly connectionsMax: number;
}

// Below Asterisk's session_keep_alive (15 s), so that it is we who close an idle connection: the other way round a
// request can be sent into a connection that is just being closed, and nobody knows whether it was acted on.
const KEEP_ALIVE_MS = 4_000;

// Waits before repeating a request that is idempotent by RFC 9110 section 9.2.2 (GET, PUT, DELETE), by how it failed.
// A timeout is not repeated: it has cost seconds already, and an Asterisk that is too slow needs less work, not more.
// A POST (create, originate, dial, play) is never repeated: a person might be rung twice.
const REPEAT_AFTER_MS: Partial<Record<AriErrorCode, readonly number[]>> = {
  ARI_UNREACHABLE: [100, 400],
  ARI_RESET: [20, 100],
};
const IDEMPOTENT = new Set(["GET", "PUT", "DELETE"]);

/** One Asterisk's HTTP side: a pool, a credential, and how fast it has been answering. */
export class AriNode {
  readonly latency = new Latency();
  readonly #options: NodeOptions;
  readonly #pool: Pool;
  readonly #authorization: string;
  #users = 1;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#authorization = "Basic " + Buffer.from(`${options.user}:${options.password}`).toString("base64");
    this.#pool = new Pool(options.origin, {
      connections: options.connectionsMax,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: options.requestTimeoutMs,
      bodyTimeout: options.requestTimeoutMs,
      connect: { timeout: options.requestTimeoutMs },
    });
  }

  /** Resolves for any status below 400; everything else is an AriError. `path` includes the query. */
  async request(method: string, path: string, headers: Record<string, string>, body?: string): Promise<HttpAnswer> {
    const waits = IDEMPOTENT.has(method) ? REPEAT_AFTER_MS : {};
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#requestOnce(method, path, headers, body);
      } catch (error) {
        const waitMs = error instanceof AriError ? waits[error.code]?.[failures] : undefined;
        if (waitMs === undefined) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  async #requestOnce(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<HttpAnswer> {
    const answered = this.latency.begin(performance.now());
    const about = { method, url: this.#options.origin + path };
    try {
      const sent = { ...headers, authorization: this.#authorization };
      const options = { method, path, headers: sent, body: body === undefined || body === "" ? null : body };
      const answer = await exchange(this.#pool, options, this.#options.requestTimeoutMs);
      if (answer.status < 400) return answer;
      const text = answer.body.toString("utf8");
      throw new AriError({
        ...about,
        code: codeOfStatus(answer.status),
        message: `${method} ${pathOnly(path)}: ${String(answer.status)} ${reasonIn(text)}`.trimEnd(),
        status: answer.status,
        body: text,
      });
    } catch (error) {
      if (error instanceof AriError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new AriError({
        ...about,
        code: codeOfException(error),
        message: `${method} ${pathOnly(path)}: no answer (${reason})`,
        cause: error,
      });
    } finally {
      answered(performance.now());
    }
  }

  /** How long a file is, and its SHA-256, without ever holding all of it; null when there is none (404). */
  async readThrough(path: string): Promise<{ readonly bytes: number; readonly sha256: string } | null> {
    const about = { method: "GET", url: this.#options.origin + path };
    try {
      // No time for the whole: it may be hours of sound. The pool's own timers watch over each part.
      const answer = await this.#pool.request({
        method: "GET",
        path,
        headers: { authorization: this.#authorization },
      });
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const part of answer.body as AsyncIterable<Buffer>) {
        bytes += part.length;
        hash.update(part);
      }
      if (answer.statusCode === 404) return null;
      if (answer.statusCode < 400) return { bytes, sha256: hash.digest("hex") };
      const message = `GET ${pathOnly(path)}: ${String(answer.statusCode)}`;
      throw new AriError({ ...about, code: codeOfStatus(answer.statusCode), message, status: answer.statusCode });
    } catch (error) {
      if (error instanceof AriError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const message = `GET ${pathOnly(path)}: no answer (${reason})`;
      throw new AriError({ ...about, code: codeOfException(error), message, cause: error });
    }
  }

  /** Whether another port may share this node. */
  isLike(options: NodeOptions): boolean {
    const { origin, user, password } = this.#options;
    return origin === options.origin && user === options.user && password === options.password;
  }

  acquire(): this {
    this.#users += 1;
    return this;
  }

  /** The last user's release ends every request still in flight with ARI_CLOSED. */
  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    for (const [key, node] of nodes) if (node === this) nodes.delete(key);
    await this.#pool.destroy();
  }
}

// By host and port, without scheme: Asterisk writes "http://" and the Host header it was sent into its api-docs even
// over TLS, and the requests that come through here are built from those.
const nodes = new Map<string, AriNode>();

/** The node for this host and port; ports in one process that use the same credentials share it. */
export function acquireNode(options: NodeOptions): AriNode {
  const key = new URL(options.origin).host;
  const existing = nodes.get(key);
  if (existing === undefined) {
    const node = new AriNode(options);
    nodes.set(key, node);
    return node;
  }
  if (existing.isLike(options)) return existing.acquire();
  throw new AriError({
    code: "ARI_UNSUPPORTED",
    message: `this process already talks to ${key} with another scheme, user or password`,
  });
}

const patched = new WeakSet<object>();

/** Puts our transport under the library, once per process; it has to happen before the first connect(). */
export function installTransport(library: AriLibrary): void {
  const { prototype } = library.httpClient;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  prototype.execute = (call: SwaggerCall) => {
    // Nothing may be thrown from here: the caller is a socket callback inside the library.
    void execute(call);
  };
}

async function execute(call: SwaggerCall): Promise<void> {
  try {
    const method = call.method.toUpperCase();
    const answer = await send(call, method);
    call.on.response({ headers: answer.headers, url: call.url, method, status: answer.status, data: answer.body });
  } catch (error) {
    try {
      call.on.error(error instanceof AriError ? error : unreadable(call, error));
    } catch {
      // While connecting, swagger-client rejects its promise and then throws the same string (SwaggerApi.fail).
      // Left alone, that throw ends the process: this is how a wrong password used to kill it.
    }
  }
}

async function send(call: SwaggerCall, method: string): Promise<HttpAnswer> {
  const url = new URL(call.url);
  const node = nodes.get(url.host);
  if (node === undefined) {
    throw new AriError({
      code: "ARI_UNSUPPORTED",
      message:
        `Asterisk's api-docs send us to ${url.host}, which is not where we are connected; ` +
        "a proxy in between that rewrites the Host header would do that",
      method,
      url: call.url,
    });
  }
  const body = call.body === "" ? undefined : call.body;
  const headers: Record<string, string> = { accept: "application/json" };
  // The Authorization that comes with the call is that of whichever client connected last, and is left behind.
  if (body !== undefined) headers["content-type"] = "application/json";
  return node.request(method, url.pathname + url.search, headers, body);
}

function unreadable(call: SwaggerCall, error: unknown): AriError {
  const reason = error instanceof Error ? error.message : String(error);
  return new AriError({
    code: "ARI_BAD_RESPONSE",
    message: `${call.method.toUpperCase()} ${pathOnly(call.url)}: unreadable answer (${reason})`,
    method: call.method.toUpperCase(),
    url: call.url,
    cause: error,
  });
}

function pathOnly(url: string): string {
  return URL.canParse(url, "http://localhost") ? new URL(url, "http://localhost").pathname : "(unreadable address)";
}

/** Asterisk says why as {"message": …} or, for an allocation failure, {"error": …}. */
function reasonIn(text: string): string {
  try {
    const parsed = JSON.parse(text) as { message?: unknown; error?: unknown } | null;
    const reason = parsed?.message ?? parsed?.error;
    return typeof reason === "string" ? reason : "";
  } catch {
    return "";
  }
}
