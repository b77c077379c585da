// AriPort by way of ari-client 2.2.0: the library names the requests and reopens the socket; transport, events and
// patience are ours. Decisions and guards are listed in the README.
import { AriError, toAriError } from "./ari-error.ts";
import { loadAriLibrary, operationOf, requireOperations } from "./ari-library.ts";
import type { LibraryClient } from "./ari-library.ts";
import type {
  AriConnectionEvent,
  AriEvent,
  AriHealth,
  AriPort,
  AriRequests,
  AriSurroundings,
  AsteriskIdentity,
} from "./ari-port.ts";
import type { EventSource, EventSourceListener } from "./event-source.ts";
import { EventTally } from "./event-tally.ts";
import { preflight } from "./preflight.ts";
import { ariRequests, NEEDED_OPERATIONS } from "./requests.ts";
import type { Call } from "./requests.ts";
import { SignOfLife } from "./sign-of-life.ts";
import { SocketAcceptor, type SocketAcceptorOptions } from "./socket-acceptor.ts";
import { SocketKeeper } from "./socket-keeper.ts";
import { acquireNode, installTransport } from "./transport.ts";
import type { AriNode } from "./transport.ts";
import { performance } from "node:perf_hooks";

export interface AriClientOptions {
  /** Scheme, host and port only: "http://127.0.0.1:8088" or "https://pbx.example.com:8089". */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Stasis application; letters, digits, "-" and "_". */
  readonly application: string;
  /** Event types that nobody here reads, which Asterisk need not send. */
  readonly eventsNotWanted?: readonly string[];
  /** Longest wait for any one request. */
  readonly requestTimeoutMs?: number;
  readonly connectionsMax?: number;
  /** Longest wait for the api-docs, and then for the event socket to open. */
  readonly connectTimeoutMs?: number;
  readonly pingIntervalMs?: number;
  readonly reconnectMaxMs?: number;
  /** Where Asterisk opens its event socket to us, and what it says of itself; without it, we open one to Asterisk. */
  readonly acceptsEvents?: Omit<SocketAcceptorOptions, "pingIntervalMs"> | null;
}

// Half of an answered call's events and bytes, and nothing in them that we read.
const EVENTS_NOT_WANTED = ["ChannelVarset", "ChannelDialplan", "ChannelCallerId", "ChannelConnectedLine"];

const DEFAULTS = {
  eventsNotWanted: EVENTS_NOT_WANTED,
  // Ordinary answers take 1 to 5 ms; beyond 5 s Asterisk is in trouble and waiting longer only piles up requests.
  requestTimeoutMs: 5_000,
  // Well below http.conf's sessionlimit of 100, and more than 100 calls/s ever need at once.
  connectionsMax: 24,
  connectTimeoutMs: 15_000,
  // A half-open socket is then found within 5 to 10 s.
  pingIntervalMs: 5_000,
  reconnectMaxMs: 2_000,
  acceptsEvents: null,
};

type Settings = Required<AriClientOptions> & { readonly origin: string };

/** Checks the options and makes a port that is not connected yet; throws an AriError for options that cannot work. */
export function createAriClientPort(options: AriClientOptions, around: AriSurroundings): AriPort {
  const connection = new AriConnection({ ...DEFAULTS, ...options, origin: originOf(options) }, around);
  return Object.assign(connection, connection.requests);
}

class AriConnection {
  readonly requests: AriRequests;
  readonly #settings: Settings;
  readonly #around: AriSurroundings;
  readonly #tally: EventTally;
  readonly #connectionListeners = new Set<(event: AriConnectionEvent) => void>();
  #connecting: Promise<AsteriskIdentity> | null = null;
  #closing: Promise<void> | null = null;
  readonly #end = new AbortController();
  #node: AriNode | null = null;
  #client: LibraryClient | null = null;
  #source: EventSource | null = null;
  #socket: object | null = null;
  readonly #signOfLife = new SignOfLife();
  #connected = false;
  #opens = 0;

  constructor(settings: Settings, around: AriSurroundings) {
    this.#settings = settings;
    this.#around = around;
    this.#tally = new EventTally(around.log);
    this.requests = ariRequests(this.#call, settings.application, (path) => {
      if (this.#node === null) throw this.#end.signal.aborted ? closed() : failure("ARI_MISUSE", "not connected yet");
      return this.#node.readThrough(`/ari${path}`);
    });
  }

