/**
 * Who answers when: live answers per attempt by kind of number, weekday and hour of the called person's clock, as counts;
 * and what may be believed of them.
 */
import { NUMBER_KINDS } from "../../domain/lead.ts";
import type { NumberKind } from "../../domain/lead.ts";
import type { Band, RedialPlan } from "../../domain/redial-rules.ts";
import { suits } from "./bands.ts";

/** Hour 0 … 23, weekday ISO 1 Monday … 7 Sunday. */
export interface ContactCount {
  readonly kind: NumberKind;
  readonly weekday: number;
  readonly hour: number;
  readonly attempts: number;
  readonly liveAnswers: number;
}

/** Ratios in 0 … 1. `low` and `high` hold the true rate in 95 of 100 such cells (Wilson 1927). */
export interface ContactEstimate {
  readonly attempts: number;
  /** Null where nothing was tried. */
  readonly rate: number | null;
  readonly low: number;
  readonly high: number;
}

const Z_95 = 1.96;

/** Honest for few and for none: of no attempts nothing is known, and the interval says so. */
export function wilson(liveAnswers: number, attempts: number, z = Z_95): ContactEstimate {
  if (attempts <= 0) return { attempts: 0, rate: null, low: 0, high: 1 };
  const rate = Math.min(1, Math.max(0, liveAnswers / attempts));
  const squared = z * z;
  const middle = (rate + squared / (2 * attempts)) / (1 + squared / attempts);
  const half =
    (z / (1 + squared / attempts)) * Math.sqrt((rate * (1 - rate)) / attempts + squared / (4 * attempts * attempts));
  return {
    attempts,
    rate,
    low: Math.max(0, Math.min(rate, middle - half)),
    high: Math.min(1, Math.max(rate, middle + half)),
  };
}

const HOURS = 24;
const WEEKDAYS = 7;

/**
 * Attempts that the wider average weighs against a cell's own: until a cell has seen about as many, it is believed to be
 * like the others. Forty answers tell 20 % from 35 %, which is what hours differ by.
 */
const PRIOR_ATTEMPTS = 40;
/** Before anything was tried: one in four. Only its being the same for all hours matters. */
const NOTHING_KNOWN_RATE = 0.25;

interface Sum {
  readonly attempts: number;
  readonly liveAnswers: number;
}
const NONE: Sum = { attempts: 0, liveAnswers: 0 };
const plus = (a: Sum, b: Sum): Sum => ({
  attempts: a.attempts + b.attempts,
  liveAnswers: a.liveAnswers + b.liveAnswers,
});

/** Pulled towards `mean` as far as there is little data. */
const shrunk = ({ attempts, liveAnswers }: Sum, mean: number): number =>
  (liveAnswers + PRIOR_ATTEMPTS * mean) / (attempts + PRIOR_ATTEMPTS);

export class ContactRates {
  readonly #cells: readonly Sum[];
  readonly #known = new Map<number, number>();
  /** Over everything: live answers per attempt. */
  readonly mean: number;

  /** Several counts of one cell add up; what is no cell (hour 24, weekday 0) is left out. */
  constructor(counts: Iterable<ContactCount>) {
    const cells: Sum[] = Array.from({ length: NUMBER_KINDS.length * WEEKDAYS * HOURS }, () => NONE);
    let all = NONE;
    for (const count of counts) {
      const index = indexOf(count.kind, count.weekday, count.hour);
      if (index === null) continue;
      cells[index] = plus(cells[index] ?? NONE, count);
      all = plus(all, count);
    }
    this.#cells = cells;
    this.mean = shrunk(all, NOTHING_KNOWN_RATE);
  }

  /** As counted: for people to look at. */
  cell(kind: NumberKind, weekday: number, hour: number): ContactEstimate {
    const { attempts, liveAnswers } = this.#sum(kind, weekday, hour);
    return wilson(liveAnswers, attempts);
  }

