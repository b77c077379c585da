/**
 * Whose lead is next: by the stated mix of new leads and redials, then by weight of the sources, then by priority, then
 * evenly over time zones. One rule to remember: it remembers whose turn it was, so many small claims are as fair as one.
 */
import { Turns } from "./turns.ts";

/** Leads that are alike to a claim: of one source, waiting in one queue, in one time zone, of one priority. */
export interface Cell {
  readonly sourceId: number;
  readonly weight: number;
  /** Place in LEAD_QUEUES. */
  readonly queue: number;
  readonly zone: number | string;
  readonly priority: number;
}

export const FRESH = 0;
export const PUT_OFF = 1;
export const REDIAL = 2;
export const CALLBACK = 3;

const kindOf = ({ queue }: Cell): "new" | "redial" | "callback" =>
  queue === CALLBACK ? "callback" : queue === REDIAL ? "redial" : "new";

/** Who was put off has waited longer than who never was. */
const rankOf = ({ priority, queue }: Cell): number => priority * 2 + (queue === PUT_OFF ? 1 : 0);

export class LeadMix {
  readonly #turns = new Turns();

  /** One of these, all of which are thought to have leads; null when there is none. */
  next<Each extends Cell>(cells: readonly Each[], newSharePercent: number): Each | null {
    const ofKind = this.#kind(cells, newSharePercent);
    const bySource = new Map<number, Each[]>();
    for (const cell of ofKind) {
      if (cell.weight <= 0) continue;
      const known = bySource.get(cell.sourceId);
      if (known === undefined) bySource.set(cell.sourceId, [cell]);
      else known.push(cell);
    }
    const [first] = ofKind;
    if (first === undefined) return null;
    const kind = kindOf(first);
    const sources = [...bySource].map(([sourceId, some]) => ({
      key: `${kind} ${sourceId}`,
      weight: some[0]?.weight ?? 0,
      some,
    }));
    const source = this.#turns.next(sources);
    if (source === null) return null;
    const highest = source.some.reduce((most, cell) => Math.max(most, rankOf(cell)), 0);
    const zones = source.some
      .filter((cell) => rankOf(cell) === highest)
      .map((cell) => ({ key: `${source.key} ${cell.zone}`, weight: 1, cell }));
    return this.#turns.next(zones)?.cell ?? null;
  }

  /** The mix holds as long as there are both kinds. Callbacks are no part of it: whoever has them asks for them alone. */
  #kind<Each extends Cell>(cells: readonly Each[], newSharePercent: number): readonly Each[] {
    const fresh = cells.filter((cell) => kindOf(cell) === "new");
    const redials = cells.filter((cell) => kindOf(cell) === "redial");
    if (fresh.length === 0 || redials.length === 0)
      return fresh.length + redials.length > 0 ? [...fresh, ...redials] : cells;
    const chosen = this.#turns.next([
      { key: "new", weight: newSharePercent, cells: fresh },
      { key: "redial", weight: 100 - newSharePercent, cells: redials },
    ]);
    return chosen?.cells ?? [];
  }
}
