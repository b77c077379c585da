/**
 * What nobody caught. The process never goes on as if nothing had happened, and never ends without a word: the first
 * one is logged and asks for a drain, so that people who are talking can finish, and then for a non-zero exit.
 */
import type { Log } from "../engine/ports.ts";

export class Mistakes {
  /** Resolves at the first one. */
  readonly first: Promise<"uncaught">;
  readonly #onException: (error: unknown) => void;
  readonly #onRejection: (reason: unknown) => void;

  constructor(log: Log) {
    let resolveFirst: (what: "uncaught") => void = () => undefined;
    this.first = new Promise((resolve) => (resolveFirst = resolve));
    this.#onException = (error) => {
      log.error("an exception was caught by nobody; draining", { error });
      resolveFirst("uncaught");
    };
    this.#onRejection = (reason) => {
      log.error("a rejection was handled by nobody; draining", { error: reason });
      resolveFirst("uncaught");
    };
    process.on("uncaughtException", this.#onException);
    process.on("unhandledRejection", this.#onRejection);
  }

  off(): void {
    process.off("uncaughtException", this.#onException);
    process.off("unhandledRejection", this.#onRejection);
  }
}
