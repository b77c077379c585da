// When an event happened, by our clock: not when a busy process came to read it. Asterisk stamps its events; the least
// delay seen lately between its stamp and our reading is taken for the difference between the two clocks, and whatever
// an event came later than that, it waited.
import { earliest, instant } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";

/** Of each of two spells. A clock that is set back spoils what we think for two of them at most. */
const SPELL_MS = 30_000;
/** More than this is no busy process but a clock that was set; the person's two seconds are over in any case. */
const LATE_MAX_MS = 3_000;

export class EventClock {
  #spellEnds = 0;
  #least = Infinity;
  #leastBefore = Infinity;

  /**
   * `asteriskAt` null: the event carries no time, and the reading is all that is known.
   * @param isKept it waited for us in Asterisk: it tells nothing of the clocks, and may be as old as it says
   */
  happenedAt(receivedAt: Instant, asteriskAt: Instant | null, isKept = false): Instant {
    if (asteriskAt === null) return receivedAt;
    if (isKept) {
      const known = Math.min(this.#least, this.#leastBefore);
      return known === Infinity ? receivedAt : earliest(receivedAt, instant(asteriskAt + known));
    }
    if (receivedAt >= this.#spellEnds) {
      // After a long silence what was known before is no more than a memory.
      this.#leastBefore = receivedAt - this.#spellEnds < SPELL_MS ? this.#least : Infinity;
      this.#least = Infinity;
      this.#spellEnds = receivedAt + SPELL_MS;
    }
    this.#least = Math.min(this.#least, receivedAt - asteriskAt);
    const difference = Math.min(this.#least, this.#leastBefore);
    const happened = earliest(receivedAt, instant(asteriskAt + difference));
    return receivedAt - happened > LATE_MAX_MS ? receivedAt : happened;
  }
}
