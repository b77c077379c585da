/**
 * Dice that fall the same way for the same seed. One rule to remember: every part of the pretend world rolls its own
 * stream, so that switching on a fault does not change who answers.
 */
import { type AttemptId, isAttemptId } from "../domain/ids.ts";
import type { Instant } from "../domain/instant.ts";
import type { Random } from "../engine/ports.ts";

export class SeededRandom implements Random {
  #state: number;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = this.#seed;
  }

  /** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are plenty for a shift, and it fits on a screen. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then dice. */
  attemptId(at: Instant): AttemptId {
    const time = at.toString(16).padStart(12, "0");
    const [a, b, c, d] = [this.#hex(3), this.#hex(3), this.#hex(6), this.#hex(6)];
    const variant = "89ab"[this.below(4)] ?? "8";
    const text = `${time.slice(0, 8)}-${time.slice(8)}-7${a}-${variant}${b}-${c}${d}`;
    if (!isAttemptId(text)) throw new Error("the pretend world made an attempt id that is none");
    return text;
  }

  /** A stream of its own, the same for the same seed and name, whatever was rolled here before. */
  stream(name: string): SeededRandom {
    let hash = this.#seed ^ 0x811c9dc5; // FNV-1a.
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new SeededRandom(hash);
  }

  /** Whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Durations as people have them: many short, a few long. Exponential, cut at eight times the mean. */
  around(mean: number): number {
    return Math.round(Math.min(-Math.log(1 - this.next()), 8) * mean);
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }

  /** One of `choices`, each as likely as its weight says. */
  weighted<Item>(choices: readonly (readonly [weight: number, item: Item])[]): Item {
    let roll = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of choices) {
      roll -= weight;
      if (roll < 0) return item;
    }
    const last = choices.at(-1);
    if (last === undefined) throw new RangeError("nothing to choose from");
    return last[1];
  }

  #hex(digits: number): string {
    return this.below(16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  }
}
