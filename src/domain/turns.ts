/**
 * Taking turns by weight, so that every prefix of the sequence is as fair as whole numbers allow: claims of one lead are
 * as fair in the long run as claims of a hundred. Each gains its weight at every turn, and who has most pays for all
 * (Nginx 1.3.1, "smooth weighted round-robin").
 */

export interface Contender {
  readonly key: string;
  /** Greater than 0 to have a turn at all. */
  readonly weight: number;
}

/** More than the sources and zones of any campaign; then the memory begins anew. */
const REMEMBERED_MAX = 10_000;

export class Turns {
  readonly #credit = new Map<string, number>();

  /** Whose turn it is among those that are there now; null when nobody is. Who is away neither gains nor loses. */
  next<Each extends Contender>(contenders: readonly Each[]): Each | null {
    if (this.#credit.size > REMEMBERED_MAX) this.#credit.clear();
    let total = 0;
    let chosen: Each | null = null;
    let most = Number.NEGATIVE_INFINITY;
    for (const contender of contenders) {
      if (contender.weight <= 0) continue;
      total += contender.weight;
      const credit = (this.#credit.get(contender.key) ?? 0) + contender.weight;
      this.#credit.set(contender.key, credit);
      if (credit <= most) continue;
      most = credit;
      chosen = contender;
    }
    if (chosen !== null) this.#credit.set(chosen.key, most - total);
    return chosen;
  }
}
