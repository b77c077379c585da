// The other way round: Asterisk opens the event socket to us and keeps the application registered while we are away. What
// happens meanwhile it keeps in order, and sends when it has found us again: no event is lost by a restart of this process
// or by a cut between the two (22.5, 20.15 and newer; ari.conf type=outbound_websocket). Requests still go the usual way.
// What was kept comes first, and after it "ApplicationRegistered", by which Asterisk also tells what time it is: until then
// frames are held here. One rule: the newest socket that knows the password is the current one, for Asterisk may have died and come back.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { performance } from "node:perf_hooks";
import { WebSocketServer, type WebSocket } from "ws";
import type { AriSurroundings } from "./ari-port.ts";
import type { EventSource, EventSourceListener } from "./event-source.ts";
import { objectIn, textIn } from "./read-json.ts";

export interface SocketAcceptorOptions {
  readonly host: string;
  /** 0 takes any; {@link SocketAcceptor.port} tells which. */
  readonly port: number;
  /** What websocket_client.conf says as username and password. */
  readonly user: string;
  readonly password: string;
  /** A peer that is silent for one to two of these is given up. */
  readonly pingIntervalMs: number;
}

/** What Asterisk calls its own protocol; it hangs up on a server that does not agree to it. */
const PROTOCOL = "ari";
const LISTEN_AGAIN_MS = 1_000;
/** A bridge of thousands of channels in one event is some hundred kilobytes. */
const FRAME_BYTES_MAX = 16 * 1024 * 1024;
/** So long the end of what was kept is waited for. Thousands of events take some milliseconds. */
const KEPT_PATIENCE_MS = 2_000;
const OPEN = 1; // ws: readyState

export class SocketAcceptor implements EventSource {
  readonly #options: SocketAcceptorOptions;
  readonly #around: AriSurroundings;
  readonly #listener: EventSourceListener;
  readonly #expected: Buffer;
  readonly #upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_MAX,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  #server: Server | null = null;
  #stopping = false;
  #again: NodeJS.Timeout | null = null;
  #beat: NodeJS.Timeout | null = null;
  #beatAt = 0;
  #current: WebSocket | null = null;
  #answeredPing = true;
  /** What Asterisk kept, while it is still being sent; null once that is over. */
  #kept: string[] | null = null;
  #keptOver: NodeJS.Timeout | null = null;
  #lastError = "Asterisk has not opened its event socket to us yet";

  constructor(options: SocketAcceptorOptions, around: AriSurroundings, listener: EventSourceListener) {
    this.#options = options;
    this.#around = around;
    this.#listener = listener;
    this.#expected = digest(`Basic ${Buffer.from(`${options.user}:${options.password}`).toString("base64")}`);
  }

  get lastError(): string {
    return this.#lastError;
  }

  /** Null while nothing listens. */
  get port(): number | null {
    const address = this.#server?.address() ?? null;
    return typeof address === "object" && address !== null ? address.port : null;
  }

  start(): void {
    this.#beatAt = performance.now();
    this.#beat = setInterval(() => {
      this.#onBeat();
    }, this.#options.pingIntervalMs).unref();
    this.#listen();
  }

  stop(): void {
    this.#stopping = true;
    if (this.#again !== null) clearTimeout(this.#again);
    if (this.#beat !== null) clearInterval(this.#beat);
    if (this.#keptOver !== null) clearTimeout(this.#keptOver);
    this.#server?.close();
    // Asterisk takes a closing handshake for the end of the application's wish to hear; a cut it takes for a cut.
    this.#current?.terminate();
    this.#current = null;
  }

  #listen(): void {
    const { host, port } = this.#options;
    const server = createServer((_, response) => {
      response.writeHead(426, { connection: "close" }).end("This is for Asterisk's event socket.\n");
    });
    server.on("upgrade", (request, socket, head) => {
      this.#upgrade(request, socket, head);
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      this.#lastError = `nothing can listen on ${host}:${port}: ${error.code ?? error.message}`;
      this.#around.log.warn("the address for Asterisk's event socket cannot be listened on", {
        reason: this.#lastError,
      });
      server.close();
      if (this.#stopping) return;
      this.#again = setTimeout(() => {
        this.#listen();
      }, LISTEN_AGAIN_MS);
    });
    server.listen(port, host);
    this.#server = server;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => {
      socket.destroy();
    });
    // Digests are of one length, so that the time of the comparison tells nothing of the password.
    if (!timingSafeEqual(digest(request.headers.authorization ?? ""), this.#expected)) {
      this.#lastError = "somebody came without the right user and password";
      this.#around.log.warn("an event socket was refused: user or password is wrong", {
        from: request.socket.remoteAddress,
      });
      socket.end('HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="fairdial"\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#upgrades.handleUpgrade(request, socket, head, (opened) => {
      this.#opened(opened);
    });
  }

  #opened(socket: WebSocket): void {
    if (this.#stopping) {
      socket.terminate();
      return;
    }
    const before = this.#current;
    if (before !== null) {
      this.#lost(before, "Asterisk opened another event socket");
      before.terminate();
    }
    socket.on("message", (data: Buffer) => {
      if (this.#current === socket) this.#frame(socket, data.toString());
      else this.#listener.staleFrame();
    });
    socket.on("pong", () => {
      if (this.#current === socket) this.#answeredPing = true;
    });
    socket.on("error", (error: Error) => {
      this.#lastError = error.message;
    });
    socket.once("close", (code: number) => {
      this.#lost(socket, `the event socket closed (${String(code)})`);
    });
    this.#current = socket;
    this.#answeredPing = true;
    this.#lastError = "";
    this.#kept = [];
    this.#keptOver = setTimeout(() => {
      if (this.#current === socket) this.#handOver(socket, null);
    }, KEPT_PATIENCE_MS);
  }

  #frame(socket: WebSocket, text: string): void {
    if (this.#kept === null) this.#listener.frame(text, false);
    else if (isRegistered(text)) this.#handOver(socket, text);
    else this.#kept.push(text);
  }

  /** The news of now first: it tells how the two clocks stand, by which the age of what was kept is known. */
  #handOver(socket: WebSocket, registered: string | null): void {
    const kept = this.#kept ?? [];
    this.#kept = null;
    if (this.#keptOver !== null) clearTimeout(this.#keptOver);
    this.#listener.opened(socket);
    if (registered !== null) this.#listener.frame(registered, false);
    for (const text of kept) this.#listener.frame(text, true);
  }

  #lost(socket: WebSocket, reason: string): void {
    if (this.#current !== socket) return;
    this.#current = null;
    this.#lastError = reason;
    if (this.#stopping) return;
    // What has come so far Asterisk has forgotten: it is told, although more was to come.
    if (this.#kept !== null) this.#handOver(socket, null);
    this.#listener.closed(reason);
  }

  #onBeat(): void {
    const now = performance.now();
    // A late beat says that this process slept; pongs may lie unread behind it.
    const late = now - this.#beatAt > 1.5 * this.#options.pingIntervalMs;
    this.#beatAt = now;
    const socket = this.#current;
    if (socket?.readyState !== OPEN) return;
    if (!this.#answeredPing && !late) {
      this.#lost(socket, "the event socket stopped answering pings");
      socket.terminate();
      return;
    }
    this.#answeredPing = false;
    socket.ping();
  }
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Said of every frame while events are being handed over, and of no other. */
function isRegistered(text: string): boolean {
  try {
    return textIn(objectIn(JSON.parse(text)), "type") === "ApplicationRegistered";
  } catch {
    return false;
  }
}