  connect = (): Promise<AsteriskIdentity> => {
    if (this.#end.signal.aborted) return Promise.reject(closed());
    this.#connecting ??= this.#connectOnce().catch(async (error: unknown) => {
      this.#connecting = null;
      await this.#letGo();
      throw this.#end.signal.aborted ? closed() : toAriError(error, "ARI_UNSUPPORTED", "connecting to Asterisk");
    });
    return this.#connecting;
  };

  close = (): Promise<void> => {
    this.#end.abort();
    this.#closing ??= this.#letGo();
    return this.#closing;
  };

  onEvent = (listener: (event: AriEvent) => void): (() => void) => this.#tally.add(listener);

  onConnection = (listener: (event: AriConnectionEvent) => void): (() => void) => {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  };

  health = (): AriHealth => ({
    connected: this.#connected,
    opens: this.#opens,
    requests: this.#node?.latency.summary(performance.now()) ?? { count: 0, p50Ms: null, p95Ms: null },
    events: this.#tally.counts(),
  });

  answersInMs = (): number | null => this.#node?.latency.answersInMs(performance.now()) ?? null;

  async #connectOnce(): Promise<AsteriskIdentity> {
    const { origin, user, password, connectionsMax, requestTimeoutMs } = this.#settings;
    const library = loadAriLibrary();
    installTransport(library);
    const node = acquireNode({ origin, user, password, connectionsMax, requestTimeoutMs });
    this.#node = node;
    const identity = await preflight(node);
    // The library's first request goes around our transport and has no timeout; a late result is left to the collector.
    const client = await this.#inTime(library.connect(origin, user, password), () =>
      failure("ARI_TIMEOUT", "Asterisk did not deliver its api-docs in time"),
    );
    // Our transport has its own; the library's is encoded anew for each request, by a way that Node frowns upon at length.
    library.forgetCredential();
    this.#refuseIfClosing();
    requireOperations(client, NEEDED_OPERATIONS);
    this.#client = client;
    await this.#openSocket(client);
    this.#around.log.info("connected to Asterisk", {
      version: identity.version,
      application: this.#settings.application,
    });
    return identity;
  }

  async #openSocket(client: LibraryClient): Promise<void> {
    const source = this.#eventSource(client, {
      opened: (socket) => {
        void this.#opened(socket);
      },
      closed: (reason) => {
        this.#down(reason);
      },
      frame: (text, isKept) => {
        this.#frame(text, isKept);
      },
      staleFrame: () => {
        this.#tally.ignore();
      },
    });
    this.#source = source;
    let forget = (): void => undefined;
    const up = new Promise<void>((resolve) => {
      forget = this.onConnection((event) => {
        if (event.type === "up") resolve();
      });
    });
    source.start();
    try {
      await this.#inTime(up, () =>
        failure("ARI_NO_EVENTS", `Asterisk answers requests but its event socket does not open (${source.lastError})`),
      );
    } finally {
      forget();
    }
    this.#refuseIfClosing();
  }

  #eventSource(client: LibraryClient, listener: EventSourceListener): EventSource {
    const { acceptsEvents, pingIntervalMs } = this.#settings;
    return acceptsEvents === null
      ? new SocketKeeper(client, this.#settings, this.#around, listener)
      : new SocketAcceptor({ ...acceptsEvents, pingIntervalMs }, this.#around, listener);
  }

  async #opened(socket: object): Promise<void> {
    this.#socket = socket;
    try {
      // On every open: when its last subscription ended, Asterisk forgot the application and the filter with it.
      await this.requests.putEventFilter(this.#settings.eventsNotWanted);
    } catch (error) {
      // The filter saves bandwidth and nothing else; events are flowing.
      this.#around.log.warn("Asterisk did not take the event filter", { error });
    }
    if (this.#socket !== socket) return;
    this.#connected = true;
    this.#opens += 1;
    if (this.#node !== null) this.#signOfLife.start(this.#node);
    this.#tell({ type: "up", at: this.#around.clock.now(), first: this.#opens === 1 });
  }

  #down(reason: string): void {
    this.#socket = null;
    // A socket that closed before it was announced needs no second announcement.
    if (!this.#connected) return;
    this.#connected = false;
    this.#signOfLife.stop();
    this.#around.log.warn("the connection to Asterisk was lost", { reason });
    this.#tell({ type: "down", at: this.#around.clock.now(), reason });
  }

  #frame(text: string, isKept: boolean): void {
    const event = this.#tally.deliver(text, this.#around.clock.now(), isKept);
    if (event?.type === "ApplicationReplaced" && event.body["application"] === this.#settings.application)
      this.#replaced();
  }

  #replaced(): void {
    // Asterisk leaves the replaced socket open and silent. Reopening would replace the other one in turn.
    this.#source?.stop();
    this.#socket = null;
    this.#connected = false;
    this.#signOfLife.stop();
    this.#around.log.error("another process has taken over our application in Asterisk", {
      application: this.#settings.application,
    });
    this.#tell({ type: "replaced", at: this.#around.clock.now() });
  }

  #tell(event: AriConnectionEvent): void {
    for (const listener of this.#connectionListeners) {
      try {
        listener(event);
      } catch (error) {
        this.#around.log.error("a listener failed on a change of the connection to Asterisk", {
          type: event.type,
          error,
        });
      }
    }
  }

  async #letGo(): Promise<void> {
    this.#source?.stop();
    this.#signOfLife.stop();
    const node = this.#node;
    this.#source = null;
    this.#client = null;
    this.#node = null;
    this.#socket = null;
    this.#connected = false;
    await node?.release();
  }

  /** The promise's outcome, unless time runs out or close() is called first; a later rejection is swallowed. */
  async #inTime<T>(promise: PromiseLike<T>, tooLate: () => AriError): Promise<T> {
    const outcome = Promise.resolve(promise);
    outcome.catch(() => undefined);
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(this.#settings.connectTimeoutMs)]);
    const interrupted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        reject(this.#end.signal.aborted ? closed() : tooLate());
      });
    });
    return Promise.race([outcome, interrupted]);
  }

  #refuseIfClosing(): void {
    if (this.#end.signal.aborted) throw closed();
  }

  readonly #call: Call = async (resource, operation, parameters = {}) => {
    const client = this.#client;
    if (client === null)
      throw this.#end.signal.aborted ? closed() : failure("ARI_MISUSE", "not connected to Asterisk yet");
    const run = operationOf(client, resource, operation);
    if (run === null) throw failure("ARI_UNSUPPORTED", `this Asterisk does not offer ${resource}.${operation}`);
    try {
      // ari-client's promises are Bluebird's; awaiting them here keeps that library's own rejection tracking away.
      return await run(parameters);
    } catch (error) {
      // What is not an AriError yet is a string about a missing path parameter.
      throw toAriError(error, "ARI_MISUSE", `${resource}.${operation}`);
    }
  };
}

