// Commands about one leg reach Asterisk in the order in which they were given; legs do not wait for each other.

/** A queue for each key; it forgets a key when its last command is done. */
export class InOrder<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();

  /** @param patienceMs how long to wait for the commands before it: one that hangs must not hold up what is urgent */
  run<T>(key: Key, command: () => Promise<T>, patienceMs?: number): Promise<T> {
    const tail = this.#tails.get(key) ?? Promise.resolve();
    const before = patienceMs === undefined ? tail : Promise.race([tail, waited(patienceMs)]);
    const result = before.then(command, command);
    this.#tails.set(key, result);
    const forget = (): void => {
      if (this.#tails.get(key) === result) this.#tails.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}

const waited = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
