/** A map that forgets what is older than so long, in the order in which it was put in. */
import { after, type Instant } from "../domain/instant.ts";

export class Recent<Key, Value> {
  readonly #keptMs: number;
  readonly #values = new Map<Key, { readonly value: Value; readonly at: Instant }>();

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  set(key: Key, value: Value, at: Instant): void {
    this.#values.delete(key);
    this.#values.set(key, { value, at });
    for (const [old, entry] of this.#values) {
      if (after(entry.at, this.#keptMs) >= at) return;
      this.#values.delete(old);
    }
  }

  get(key: Key): Value | undefined {
    return this.#values.get(key)?.value;
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }

  *entries(): Iterable<readonly [Key, Value]> {
    for (const [key, { value }] of this.#values) yield [key, value];
  }

  get size(): number {
    return this.#values.size;
  }
}
