// Commands about one leg reach Asterisk in the order in which they were given; legs do not wait for each other.

/** A queue for each key; it forgets a key when its last command is done. */
export class InOrder<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();

  run<T>(key: Key, command: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(command, command);
    this.#tails.set(key, result);
    const forget = (): void => {
      if (this.#tails.get(key) === result) this.#tails.delete(key);
    };
    result.then(forget, forget);
    return result;
  }
}
