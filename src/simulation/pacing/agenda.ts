/** What is going to happen and when, earliest first: a binary heap in typed arrays, because a day has millions of entries. */
export class Agenda {
  #times = new Float64Array(1_024);
  #entries = new Int32Array(1_024);
  #count = 0;

  /** Infinity if nothing is to come. */
  get nextMs(): number {
    return this.#count === 0 ? Infinity : (this.#times[0] ?? Infinity);
  }

  push(atMs: number, entry: number): void {
    if (this.#count === this.#times.length) this.#grow();
    const [times, entries] = [this.#times, this.#entries];
    let at = this.#count++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentMs = times[parent] ?? 0;
      if (parentMs <= atMs) break;
      times[at] = parentMs;
      entries[at] = entries[parent] ?? 0;
      at = parent;
    }
    times[at] = atMs;
    entries[at] = entry;
  }

  /** The earliest entry, which is taken off; ask `nextMs` first. */
  pop(): number {
    const [times, entries] = [this.#times, this.#entries];
    const first = entries[0] ?? 0;
    const count = --this.#count;
    const lastMs = times[count] ?? 0;
    const last = entries[count] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && (times[child + 1] ?? 0) < (times[child] ?? 0)) child += 1;
      const childMs = times[child] ?? 0;
      if (childMs >= lastMs) break;
      times[at] = childMs;
      entries[at] = entries[child] ?? 0;
      at = child;
    }
    times[at] = lastMs;
    entries[at] = last;
    return first;
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#times.length);
    const entries = new Int32Array(2 * this.#entries.length);
    times.set(this.#times);
    entries.set(this.#entries);
    this.#times = times;
    this.#entries = entries;
  }
}
