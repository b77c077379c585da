// Delivers what came in on the event socket, and counts it. Nothing that Asterisk sends, and nothing a listener does
// with it, may end the process: unknown, unreadable and unhandled are numbers here.
import type { Log } from "../engine/ports.ts";
import type { Instant } from "../domain/instant.ts";
import type { AriEvent, AriHealth } from "./ari-port.ts";
import { objectIn, textIn } from "./read-json.ts";

// Asterisk 22 has some 50 event types. A sender of endless new ones must not grow our memory.
const TYPES_COUNTED_MAX = 200;
const OTHER = "(other)";

export class EventTally {
  readonly #listeners = new Set<(event: AriEvent) => void>();
  readonly #byType = new Map<string, number>();
  readonly #log: Log;
  #malformed = 0;
  #ignored = 0;
  #listenerFailures = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: (event: AriEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads one frame and hands it on; returns the event for the connection's own use, or null if unreadable. */
  deliver(frame: string, receivedAt: Instant, isKept = false): AriEvent | null {
    const event = readFrame(frame, receivedAt, isKept);
    if (event === null) {
      this.#malformed += 1;
      this.#log.warn("an event from Asterisk could not be read", { length: frame.length, malformed: this.#malformed });
      return null;
    }
    this.#count(event.type);
    if (this.#listeners.size === 0) this.#ignored += 1;
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#listenerFailures += 1;
        this.#log.error("a listener failed on an event from Asterisk", { type: event.type, error });
      }
    }
    return event;
  }

  /** A frame on a socket that was given up already. */
  ignore(): void {
    this.#ignored += 1;
  }

  counts(): AriHealth["events"] {
    return {
      byType: Object.fromEntries(this.#byType),
      malformed: this.#malformed,
      ignored: this.#ignored,
      listenerFailures: this.#listenerFailures,
    };
  }

  #count(type: string): void {
    const key = this.#byType.has(type) || this.#byType.size < TYPES_COUNTED_MAX ? type : OTHER;
    this.#byType.set(key, (this.#byType.get(key) ?? 0) + 1);
  }
}

function readFrame(frame: string, receivedAt: Instant, isKept: boolean): AriEvent | null {
  try {
    const body = objectIn(JSON.parse(frame));
    const type = textIn(body, "type");
    return body === null || type === null || type === "" ? null : { type, receivedAt, isKept, body };
  } catch {
    return null;
  }
}
