/**
 * What an import has loaded so far, in a few dozen megabytes for a million rows, so that the database is not asked.
 *
 * One rule to remember: numbers are remembered exactly; keys only so well that a no is sure, and a yes is asked about.
 */

/** Open addressing over doubles; twice as many places as values, so that a look ends soon. */
class NumberSet {
  #places = new Float64Array(1_024);
  #count = 0;

  /** `value` is a whole number from 1 to 2^53. */
  has(value: number): boolean {
    return this.#places[this.#placeOf(this.#places, value)] === value;
  }

  add(value: number): void {
    const place = this.#placeOf(this.#places, value);
    if (this.#places[place] === value) return;
    this.#places[place] = value;
    this.#count += 1;
    if (this.#count * 2 > this.#places.length) this.#grow();
  }

  #grow(): void {
    const larger = new Float64Array(this.#places.length * 2);
    for (const value of this.#places) if (value !== 0) larger[this.#placeOf(larger, value)] = value;
    this.#places = larger;
  }

  /** Where the value is, or where it would be put. */
  #placeOf(places: Float64Array, value: number): number {
    const mask = places.length - 1;
    // Numbers come in rows; multiplied, neighbours part (Knuth's constant for 32 bits).
    let place = (Math.imul(value % 4_294_967_296, 2_654_435_761) >>> 7) & mask;
    while (places[place] !== 0 && places[place] !== value) place = (place + 1) & mask;
    return place;
  }
}

/** FNV-1a twice with different beginnings, 53 bits of them; never 0, which stands for an empty place. */
const hashOf = (text: string): number => {
  let one = 0x811c9dc5;
  let other = 0x01000193;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x5bd1e995);
    other ^= other >>> 13;
  }
  return (one >>> 0) * 2_097_152 + ((other >>> 0) & 0x1fffff) + 1;
};

export class ImportMemory {
  readonly #numbers = new NumberSet();
  readonly #keys = new NumberSet();

  /** E.164 has at most fifteen digits, which fit. */
  hasNumber(number: string): boolean {
    return this.#numbers.has(Number(number.slice(1)));
  }

  /** A no is sure. */
  mayHaveKey(key: string): boolean {
    return this.#keys.has(hashOf(key));
  }

  add(numbers: readonly string[], key: string | null): void {
    for (const number of numbers) this.#numbers.add(Number(number.slice(1)));
    if (key !== null) this.#keys.add(hashOf(key));
  }
}