function originOf({ url, application }: AriClientOptions): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(application)) {
    // ari-client puts it into the socket's address unescaped (client.js, start).
    throw failure("ARI_UNSUPPORTED", "the application name may hold letters, digits, hyphens and underscores only");
  }
  if (!URL.canParse(url))
    throw failure("ARI_UNSUPPORTED", "Asterisk's address is not a URL such as http://127.0.0.1:8088");
  const { protocol, username, password, pathname, search, hash, origin } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") {
    throw failure("ARI_UNSUPPORTED", "Asterisk's address must begin with http:// or https://");
  }
  if (username !== "" || password !== "") {
    throw failure("ARI_UNSUPPORTED", "user and password do not belong into Asterisk's address");
  }
  if (pathname !== "/" || search !== "" || hash !== "") {
    // ari-client 2.2.0 uses protocol and host only, and would silently talk to another path.
    throw failure("ARI_UNSUPPORTED", "Asterisk's address must end after the port; http.conf's prefix is not supported");
  }
  return origin;
}

function failure(code: "ARI_TIMEOUT" | "ARI_NO_EVENTS" | "ARI_MISUSE" | "ARI_UNSUPPORTED", message: string): AriError {
  return new AriError({ code, message });
}

function closed(): AriError {
  return new AriError({ code: "ARI_CLOSED", message: "the connection to Asterisk was closed" });
}
