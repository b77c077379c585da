/** What the numbering plan says of our own numbers: the few that are presented and given in messages, asked for at every call. */
import { parsePhoneNumberFromString } from "libphonenumber-js/max";

export interface OwnNumber {
  /** Null where its range belongs to no single country that we know of. */
  readonly country: string | null;
  /** As many digits as a number there has. */
  readonly isPossible: boolean;
  readonly isPremium: boolean;
  /** As libphonenumber names it; null where it cannot tell. */
  readonly lineType: string | null;
  /** Digits as it is dialled at home, with the zero in front where there is one. */
  readonly nationalDigits: string;
}

/** A campaign or two for each of them; far more would be somebody else's numbers. */
const REMEMBERED_MAX = 1_000;
const remembered = new Map<string, OwnNumber | null>();

/** Null when it cannot be read as a number at all. */
export function ownNumber(number: string): OwnNumber | null {
  const known = remembered.get(number);
  if (known !== undefined) return known;
  const parsed = parsePhoneNumberFromString(number);
  const read =
    parsed === undefined
      ? null
      : {
          country: parsed.country ?? null,
          isPossible: parsed.isPossible(),
          isPremium: parsed.getType() === "PREMIUM_RATE",
          lineType: parsed.getType() ?? null,
          nationalDigits: parsed.formatNational().replace(/\D/g, ""),
        };
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(number, read);
  return read;
}
