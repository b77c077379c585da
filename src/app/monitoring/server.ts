/**
 * Three pages for machines, read only: whether the daemon lives, whether it would dial, and its metrics. On loopback unless
 * somebody says otherwise; there is no password, and nothing on them names a person.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "../../engine/ports.ts";

export interface Pages {
  /** Why the process should be restarted; empty while it lives. */
  readonly ailments: () => readonly string[];
  /** Why nothing would be dialled now, whatever the campaigns say; empty when ready. */
  readonly obstacles: () => readonly string[];
  readonly metrics: () => Promise<string>;
}

export interface Listening {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";
/** Longer than any scraper waits. */
const REQUEST_MS = 10_000;
const CONNECTIONS_MAX = 16;

/**
 * Begins to listen. A port that is taken is told and does no harm: who cannot be watched can still dial. Resolves with how
 * to stop, and with the port; null where nobody listens.
 */
export function startMonitoring(
  listening: Listening,
  pages: Pages,
  log: Log,
): Promise<{ readonly port: number | null; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request, response, pages).catch((error: unknown) => {
      log.warn("a page for monitoring could not be made", { path: pathOf(request), error });
      if (!response.headersSent) reply(response, 500, { status: "failed" });
    });
  });
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  server.maxConnections = CONNECTIONS_MAX;
  server.unref();
  return new Promise((resolve) => {
    server.once("error", (error) => {
      log.warn("nobody can watch this daemon: its monitoring pages could not be opened", { ...listening, error });
      resolve({ port: null, stop: () => Promise.resolve() });
    });
    server.listen(listening.port, listening.host, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : listening.port;
      log.info("monitoring pages are open", { host: listening.host, port });
      resolve({ port, stop: () => stopped(server) });
    });
  });
}

const stopped = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });

const pathOf = ({ url = "/" }: IncomingMessage): string => url.split("?", 1)[0] ?? "/";

async function answer(request: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    reply(response, 405, { status: "read only" });
    return;
  }
  switch (pathOf(request)) {
    case "/health":
      because(response, pages.ailments(), "alive");
      return;
    case "/ready":
      because(response, pages.obstacles(), "ready");
      return;
    case "/metrics": {
      const text = await pages.metrics();
      response.writeHead(200, { "content-type": METRICS_TYPE });
      response.end(text);
      return;
    }
    default:
      reply(response, 404, { status: "unknown", pages: ["/health", "/ready", "/metrics"] });
  }
}

const because = (response: ServerResponse, reasons: readonly string[], good: string): void => {
  reply(response, reasons.length === 0 ? 200 : 503, {
    status: reasons.length === 0 ? good : `not ${good}`,
    because: reasons,
  });
};

const reply = (response: ServerResponse, code: number, document: object): void => {
  response.writeHead(code, { "content-type": JSON_TYPE, "cache-control": "no-store" });
  response.end(`${JSON.stringify(document)}\n`);
};
