/**
 * The place of a lead among those of its source that were never tried: the lower, the sooner. The store computes the same
 * in SQL (store/segment-sql.ts).
 */
import type { LeadId } from "../../domain/ids.ts";
import { trimmed } from "./fold.ts";
import { plainNumber } from "./plain-number.ts";

export const SOURCE_ORDERS = ["imported", "random", "attribute"] as const;

export type SourceOrder =
  | { readonly by: "imported" }
  | { readonly by: "random" }
  /** By the number in it; those without one come last either way. */
  | { readonly by: "attribute"; readonly attribute: string; readonly descending: boolean };

/** What the column holds. */
export const TURN_MAX = 0xffff_ffff;

/** In hundredths, the middle of what the column holds: zero stands there. */
const ZERO_TURN = 0x8000_0000;

/** Leads without the attribute, and with something that is no number. */
export const turnOf = (
  order: SourceOrder,
  sourceId: number,
  lead: { readonly leadId: LeadId; readonly attributes: Readonly<Record<string, string>> },
): number => {
  switch (order.by) {
    case "imported":
      return 0;
    case "random":
      return crc32(String(scrambled(lead.leadId, sourceId)));
    case "attribute": {
      const { attributes } = lead;
      const text = Object.hasOwn(attributes, order.attribute) ? attributes[order.attribute] : undefined;
      const number = text === undefined ? null : plainNumber(trimmed(text));
      return number === null ? TURN_MAX : turnOfNumber(text ?? "", order.descending);
    }
  }
};

/**
 * Exact to the hundredth from −21,474,836.48 to 21,474,836.46, which has room for years, sums and dates written as
 * 20261231; whatever lies beyond shares the place of the end.
 */
const turnOfNumber = (text: string, descending: boolean): number => {
  // From the digits: 0.29 × 100 is 28.999… in a double, and 29 in a decimal.
  const [, sign = "", whole = "", fraction = ""] = /^ *([+-]?)([0-9]+)(?:\.([0-9]+))? *$/.exec(text) ?? [];
  const millionths = BigInt(whole + fraction.padEnd(6, "0")) * (sign === "-" ? -1n : 1n);
  const hundredths = millionths / 10_000n - (millionths < 0n && millionths % 10_000n !== 0n ? 1n : 0n);
  const ascending = Number(clamped(hundredths + BigInt(ZERO_TURN), 0n, BigInt(TURN_MAX - 1)));
  return descending ? TURN_MAX - 1 - ascending : ascending;
};

const clamped = (value: bigint, least: bigint, most: bigint): bigint =>
  value < least ? least : value > most ? most : value;

/** Knuth's multiplier (TAOCP 3, 6.4) parts neighbours; another source of the same leads goes in another order. */
const scrambled = (leadId: number, sourceId: number): bigint =>
  ((BigInt(leadId) & 0xffff_ffffn) * 2_654_435_761n + BigInt(sourceId) * 40_503n) & 0xffff_ffffn;

const CRC_TABLE: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let code = byte;
  for (let bit = 0; bit < 8; bit += 1) code = (code & 1) === 1 ? (code >>> 1) ^ 0xedb8_8320 : code >>> 1;
  return code >>> 0;
});

/** Of ASCII text: the checksum that SQL calls `crc32` (ISO 3309). */
const crc32 = (text: string): number => {
  let code = 0xffff_ffff;
  for (let place = 0; place < text.length; place += 1) {
    code = (code >>> 8) ^ (CRC_TABLE[(code ^ text.charCodeAt(place)) & 0xff] ?? 0);
  }
  return (code ^ 0xffff_ffff) >>> 0;
};