  /**
   * What to expect between two minutes of that weekday: the cell, pulled towards that hour of all days, which is pulled
   * towards the campaign. Never null, never 0.
   */
  expected(kind: NumberKind, weekday: number, fromMinute: number, toMinute: number): number {
    let sum = 0;
    let minutes = 0;
    for (let hour = Math.floor(fromMinute / 60); hour * 60 < toMinute && hour < HOURS; hour++) {
      const share = Math.min(toMinute, (hour + 1) * 60) - Math.max(fromMinute, hour * 60);
      sum += share * this.#hour(kind, weekday, hour);
      minutes += share;
    }
    return minutes <= 0 ? this.mean : sum / minutes;
  }

  /** Over these hours of that weekday as counted. */
  between(kind: NumberKind, weekday: number, fromMinute: number, toMinute: number): ContactEstimate {
    let sum = NONE;
    for (let hour = Math.floor(fromMinute / 60); hour * 60 < toMinute && hour < HOURS; hour++) {
      sum = plus(sum, this.#sum(kind, weekday, hour));
    }
    return wilson(sum.liveAnswers, sum.attempts);
  }

  #hour(kind: NumberKind, weekday: number, hour: number): number {
    const key = indexOf(kind, weekday, hour);
    if (key === null) return this.mean;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let ofAllDays = NONE;
    for (let day = 1; day <= WEEKDAYS; day++) ofAllDays = plus(ofAllDays, this.#sum(kind, day, hour));
    const expected = shrunk(this.#sum(kind, weekday, hour), shrunk(ofAllDays, this.mean));
    this.#known.set(key, expected);
    return expected;
  }

  #sum(kind: NumberKind, weekday: number, hour: number): Sum {
    const index = indexOf(kind, weekday, hour);
    return index === null ? NONE : (this.#cells[index] ?? NONE);
  }
}

function indexOf(kind: NumberKind, weekday: number, hour: number): number | null {
  const place = NUMBER_KINDS.indexOf(kind);
  const isCell = place >= 0 && Number.isInteger(weekday) && weekday >= 1 && weekday <= WEEKDAYS;
  if (!isCell || !Number.isInteger(hour) || hour < 0 || hour >= HOURS) return null;
  return (place * WEEKDAYS + weekday - 1) * HOURS + hour;
}

export const NO_RATES = new ContactRates([]);

/** One cell of the heat map. */
export interface HeatCell extends ContactEstimate {
  readonly kind: NumberKind;
  readonly weekday: number;
  readonly hour: number;
}

/** Kinds that were tried at all, every weekday, every hour from the first to the last that was tried. */
export function heatMap(counts: readonly ContactCount[]): HeatCell[] {
  const tried = counts.filter(({ attempts }) => attempts > 0);
  const hours = tried.map(({ hour }) => hour);
  const kinds = NUMBER_KINDS.filter((kind) => tried.some((count) => count.kind === kind));
  const rates = new ContactRates(tried);
  const cells: HeatCell[] = [];
  for (const kind of kinds) {
    for (let weekday = 1; weekday <= WEEKDAYS; weekday++) {
      for (let hour = Math.min(...hours); hour <= Math.max(...hours); hour++) {
        cells.push({ kind, weekday, hour, ...rates.cell(kind, weekday, hour) });
      }
    }
  }
  return cells;
}

/** A band of one weekday, and what is known of it. */
export interface BandRate {
  readonly band: Band;
  /** What choosing believes. */
  readonly expected: number;
  /** What was counted. */
  readonly counted: ContactEstimate;
}

/** The bands in which such numbers ring on that weekday, the surest first: by the low end of what may be believed. */
export function bestBands(rates: ContactRates, plan: RedialPlan, kind: NumberKind, weekday: number): BandRate[] {
  return plan.bands
    .filter((band) => suits(plan, band, kind, weekday))
    .map((band) => ({
      band,
      expected: rates.expected(kind, weekday, band.fromMinute, band.toMinute),
      counted: rates.between(kind, weekday, band.fromMinute, band.toMinute),
    }))
    .sort((a, b) => b.counted.low - a.counted.low || b.expected - a.expected);
}
