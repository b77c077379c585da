/**
 * How much Asterisk can bear: in a spell of weakness it makes so many legs a second and no more, one after the other, so
 * that whoever asks for more waits the longer. One rule to remember: what was asked for is carried out, only later.
 */
import type { Instant } from "../domain/instant.ts";
import { after, isBefore, latest, msBetween } from "../domain/instant.ts";
import type { Weakness } from "./telephony-faults.ts";
import type { SleepingClock } from "./virtual-clock.ts";

/** Over so long an adapter looks at answers. */
const WINDOW_MS = 2_000;

export class PretendBreath {
  readonly #clock: SleepingClock;
  readonly #spells: readonly Weakness[];
  /** The queue of requests is empty then. */
  #freeAt: Instant = 0 as Instant;
  readonly #waiting = new Map<symbol, Instant>();
  #answered: { readonly at: Instant; readonly tookMs: number }[] = [];

  constructor(clock: SleepingClock, spells: readonly Weakness[]) {
    this.#clock = clock;
    this.#spells = spells;
  }

  /** Resolves when Asterisk comes to it: at once, where it is in health. */
  async make(): Promise<void> {
    const asked = this.#clock.now();
    const weakness = this.#weakness(asked);
    if (weakness === null) return;
    const { callsPerSecondMax, to } = weakness;
    const done =
      callsPerSecondMax === 0 ? to : after(latest(this.#freeAt, asked), Math.ceil(1_000 / callsPerSecondMax));
    this.#freeAt = done;
    const request = Symbol();
    this.#waiting.set(request, asked);
    await this.#clock.sleep(msBetween(asked, done));
    this.#waiting.delete(request);
    this.#answered.push({ at: done, tookMs: msBetween(asked, done) });
  }

  /** As the port has it: of the latest two seconds, or of who waits. One that stands still answers no sign of life. */
  answersInMs(): number {
    const now = this.#clock.now();
    this.#answered = this.#answered.filter(({ at }) => !isBefore(after(at, WINDOW_MS), now));
    const sorted = this.#answered.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
    const answered = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0;
    const [eldest = now] = this.#waiting.values();
    const weakness = this.#weakness(now);
    const standing = weakness?.callsPerSecondMax === 0 ? weakness.from : now;
    return Math.max(answered, msBetween(eldest, now), msBetween(standing, now));
  }

  #weakness(at: Instant): Weakness | null {
    return this.#spells.find(({ from, to }) => !isBefore(at, from) && isBefore(at, to)) ?? null;
  }
}
