// The demo's live display: a table that is drawn anew on a terminal, a line now and then elsewhere.

import Table from "cli-table3";
import { createLogUpdate } from "log-update";
import { quantile, type Progress } from "./progress.ts";

const BAR_WIDTH = 40;
/** Where there is no terminal, a line every so many seconds is enough. */
const LINE_EVERY_MS = 10_000;

export class Display {
  readonly #terminal: ReturnType<typeof createLogUpdate> | null;
  readonly #leads: number;
  readonly #startedAt = Date.now();
  #lastLineAt = 0;

  /** @param stream null to show lines on standard error only */
  constructor(stream: NodeJS.WriteStream | null, leads: number) {
    this.#terminal = stream?.isTTY === true ? createLogUpdate(stream) : null;
    this.#leads = leads;
  }

  show(now: Progress): void {
    if (this.#terminal !== null) this.#terminal(this.#picture(now));
    else if (Date.now() - this.#lastLineAt >= LINE_EVERY_MS) {
      this.#lastLineAt = Date.now();
      process.stderr.write(
        `[demo] ${this.#seconds()} s: ${String(now.leadsDone)} of ${String(this.#leads)} leads done; ` +
          `calls ${inWords(now.calls)}; agents ${inWords(now.agents)}\n`,
      );
    }
  }

  close(): void {
    this.#terminal?.done();
  }

  #picture(now: Progress): string {
    const filled = Math.round((now.leadsDone / this.#leads) * BAR_WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
    const ms = now.answerToConnectMs;
    const table = new Table({ head: ["calls", "agents", "outcomes", "answer→agent"], style: { head: [], border: [] } });
    table.push([
      inLines(now.calls),
      inLines(now.agents),
      inLines(now.outcomes),
      ms.length === 0
        ? "none yet"
        : `median ${String(quantile(ms, 0.5))} ms\n99 % within ${String(quantile(ms, 0.99))} ms\nslowest ${String(quantile(ms, 1))} ms`,
    ]);
    return `${bar} ${String(now.leadsDone)} of ${String(this.#leads)} leads, ${this.#seconds()} s\n${table.toString()}`;
  }

  #seconds(): string {
    return String(Math.round((Date.now() - this.#startedAt) / 1000));
  }
}

const inLines = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${String(count).padStart(4)} ${name}`).join("\n") || "none";

const inWords = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${String(count)} ${name}`).join(", ") || "none";
