/**
 * Notices when a campaign goes over to a list that it has not dialled before: its people answer otherwise than the last
 * retries of the old one did, and what was learned from those must not be held against them.
 */
import type { ListId } from "../../domain/ids.ts";

/** The latest calls that say which list is being dialled: more than half of them. */
const LATEST = 20;
/** Lists that are known; a campaign with more of them has the oldest forgotten, and at worst learns once more. */
const KNOWN_MAX = 1_000;

export class ListWatch {
  #latest: ListId[] = [];
  readonly #known = new Set<ListId>();

  /**
   * True once for each list that comes to make up most of the latest calls and never did before, the first of all
   * excepted. A campaign that goes back and forth between two lists knows both by then.
   */
  placed(listId: ListId): boolean {
    this.#latest.push(listId);
    if (this.#latest.length > LATEST) this.#latest.shift();
    if (this.#known.has(listId) || 2 * this.#count(listId) <= LATEST) return false;
    const isFirst = this.#known.size === 0;
    if (this.#known.size >= KNOWN_MAX) this.#forgetOldest();
    this.#known.add(listId);
    return !isFirst;
  }

  #count(listId: ListId): number {
    let count = 0;
    for (const each of this.#latest) if (each === listId) count += 1;
    return count;
  }

  #forgetOldest(): void {
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      return;
    }
  }
}
