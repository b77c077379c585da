/**
 * The clock on somebody's wall, in whole-number arithmetic: days of their calendar as stretches of instants, with the
 * hour that comes twice and the hour that does not come. Luxon knows the zones; it is asked twice a day.
 */
import { IANAZone } from "luxon";
import { instant } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";

const MINUTE_MS = 60_000;
export const DAY_MS = 1_440 * MINUTE_MS;

/** A day as the calendar on the wall has it. */
export interface LocalTime {
  /** Days since 1970-01-01, by that calendar. */
  readonly day: number;
  /** ISO: 1 Monday … 7 Sunday. */
  readonly weekday: number;
  /** Since local midnight by the hands of the clock, 0 … 1439. */
  readonly minute: number;
}

/** `to` excluded. */
export interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
}

/** While it lasts the clock runs evenly. */
interface Piece extends Stretch {
  /** What the wall shows at `from`, in milliseconds since local midnight. */
  readonly wallMs: number;
}

/** 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** More days than a campaign lives; then the memory begins anew. */
const DAYS_KEPT = 1_000;

export class WallClock {
  readonly #zone: IANAZone;
  /** By days of UTC: the one offset of that day, or where it changes. */
  readonly #offsets = new Map<
    number,
    number | { readonly at: number; readonly before: number; readonly then: number }
  >();
  readonly #pieces = new Map<number, readonly Piece[]>();

  constructor(zone: IANAZone) {
    this.#zone = zone;
  }

  at(moment: Instant): LocalTime {
    const wall = moment + this.#offsetMs(moment);
    const day = Math.floor(wall / DAY_MS);
    return { day, weekday: weekdayOf(day), minute: Math.floor((wall - day * DAY_MS) / MINUTE_MS) };
  }

  /** When that day's clock shows from the one minute up to the other: once, twice when hands go back, or never. */
  stretches(day: number, fromMinute: number, toMinute: number): Stretch[] {
    const found: Stretch[] = [];
    for (const piece of this.#piecesOf(day)) {
      const from = Math.max(piece.from, piece.from + fromMinute * MINUTE_MS - piece.wallMs);
      const to = Math.min(piece.to, piece.from + toMinute * MINUTE_MS - piece.wallMs);
      if (from >= to) continue;
      const last = found.at(-1);
      if (last?.to === from) found[found.length - 1] = { from: last.from, to: instant(to) };
      else found.push({ from: instant(from), to: instant(to) });
    }
    return found;
  }

  /** The first moment of that day; where the calendar leaves the day out, of the next. */
  startOf(day: number): Instant {
    return this.#piecesOf(day)[0]?.from ?? this.startOf(day + 1);
  }

  #offsetMs(moment: number): number {
    const utcDay = Math.floor(moment / DAY_MS);
    let known = this.#offsets.get(utcDay);
    if (known === undefined) {
      if (this.#offsets.size >= DAYS_KEPT) this.#offsets.clear();
      known = this.#offsetsOn(utcDay);
      this.#offsets.set(utcDay, known);
    }
    if (typeof known === "number") return known;
    return moment < known.at ? known.before : known.then;
  }

  /** No zone changes its clocks twice in a day. */
  #offsetsOn(utcDay: number): number | { at: number; before: number; then: number } {
    const offset = (at: number): number => this.#zone.offset(at) * MINUTE_MS;
    let before = utcDay * DAY_MS;
    let changed = before + DAY_MS;
    const [first, last] = [offset(before), offset(changed - 1)];
    if (first === last) return first;
    while (changed - before > 1) {
      const middle = Math.floor((before + changed) / 2);
      if (offset(middle) === first) before = middle;
      else changed = middle;
    }
    return { at: changed, before: first, then: last };
  }

  #piecesOf(day: number): readonly Piece[] {
    const known = this.#pieces.get(day);
    if (known !== undefined) return known;
    if (this.#pieces.size >= DAYS_KEPT) this.#pieces.clear();
    const pieces = this.#findPieces(day);
    this.#pieces.set(day, pieces);
    return pieces;
  }

  /** Clocks are at most 14 hours from UTC: what this calendar calls that day lies within three of UTC's. */
  #findPieces(day: number): Piece[] {
    const pieces: Piece[] = [];
    const midnight = day * DAY_MS;
    const add = (from: number, to: number, offsetMs: number): void => {
      const begins = Math.max(from, midnight - offsetMs);
      const ends = Math.min(to, midnight + DAY_MS - offsetMs);
      if (begins >= ends) return;
      const wallMs = begins + offsetMs - midnight;
      const last = pieces.at(-1);
      // Midnight in London is no event in Sydney: the same clock simply runs on.
      if (last !== undefined && last.to === begins && last.wallMs + (last.to - last.from) === wallMs) {
        pieces[pieces.length - 1] = { ...last, to: instant(ends) };
      } else pieces.push({ from: instant(begins), to: instant(ends), wallMs });
    };
    for (const utcDay of [day - 1, day, day + 1]) {
      const [from, to] = [utcDay * DAY_MS, (utcDay + 1) * DAY_MS];
      this.#offsetMs(from);
      const offsets = this.#offsets.get(utcDay);
      if (offsets === undefined) continue;
      if (typeof offsets === "number") add(from, to, offsets);
      else {
        add(from, offsets.at, offsets.before);
        add(offsets.at, to, offsets.then);
      }
    }
    return pieces;
  }
}

const clocks = new Map<string, WallClock | null>();

/** Null when nobody knows the zone: luxon takes "local" and "UTC+1" as well, and neither says where anybody lives. */
export const wallClock = (timeZone: string | null): WallClock | null => {
  if (timeZone === null) return null;
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const zone = IANAZone.create(timeZone);
  const clock = zone.isValid ? new WallClock(zone) : null;
  // There are some 600 names; a list full of invented ones must not fill the memory.
  if (clock !== null) clocks.set(timeZone, clock);
  return clock;
};
