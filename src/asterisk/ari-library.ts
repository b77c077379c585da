// The one place that touches ari-client 2.2.0 and swagger-client 2.0.26 as packages, including the private parts
// we lean on. Both are CommonJS and assign undeclared globals, so they are loaded with `require`, never bundled.
import { createRequire } from "node:module";
import type { EventEmitter } from "node:events";
import type { Client } from "ari-client";
import { AriError } from "./ari-error.ts";

/** What swagger-client hands to its HTTP client for each request. */
export interface SwaggerCall {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly on: {
    readonly response: (response: SwaggerResponse) => void;
    readonly error: (error: unknown) => void;
  };
}

export interface SwaggerResponse {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly data: Buffer;
}

/** The part of a `ws` socket that the library shares with us. */
export interface LibrarySocket extends EventEmitter {
  readonly readyState: number;
  ping(): void;
  terminate(): void;
}

/** The resources we use; their operations are typed by name only, because the server's api-docs decide the rest. */
export type ResourceName =
  "applications" | "asterisk" | "bridges" | "channels" | "endpoints" | "playbacks" | "recordings" | "sounds";
export type OperationName<R extends ResourceName> = Extract<keyof Client[R], string>;
type Operation = (parameters: Readonly<Record<string, unknown>>) => PromiseLike<unknown>;

/** ari-client's client as we use it, with its two private fields. */
export interface LibraryClient extends EventEmitter {
  start(application: string): PromiseLike<void>;
  stop(): void;
  /** Undefined before the first start(); replaced by each reconnect. */
  _ws?: LibrarySocket;
  /** "The next close is intended"; see client.js, processClose. */
  _wsClosed?: boolean;
}

export interface AriLibrary {
  readonly connect: (url: string, user: string, password: string) => PromiseLike<LibraryClient>;
  readonly httpClient: { prototype: { execute: (call: SwaggerCall) => unknown } };
  /** Whatever puts a credential on the library's requests; there again after each connect. */
  readonly forgetCredential: () => void;
}

const PINNED_VERSION = "2.2.0";
/** As client.js names it. */
const CREDENTIAL = "basic-auth";

/** Loads the library and refuses any that is not the one whose inside we know. */
export function loadAriLibrary(): AriLibrary {
  const require = createRequire(import.meta.url);
  const { version } = require("ari-client/package.json") as { version?: unknown };
  if (version !== PINNED_VERSION) {
    throw unsupported(
      `ari-client ${String(version)} is installed, and this build knows the inside of ${PINNED_VERSION} only`,
    );
  }
  const library = require("ari-client") as { connect?: unknown };
  // From ari-client's own folder: another copy of swagger-client elsewhere in the tree would be patched in vain.
  const swagger = createRequire(require.resolve("ari-client"))("swagger-client") as Record<string, unknown>;
  const httpClient = swagger["ShredHttpClient"];
  if (typeof library.connect !== "function" || !hasExecute(httpClient)) {
    throw unsupported("ari-client lacks connect() or swagger-client lacks ShredHttpClient.prototype.execute");
  }
  // swagger-client logs through a global `log` that it leaks, prints "deprecated version of Swagger" at each
  // connect with it, and keeps a history of what it logged for ever. Replacing that one function silences it
  // without touching console.
  Object.assign(globalThis, { log: () => undefined });
  const authorizations = swagger["authorizations"] as { remove?: (name: string) => unknown } | undefined;
  return {
    connect: library.connect as AriLibrary["connect"],
    httpClient,
    forgetCredential: () => {
      authorizations?.remove?.(CREDENTIAL);
    },
  };
}

function hasExecute(value: unknown): value is AriLibrary["httpClient"] {
  return typeof value === "function" && typeof (value.prototype as { execute?: unknown }).execute === "function";
}

/** Says in plain words which operations the connected Asterisk does not offer. */
export function requireOperations(client: LibraryClient, needed: readonly (readonly [string, string])[]): void {
  const missing = needed.filter(([resource, operation]) => operationOf(client, resource, operation) === null);
  if (missing.length > 0) {
    throw unsupported(
      `this Asterisk does not offer ${missing.map((pair) => pair.join(".")).join(", ")}; ` +
        "an ARI module is not loaded, or the version is too old",
    );
  }
}

export function operationOf(client: LibraryClient, resource: string, operation: string): Operation | null {
  const operations = (client as unknown as Record<string, Record<string, unknown> | undefined>)[resource];
  const found = operations?.[operation];
  return typeof found === "function" ? (found as Operation) : null;
}

function unsupported(message: string): AriError {
  return new AriError({ code: "ARI_UNSUPPORTED", message });
}
