/** The faults of a shift, counted from its start, as instants: for what they happen to. */
import { after, type Instant } from "../domain/instant.ts";
import type { CarrierFaults } from "./pretend-carrier.ts";
import type { Sluggishness } from "./process-clock.ts";
import type { ShiftFaults, Spell } from "./shift.ts";
import { FAIR_STORE, type StoreFaults } from "./store-weather.ts";
import { FAIR_TELEPHONY, type TelephonyFaults } from "./telephony-faults.ts";
import { FAIR_WIRE } from "./wire.ts";

export const spellAt = (
  startedAt: Instant,
  { fromMs, toMs }: Spell,
): { readonly from: Instant; readonly to: Instant } => ({
  from: after(startedAt, fromMs),
  to: after(startedAt, toMs),
});

export function telephonyFaultsAt(startedAt: Instant, faults: ShiftFaults): TelephonyFaults {
  const { wire, cuts = [], weak = [], refusedRate, refusesOnly, unknownRate, unconfirmedRate, tonesRate = 0 } = faults;
  return {
    wire: { ...FAIR_WIRE, ...wire },
    weak: weak.map(({ callsPerSecondMax, ...spell }) => ({ ...spellAt(startedAt, spell), callsPerSecondMax })),
    cuts: cuts.map(({ noticedAfterMs, requestsToo, ...spell }) => ({
      ...spellAt(startedAt, spell),
      noticedAfterMs,
      requestsToo,
    })),
    tonesRate,
    refusedRate: refusedRate ?? FAIR_TELEPHONY.refusedRate,
    ...(refusesOnly === undefined ? {} : { refusesOnly }),
    unknownRate: unknownRate ?? FAIR_TELEPHONY.unknownRate,
    unconfirmedRate: unconfirmedRate ?? FAIR_TELEPHONY.unconfirmedRate,
  };
}

export const storeFaultsAt = (startedAt: Instant, { store, storeAway = [] }: ShiftFaults): StoreFaults => ({
  ...FAIR_STORE,
  ...store,
  awayAt: storeAway.map((spell) => spellAt(startedAt, spell)),
});

export const carriersAt = (
  startedAt: Instant,
  { carriers = {} }: ShiftFaults,
): Readonly<Record<string, CarrierFaults>> =>
  Object.fromEntries(
    Object.entries(carriers).map(([trunk, { refuses = [], ...rest }]) => [
      trunk,
      { ...rest, refuses: refuses.map((spell) => spellAt(startedAt, spell)) },
    ]),
  );

export const sluggishAt = (startedAt: Instant, { sluggish = [] }: ShiftFaults): readonly Sluggishness[] =>
  sluggish.map(({ delayMs, ...spell }) => ({ ...spellAt(startedAt, spell), delayMs }));
