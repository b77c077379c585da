/**
 * One row of a list becomes one lead, or a reason. Nothing is guessed about a person: what cannot be read is refused,
 * what is not needed is kept as it is.
 */
import type { NumberKind } from "../../domain/lead.ts";
import type { Consent } from "../../domain/number-facts.ts";
import type { PhoneNumber } from "../../domain/phone-number.ts";
import type { ColumnMap } from "./columns.ts";
import { readConsent, readRegion } from "./consent.ts";
import { EXTERNAL_KEY_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "./limits.ts";
import { readNumber, type NumberRules, type NumberType, type ReadNumber } from "./number.ts";
import { rejection, type Rejection } from "./rejection.ts";
import { readTimeZone, zoneOfNumber } from "./time-zone.ts";

export interface ImportedNumber {
  readonly number: PhoneNumber;
  readonly type: NumberType;
  /** Where it rings: as the column says, else `mobile` for a mobile number, else `other`. */
  readonly kind: NumberKind;
  /** IANA zone; null when nobody knows, which means that it is not dialled until somebody says. */
  readonly timeZone: string | null;
  /** ISO 3166-1; null when its range tells no single one. */
  readonly country: string | null;
}

export interface ImportedLead {
  /** The CRM's own name for this person; null when the list has none. */
  readonly externalKey: string | null;
  readonly name: string | null;
  /** The one to try first in front; never empty. */
  readonly numbers: readonly ImportedNumber[];
  /** State, province or nation, as a code of ISO 3166-2 or its last part; null when the list does not say. */
  readonly region: string | null;
  readonly consent: Consent | null;
  /** Every other column that had a value. Data from strangers: never shown or written without care. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface LeadRules extends NumberRules {
  /** For rows that name no zone of their own; null to go by the number's country. */
  readonly timeZone: string | null;
  /** For what is said of a lead that has its numbers already. */
  readonly numbersOptional?: boolean;
}

export type ReadLead =
  | {
      readonly kind: "lead";
      readonly lead: ImportedLead;
      /** Numbers of the row that were left out while others of it were good. */
      readonly leftOut: readonly Rejection[];
    }
  | { readonly kind: "refused"; readonly rejection: Rejection }
  /** Nothing in any column: spreadsheets export such rows by the thousand. */
  | { readonly kind: "blank" };

/** U+FFFD is what decoding puts where bytes made no sense; a name with a hole in it is not a name. */
const DAMAGED = "\uFFFD";

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Control characters have no business in a field, and could steer a terminal that shows it. */
const cleaned = (field: string): string => {
  // Nearly all fields are plain; a million rows of ten have to be quick.
  if (PRINTABLE.test(field)) return field.trim();
  return field
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g, "")
    .normalize("NFC")
    .trim();
};

type KindedNumber = ReadNumber & { readonly kind: NumberKind };

const readNumbers = (
  fields: readonly string[],
  kinds: readonly (NumberKind | null)[],
  rules: LeadRules,
): { readonly good: readonly KindedNumber[]; readonly refused: readonly Rejection[] } => {
  const good: KindedNumber[] = [];
  const refused: Rejection[] = [];
  for (const [index, field] of fields.entries()) {
    const result = readNumber(field, rules);
    if ("code" in result) refused.push(result);
    // The same number in two columns is one number.
    else if (!good.some((other) => other.number === result.number)) {
      const { number, type, country, callingCode } = result;
      good.push({ number, type, country, callingCode, kind: kinds[index] ?? (type === "mobile" ? "mobile" : "other") });
    }
  }
  return { good, refused };
};

/** What kept the row out: something wrong says more than something missing. */
const mainRefusal = (refused: readonly Rejection[]): Rejection =>
  refused.find(({ code }) => code !== "number-missing") ??
  refused[0] ??
  rejection("number-missing", "the row has no telephone number");

const attributesOf = (
  record: readonly string[],
  { attributes, names }: ColumnMap,
): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {};
  for (const index of attributes) {
    const value = cleaned(record[index] ?? "");
    if (value === "") continue;
    const name = names[index] ?? "";
    // A column may be called so, and is an attribute like any other.
    if (name === "__proto__") Object.defineProperty(found, name, { value, enumerable: true, configurable: true });
    else found[name] = value;
  }
  return found;
};

/** Reads one record of the file. */
export const readLead = (record: readonly string[], columns: ColumnMap, rules: LeadRules): ReadLead => {
  if (record.every((field) => field.trim() === "")) return { kind: "blank" };
  const refuse = (reason: Rejection): ReadLead => ({ kind: "refused", rejection: reason });

  // More fields than headings means that something has shifted: often a comma in a field that was not quoted.
  if (record.length > columns.names.length && record.slice(columns.names.length).some((field) => field.trim() !== "")) {
    return refuse(
      rejection(
        "row-too-many-fields",
        `the row has ${record.length} fields under ${columns.names.length} headings: a field that holds the separator must be in quotation marks`,
      ),
    );
  }
  if (record.some((field) => field.includes(DAMAGED))) {
    return refuse(rejection("row-bad-encoding", "the row holds bytes that mean nothing in the file's encoding"));
  }

  const at = (index: number | null): string => (index === null ? "" : cleaned(record[index] ?? ""));
  const externalKey = at(columns.key);
  if (externalKey.length > EXTERNAL_KEY_CHARACTERS_MAX) {
    return refuse(rejection("key-too-long", `the key is longer than ${EXTERNAL_KEY_CHARACTERS_MAX} characters`));
  }
  const name = at(columns.name);
  if (name.length > NAME_CHARACTERS_MAX) {
    return refuse(rejection("name-too-long", `the name is longer than ${NAME_CHARACTERS_MAX} characters`));
  }
  const zoneField = at(columns.timeZone);
  const ownZone = zoneField === "" ? rules.timeZone : readTimeZone(zoneField);
  if (zoneField !== "" && ownZone === null) {
    return refuse(
      rejection("time-zone-unknown", "the row names a time zone that does not exist: write it like Europe/London"),
    );
  }

  const region = readRegion(at(columns.region));
  if (typeof region === "object" && region !== null) return refuse(region);
  const consent =
    columns.consent === null
      ? null
      : readConsent({
          kind: at(columns.consent.kind),
          reference: at(columns.consent.reference),
          at: at(columns.consent.at),
        });
  if (consent !== null && "code" in consent) return refuse(consent);

  const { good, refused } = readNumbers(columns.numbers.map(at), columns.numberKinds, rules);
  const isUnsaid = rules.numbersOptional === true && refused.every(({ code }) => code === "number-missing");
  if (good.length === 0 && !isUnsaid) return refuse(mainRefusal(refused));

  return {
    kind: "lead",
    lead: {
      externalKey: externalKey === "" ? null : externalKey,
      name: name === "" ? null : name,
      numbers: good.map(({ number, type, kind, country, callingCode }) => ({
        number,
        type,
        kind,
        timeZone: ownZone ?? zoneOfNumber(country, callingCode),
        country,
      })),
      region,
      consent,
      attributes: attributesOf(record, columns),
    },
    leftOut: refused.filter(({ code }) => code !== "number-missing"),
  };
};
