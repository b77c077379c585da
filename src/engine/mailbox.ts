/**
 * The engine's one loop. Everything that happens is a letter; one letter is finished before the next is opened,
 * so nothing inside needs a lock. Letters never wait: what takes time is started, and comes back as another letter.
 */
import type { Clock, Log } from "./ports.ts";

export interface Letter {
  readonly name: string;
  readonly open: () => void;
}

export interface MailboxHealth {
  readonly opened: number;
  readonly depthMax: number;
}

export class Mailbox {
  readonly #letters: Letter[] = [];
  readonly #log: Log;
  readonly #clock: Clock;
  /** Called when the box is empty again: the place for work that is done once for many letters. */
  readonly #whenEmpty: () => void;
  /** Called with our own mistakes; the process should not go on as if nothing had happened. */
  readonly #onMistake: (error: unknown, letter: string) => void;
  #open = false;
  #opened = 0;
  #depthMax = 0;

  constructor(options: {
    readonly log: Log;
    readonly clock: Clock;
    readonly whenEmpty: () => void;
    readonly onMistake: (error: unknown, letter: string) => void;
  }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#whenEmpty = options.whenEmpty;
    this.#onMistake = options.onMistake;
  }

  post(name: string, open: () => void): void {
    this.#letters.push({ name, open });
    this.#depthMax = Math.max(this.#depthMax, this.#letters.length);
    if (!this.#open) this.#openAll();
  }

  /** Starts work whose result is to come back as a letter. A rejection is given to `failed`, also as a letter. */
  await<T>(name: string, work: Promise<T>, done: (value: T) => void, failed: (error: unknown) => void): void {
    work.then(
      (value) => {
        this.post(name, () => {
          done(value);
        });
      },
      (error: unknown) => {
        this.post(`${name} failed`, () => {
          failed(error);
        });
      },
    );
  }

  /** Figures since the last call. */
  health(): MailboxHealth {
    const health = { opened: this.#opened, depthMax: this.#depthMax };
    this.#opened = 0;
    this.#depthMax = 0;
    return health;
  }

  #openAll(): void {
    this.#open = true;
    try {
      for (;;) {
        const letter = this.#letters.shift();
        if (letter === undefined) {
          this.#whenEmptySafely();
          if (this.#letters.length === 0) return;
          continue;
        }
        this.#openOne(letter);
      }
    } finally {
      this.#open = false;
    }
  }

  #openOne(letter: Letter): void {
    this.#opened += 1;
    try {
      letter.open();
    } catch (error) {
      this.#log.error("a letter could not be finished", { letter: letter.name, at: this.#clock.now(), error });
      this.#onMistake(error, letter.name);
    }
  }

  #whenEmptySafely(): void {
    try {
      this.#whenEmpty();
    } catch (error) {
      this.#log.error("the work after the letters could not be finished", { error });
      this.#onMistake(error, "when empty");
    }
  }
}
