// Keeps one ari-client's event socket open for ever, and notices when it only looks open. The library reconnects at
// intervals of up to ten seconds, gives up after ten, never pings, parses frames unprotected, and reconnects even after
// stop(). So its own reconnecting is switched off, and each of the others has its guard here. One rule: what hooks into
// a new socket happens in the very tick in which it opened.
import { performance } from "node:perf_hooks";
import type { LibraryClient, LibrarySocket } from "./ari-library.ts";
import type { AriSurroundings } from "./ari-port.ts";
import type { EventSource, EventSourceListener } from "./event-source.ts";

export interface SocketKeeperOptions {
  readonly application: string;
  /** A peer that is silent for one to two of these is given up. */
  readonly pingIntervalMs: number;
  /** Longest mean wait between two tries; the first is FIRST_WAIT_MS, and each doubles the one before. */
  readonly reconnectMaxMs: number;
}

const CONNECTING = 0; // ws: readyState
const OPEN = 1;
const FIRST_WAIT_MS = 100;
/** How often an absence that lasts is told. */
const STILL_AWAY_EVERY_MS = 30_000;

export class SocketKeeper implements EventSource {
  readonly #client: LibraryClient;
  readonly #options: SocketKeeperOptions;
  readonly #around: AriSurroundings;
  readonly #listener: EventSourceListener;
  #stopping = false;
  #retrying: NodeJS.Timeout | null = null;
  #waitMs = FIRST_WAIT_MS;
  /** When the socket was last known to be open, or was first wanted; moved on when its absence is told. */
  #awaySince = performance.now();
  #beat: NodeJS.Timeout | null = null;
  #beatAt = 0;
  /** The socket whose opening was reported and whose end was not. */
  #current: LibrarySocket | null = null;
  #answeredPing = true;
  #stuck: LibrarySocket | null = null;
  #lastError = "";

  constructor(
    client: LibraryClient,
    options: SocketKeeperOptions,
    around: AriSurroundings,
    listener: EventSourceListener,
  ) {
    this.#client = client;
    this.#options = options;
    this.#around = around;
    this.#listener = listener;
  }

  /** Why the latest attempt to connect failed. */
  get lastError(): string {
    return this.#lastError;
  }

  start(): void {
    this.#client.on("WebSocketConnected", () => {
      this.#onOpen();
    });
    this.#beatAt = performance.now();
    this.#beat = setInterval(() => {
      this.#onBeat();
    }, this.#options.pingIntervalMs).unref();
    this.#awaySince = performance.now();
    this.#open();
  }

  /** No socket of this client stays open, now or later, and nothing is reported any more. */
  stop(): void {
    this.#stopping = true;
    if (this.#retrying !== null) clearTimeout(this.#retrying);
    if (this.#beat !== null) clearInterval(this.#beat);
    const socket = this.#client._ws;
    // stop() before the first start() throws: there is no socket to close (client.js, Client.prototype.stop).
    if (socket === undefined) return;
    this.#client.stop();
    // A peer that is gone does not answer the closing handshake; ws would wait 30 s for it.
    setTimeout(() => {
      socket.terminate();
    }, 500).unref();
  }

  #open(): void {
    // Its promise settles at the first opening or never; both are told by the socket, too.
    Promise.resolve(this.#client.start(this.#options.application)).catch((error: unknown) => {
      this.#noteFailure(error);
    });
    const socket = this.#client._ws;
    if (socket === undefined) return;
    // "The coming close is intended": the library leaves it alone, and the next try is ours (client.js, processClose).
    this.#client._wsClosed = true;
    socket.on("error", (error: unknown) => {
      this.#noteFailure(error);
    });
    socket.once("close", (code: number) => {
      this.#lost(socket, `the event socket closed (${String(code)})`);
      this.#retry();
    });
  }

  #retry(): void {
    if (this.#stopping || this.#retrying !== null) return;
    // Half to one and a half of the mean: nodes that lost the same Asterisk must not come back in step.
    const waitMs = this.#waitMs * (0.5 + this.#around.random.next());
    this.#waitMs = Math.min(this.#waitMs * 2, this.#options.reconnectMaxMs);
    this.#retrying = setTimeout(() => {
      this.#retrying = null;
      if (!this.#stopping) this.#open();
    }, waitMs);
    this.#sayIfStillAway();
  }

  #sayIfStillAway(): void {
    const now = performance.now();
    if (now - this.#awaySince < STILL_AWAY_EVERY_MS) return;
    this.#awaySince = now;
    this.#around.log.warn("Asterisk has been away for long; still trying", { reason: this.#lastError });
  }

  #onOpen(): void {
    const socket = this.#client._ws;
    if (socket === undefined) return;
    if (this.#stopping) {
      socket.terminate();
      return;
    }
    this.#takeOver(socket);
    this.#current = socket;
    this.#answeredPing = true;
    this.#waitMs = FIRST_WAIT_MS;
    this.#listener.opened(socket);
  }

  /** The library's own message handler throws on unknown types and bad JSON, from inside a socket callback. */
  #takeOver(socket: LibrarySocket): void {
    socket.removeAllListeners("message");
    socket.on("message", (data: Buffer | string) => {
      if (this.#current === socket) this.#listener.frame(data.toString(), false);
      else this.#listener.staleFrame();
    });
    socket.on("pong", () => {
      if (this.#current === socket) this.#answeredPing = true;
    });
  }

  #lost(socket: LibrarySocket, reason: string): void {
    if (this.#current !== socket) return;
    this.#current = null;
    this.#awaySince = performance.now();
    if (!this.#stopping) this.#listener.closed(reason);
  }

  #onBeat(): void {
    const now = performance.now();
    const late = now - this.#beatAt > 1.5 * this.#options.pingIntervalMs;
    this.#beatAt = now;
    const socket = this.#client._ws;
    if (socket === undefined) return;
    if (socket.readyState === CONNECTING) {
      this.#dropIfStuck(socket);
      return;
    }
    if (socket.readyState !== OPEN || socket !== this.#current) return;
    // A late beat says that this process slept (a long task, a paused machine); pongs may lie unread behind it.
    if (!this.#answeredPing && !late) {
      this.#lost(socket, "the event socket stopped answering pings");
      socket.terminate();
      return;
    }
    this.#answeredPing = false;
    try {
      socket.ping();
    } catch (error) {
      this.#around.log.debug("a ping could not be sent", { error });
    }
  }

  /** A peer that accepts connections and never answers the upgrade would hold the library's reconnecting for ever. */
  #dropIfStuck(socket: LibrarySocket): void {
    if (this.#stuck === socket) socket.terminate();
    else this.#stuck = socket;
  }

  #noteFailure(error: unknown): void {
    if (error !== undefined) this.#lastError = withoutSecrets(error);
    this.#around.log.debug("the event socket is not open yet", { reason: this.#lastError });
  }
}

/** ws puts the address into some of its messages, and the address holds user and password (client.js, start). */
function withoutSecrets(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/api_key=[^&\s"']*/g, "api_key=…");
}
