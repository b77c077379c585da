/**
 * Spells in which nobody could keep a promise: the daemon was dead, or Asterisk could not be heard. One rule to remember:
 * an outage is often known only after what it excuses, so what it may excuse waits for a while.
 */
import { after, type Instant } from "../domain/instant.ts";
import type { Spell } from "./breach.ts";
import type { Entry } from "./entries.ts";

/** A dead socket is noticed by a ping that is not answered: so long we may have been deaf before we knew. */
export const DEAF_MAX_MS = 10_000;
/** Those that began longer ago than this excuse nothing that is still being looked at. */
const KEPT_MS = 24 * 3_600_000;
/** What a new process writes before it says that it has started: no sign of life of the last one. */
const BEFORE_START: ReadonlySet<string> = new Set(["campaign", "campaign-barred", "alarm", "store", "spool"]);
const BEFORE_EVERYTHING = -8.64e15 as Instant;

export class Outages {
  #past: Spell[] = [];
  #begunAt: Instant | null = null;
  #isUp = true;
  #lastSeenAt: Instant | null = null;

  see(entry: Entry): void {
    if (entry.kind === "engine" && entry.what === "started") {
      // Nothing says when the last process died; its last word is the best that is known. Of one that came before this
      // journal not even that.
      if (this.#isUp) this.#begunAt = this.#lastSeenAt ?? BEFORE_EVERYTHING;
      this.#isUp = false;
    }
    if (entry.kind === "connection") {
      if (entry.state !== "up") {
        if (this.#isUp) this.#begunAt = after(entry.at, -DEAF_MAX_MS);
        this.#isUp = false;
      } else {
        if (this.#begunAt !== null) this.#past.push({ from: this.#begunAt, to: entry.at });
        this.#past = this.#past.filter(({ to }) => to > entry.at - KEPT_MS);
        this.#begunAt = null;
        this.#isUp = true;
      }
    }
    if (!BEFORE_START.has(entry.kind)) this.#lastSeenAt = entry.at;
  }

  touches({ from, to }: Spell): boolean {
    if (this.#begunAt !== null && this.#begunAt <= to) return true;
    return this.#past.some((outage) => outage.from <= to && from <= outage.to);
  }

  /** Whether nothing that is still to come can change what `touches` says of this spell. */
  isSettled({ to }: Spell, now: Instant): boolean {
    return this.#begunAt === null && after(to, DEAF_MAX_MS) < now;
  }
}
