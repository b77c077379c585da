/**
 * Where the called party is, and what they agreed to, as a list says it. One rule to remember: a consent that names no
 * proof is none, and what cannot be read is refused: a person is called on the strength of it.
 */
import { instant, type Instant } from "../../domain/instant.ts";
import { CONSENT_KINDS, type Consent } from "../../domain/number-facts.ts";
import { rejection, type Rejection } from "./rejection.ts";

/** ISO 3166-2, as in `US-FL`, or its last part alone. Null for an empty field. */
export const readRegion = (field: string): string | null | Rejection => {
  if (field === "") return null;
  const region = field.toUpperCase();
  return /^([A-Z]{2}-)?[A-Z0-9]{1,3}$/.test(region)
    ? region
    : rejection("region-unreadable", "the region is not a code of ISO 3166-2: write it like US-FL, or FL");
};

export interface ConsentFields {
  readonly kind: string;
  readonly reference: string;
  readonly at: string;
}

const REFERENCE_CHARACTERS_MAX = 200;

/** Null where all fields are empty. */
export const readConsent = ({ kind, reference, at }: ConsentFields): Consent | null | Rejection => {
  if (kind === "" || kind.toLowerCase() === "none") return null;
  const known = CONSENT_KINDS.find((each) => each === kind.toLowerCase());
  if (known === undefined) {
    return rejection("consent-unreadable", `the consent is none of ${CONSENT_KINDS.join(", ")} and none`);
  }
  if (reference === "") {
    return rejection("consent-without-proof", "the row claims a consent and does not say where the proof of it is");
  }
  if (reference.length > REFERENCE_CHARACTERS_MAX) {
    return rejection(
      "consent-unreadable",
      `the consent's reference is longer than ${REFERENCE_CHARACTERS_MAX} characters`,
    );
  }
  const givenAt = readMoment(at);
  return typeof givenAt === "object" && givenAt !== null ? givenAt : { kind: known, reference, givenAt };
};

const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Without a zone it is UTC; a day alone is its beginning. */
const readMoment = (field: string): Instant | null | Rejection => {
  if (field === "") return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = "Z"] = MOMENT.exec(field) ?? [];
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const date = `${year ?? ""}-${month ?? ""}-${day ?? ""}`;
  const at = Date.parse(`${date}T${hour}:${minute}:${second}${offset}`);
  // Programs turn the 31st of a shorter month into the 1st of the next one.
  const isDay = new Date(`${date}T00:00:00Z`).toJSON() === `${date}T00:00:00.000Z`;
  return year !== undefined && isDay && Number.isFinite(at)
    ? instant(at)
    : rejection("consent-unreadable", "the day of the consent cannot be read: write it like 2026-11-21");
};
