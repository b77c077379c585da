// Where frames come from: a socket that we open, or one that Asterisk opens to us. Nobody above this can tell which.

/** What a source tells, each in the tick in which it happens. */
export interface EventSourceListener {
  /** `socket` identifies it for later comparisons. */
  opened(socket: object): void;
  closed(reason: string): void;
  /** @param isKept Asterisk kept it while nobody was there: it may be much older than its reading */
  frame(text: string, isKept: boolean): void;
  /** A frame on a socket that is not the current one. */
  staleFrame(): void;
}

export interface EventSource {
  /** Why no socket is open, as far as that is known; "" otherwise. Never holds a secret. */
  readonly lastError: string;
  /** Keeps a socket open from now on, for ever. */
  start(): void;
  /** No socket stays open, now or later, and nothing is reported any more. */
  stop(): void;
}
