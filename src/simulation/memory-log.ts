/** What a pretend process said. Warnings are weather; an error is something a person would have to look at. */
import type { Clock, Facts, Log } from "../engine/ports.ts";
import type { Instant } from "../domain/instant.ts";

export interface LogLine {
  readonly at: Instant;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly facts: Facts;
}

export class MemoryLog implements Log {
  readonly #clock: Clock;
  readonly #lines: LogLine[] = [];
  readonly #isBrief: boolean;

  /** @param isBrief keeps only what somebody should read: warnings and errors */
  constructor(clock: Clock, isBrief = false) {
    this.#clock = clock;
    this.#isBrief = isBrief;
  }

  debug(message: string, facts: Facts = {}): void {
    this.#add("debug", message, facts);
  }

  info(message: string, facts: Facts = {}): void {
    this.#add("info", message, facts);
  }

  warn(message: string, facts: Facts = {}): void {
    this.#add("warn", message, facts);
  }

  error(message: string, facts: Facts = {}): void {
    this.#add("error", message, facts);
  }

  lines(level?: LogLine["level"]): readonly LogLine[] {
    return level === undefined ? this.#lines : this.#lines.filter((line) => line.level === level);
  }

  #add(level: LogLine["level"], message: string, facts: Facts): void {
    if (this.#isBrief && (level === "debug" || level === "info")) return;
    this.#lines.push({ at: this.#clock.now(), level, message, facts });
  }
}
