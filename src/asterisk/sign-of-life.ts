// Asks Asterisk for a sign of life once a second while its events flow: without calls nobody would know how soon it
// answers, and one that stands still would be found out by the next person only.
import type { AriNode } from "./transport.ts";

const EVERY_MS = 1_000;
/** Does nothing and answers "pong". */
const PATH = "/ari/asterisk/ping";

export class SignOfLife {
  #timer: NodeJS.Timeout | null = null;
  #isAsking = false;

  start(node: AriNode): void {
    this.stop();
    this.#timer = setInterval(() => {
      this.#ask(node);
    }, EVERY_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** One at a time. How long it took is the transport's to know; whatever it answers is an answer. */
  #ask(node: AriNode): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    node
      .request("GET", PATH, { accept: "application/json" })
      .catch(() => undefined)
      .finally(() => {
        this.#isAsking = false;
      });
  }
}
