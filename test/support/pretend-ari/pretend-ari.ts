// An ARI server in the test process: real HTTP and a real WebSocket, channels and bridges that remember what was done
// to them, and every fault we know of on demand. It knows of Asterisk only what the adapter can see from outside.
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { declaration, resourceList } from "./api-docs.ts";
import { notFound, PretendAsterisk } from "./pretend-asterisk.ts";
import type { Answer } from "./pretend-asterisk.ts";

export interface PretendAriOptions {
  readonly user?: string;
  readonly password?: string;
  readonly port?: number;
  /** PEM texts; with them the server speaks https and wss. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Connections beyond this are closed without an answer, as http.conf's sessionlimit does. */
  readonly sessionLimit?: number;
  readonly missingOperations?: readonly string[];
  /** What api-docs say instead of the Host header they were asked with. */
  readonly hostInDocs?: string;
}

export type Fault =
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  /** Answers as usual, but the answer is lost: the request was acted on. */
  | { readonly kind: "answer-lost" };

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly authorization: string;
}

interface Armed {
  readonly method: string;
  readonly path: RegExp;
  readonly fault: Fault;
  left: number;
}

export class PretendAri extends PretendAsterisk {
  readonly requests: SeenRequest[] = [];
  readonly sockets = new Set<WebSocket>();
  /** Connections open at once, at most, since the start. */
  peakConnections = 0;
  upgrades = 0;
  user: string;
  password: string;
  /** What to do with requests to open the event socket. */
  upgradeFault: "none" | "hang" | "refuse" = "none";
  readonly #options: PretendAriOptions;
  readonly #connections = new Set<Socket>();
  #faults: Armed[] = [];
  #http: Server | null = null;
  #port: number;

  constructor(options: PretendAriOptions = {}) {
    super();
    this.#options = options;
    this.user = options.user ?? "fairdial";
    this.password = options.password ?? "s3cret-pässwörd&%";
    this.#port = options.port ?? 0;
  }

  static async started(options: PretendAriOptions = {}): Promise<PretendAri> {
    const server = new PretendAri(options);
    await server.start();
    return server;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${String(this.#port)}`;
  }

  get port(): number {
    return this.#port;
  }

  /** May be called again after stop(): the same port is used. */
  async start(): Promise<void> {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#onRequest(request, response);
    };
    const { tls } = this.#options;
    const http = tls === undefined ? createServer(onRequest) : createSecureServer(tls, onRequest);
    http.keepAliveTimeout = 15_000;
    http.on("connection", (socket) => {
      this.#connections.add(socket);
      socket.on("close", () => this.#connections.delete(socket));
      socket.on("error", () => undefined);
      if (this.#connections.size > (this.#options.sessionLimit ?? Infinity)) {
        socket.destroy();
        return;
      }
      this.peakConnections = Math.max(this.peakConnections, this.#connections.size);
    });
    const upgrader = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.upgrades += 1;
      const url = new URL(request.url ?? "", this.url);
      if (this.upgradeFault === "hang") return;
      if (this.upgradeFault === "refuse" || url.searchParams.get("api_key") !== `${this.user}:${this.password}`) {
        socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n");
        return;
      }
      upgrader.handleUpgrade(request, socket, head, (opened) => {
        this.sockets.add(opened);
        opened.on("close", () => this.sockets.delete(opened));
        opened.on("error", () => undefined);
      });
    });
    await new Promise<void>((resolve, reject) => {
      http.once("error", reject);
      http.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
  }

  /** Like a killed Asterisk: every connection is gone at once. Channels are forgotten only if asked. */
  async stop(): Promise<void> {
    const http = this.#http;
    if (http === null) return;
    this.#http = null;
    const gone = new Promise((resolve) => http.close(resolve));
    for (const socket of this.#connections) socket.destroy();
    await gone;
    this.sockets.clear();
  }

  /** The next `times` requests that match fail in this way. */
  fault(method: string, path: RegExp, fault: Fault, times = 1): void {
    this.#faults.push({ method, path, fault, left: times });
  }

  healed(): void {
    this.#faults = [];
  }

  /** Sends an event to everyone connected. */
  override emit(type: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.emitRaw(
      JSON.stringify({
        type,
        application: "fairdial",
        timestamp: new Date().toISOString(),
        asterisk_id: "pretend",
        ...fields,
      }),
    );
  }

  emitRaw(frame: string): void {
    for (const socket of this.sockets) socket.send(frame);
  }

  /** Cuts the event socket only. */
  dropSockets(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** The peer's machine has gone: nothing is read, answered or closed any more on the sockets open now. */
  freezeSockets(): void {
    for (const socket of this.sockets) (socket as unknown as { _socket: Socket })._socket.pause();
  }

  seen(method: string, path: RegExp): SeenRequest[] {
    return this.requests.filter((request) => request.method === method && path.test(request.path));
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void this.#answer(request, response, Buffer.concat(chunks).toString("utf8"));
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
    const url = new URL(request.url ?? "", this.url);
    const method = request.method ?? "";
    const path = url.pathname.replace(/^\/ari/, "");
    const authorization = request.headers.authorization ?? "";
    this.requests.push({
      method,
      path,
      query: url.searchParams,
      body: text === "" ? null : JSON.parse(text),
      authorization,
    });
    const armed = this.#faults.find((one) => one.left > 0 && one.method === method && one.path.test(path));
    if (armed !== undefined) armed.left -= 1;
    switch (armed?.fault.kind) {
      case "reset":
        request.socket.destroy();
        return;
      case "hang":
        return;
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, (armed.fault as { ms: number }).ms));
        break;
      case "status":
        response.writeHead(armed.fault.status, { "content-type": "application/json" }).end(armed.fault.body ?? "");
        return;
      default:
        break;
    }
    const expected = "Basic " + Buffer.from(`${this.user}:${this.password}`).toString("base64");
    const answer =
      authorization === expected
        ? this.#route(method, path, url.searchParams, text, request.headers.host ?? "")
        : { status: 401, json: { message: "Authentication required" } };
    if (armed?.fault.kind === "answer-lost") {
      request.socket.destroy();
      return;
    }
    if (answer.json === undefined) response.writeHead(answer.status).end();
    else response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.json));
  }

  #route(method: string, path: string, query: URLSearchParams, text: string, host: string): Answer {
    const docs = /^\/api-docs\/(\w+)\./.exec(path)?.[1];
    return docs === undefined ? this.act(method, path, query, text) : this.#docs(docs, host);
  }

  #docs(name: string, host: string): Answer {
    const shown = this.#options.hostInDocs ?? host;
    const json =
      name === "resources" ? resourceList(shown) : declaration(name, shown, this.#options.missingOperations ?? []);
    return json === null ? notFound("Resource") : { status: 200, json };
  }
}
