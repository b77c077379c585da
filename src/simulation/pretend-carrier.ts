/**
 * What a carrier makes of calls before they reach anybody: it has so many lines, whatever the contract says, and hours in
 * which it takes none. One rule to remember: it refuses with a 503, and nobody's phone has rung.
 */
import type { Instant } from "../domain/instant.ts";
import { isBefore } from "../domain/instant.ts";
import type { PlaceOrder } from "../engine/ports.ts";
import type { Spell } from "../judge/breach.ts";
import type { Callee } from "./callee.ts";

export interface CarrierFaults {
  /** Calls that it carries at once; as many as it is given where left out. */
  readonly capacity?: number;
  /** When it takes none at all. */
  readonly refuses: readonly Spell[];
}

/** A carrier says no within so long. */
const REFUSES_AFTER_MS = 150;
const REFUSED: Callee = {
  type: "fails",
  before: "nothing",
  ringsAfterMs: REFUSES_AFTER_MS,
  failsAfterMs: 1,
  sip: 503,
  cause: 34,
};

/** @param linesInUse of the trunk, this call not among them */
export function throughCarrier(
  order: PlaceOrder,
  callee: Callee,
  faults: Readonly<Record<string, CarrierFaults>>,
  linesInUse: number,
  at: Instant,
): Callee {
  const carrier = faults[order.trunk];
  if (carrier === undefined || callee.type === "unplaceable") return callee;
  const isShut = carrier.refuses.some(({ from, to }) => !isBefore(at, from) && isBefore(at, to));
  return isShut || linesInUse >= (carrier.capacity ?? Infinity) ? REFUSED : callee;
}
