/**
 * A password on its way from a file or the environment to the one place that needs it. Printed, logged, turned into
 * JSON or inspected, it shows nothing; only `reveal` gives it away, and that word is easy to search for.
 */
import { inspect } from "node:util";

const HIDDEN = "[secret]";

export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return HIDDEN;
  }
  toJSON(): string {
    return HIDDEN;
  }
  [inspect.custom](): string {
    return HIDDEN;
  }
}
