/**
 * Which column of a file means what: as the person who imports says (`number=Phone,name=Full name`), else as the
 * headings suggest. Columns that mean nothing to us are kept as attributes of the lead, under their own names.
 */
import { NUMBER_KINDS, type NumberKind } from "../../domain/lead.ts";
import { COLUMN_NAME_CHARACTERS_MAX, COLUMNS_MAX } from "./limits.ts";

export const LEAD_FIELDS = [
  "number",
  "name",
  "key",
  "time-zone",
  "region",
  "consent",
  "consent-reference",
  "consent-at",
] as const;
export type LeadField = (typeof LEAD_FIELDS)[number];
/** What `--map` may name: a number may say where it rings. */
export type MappedField = LeadField | `number:${NumberKind}`;

export interface ColumnMap {
  /** Names of all columns in order; unique. */
  readonly names: readonly string[];
  /** Columns with numbers, the one to try first in front; never empty. */
  readonly numbers: readonly number[];
  /** Where each of them rings, beside `numbers`; null where neither the mapping nor the heading says. */
  readonly numberKinds: readonly (NumberKind | null)[];
  readonly name: number | null;
  readonly key: number | null;
  readonly timeZone: number | null;
  readonly region: number | null;
  readonly consent: { readonly kind: number; readonly reference: number; readonly at: number | null } | null;
  readonly attributes: readonly number[];
}

/** What a reject file puts in front of the columns that it was made from. */
export const REJECT_COLUMNS = ["line", "code", "reason"] as const;

/** Whether a file with these headings is a reject file of ours that comes back corrected. */
export const isRejectFile = (names: readonly string[]): boolean =>
  REJECT_COLUMNS.every((name, index) => names[index] === name);

export type FieldMapping = readonly (readonly [field: MappedField, column: string])[];

/** A sentence for whoever gave the file or the mapping. */
export type ColumnProblem = { readonly problem: string };

/** Headings seen in exports of CRMs and diallers, letters and digits only. Order matters: the first is tried first. */
const HEADINGS: Readonly<Record<LeadField, readonly RegExp[]>> = {
  number: [
    /^(customer|contact|main|primary|default|first)?(phone|telephone|tel)(number|no|num|nr)?1?$/,
    /^(phone|telephone|number)(to)?(dial|call)$/,
    /^number1?$/,
    /^msisdn1?$/,
    /^(customer|contact|phone)?(mobile|cell|handy)(phone)?(number|no|num|nr)?1?$/,
    /^(home|work|business|office|company|daytime|evening|landline|private|residential)(phone|telephone|tel|mobile|cell)?(number|no|num|nr)?$/,
    /^(phone|telephone|tel|mobile|number|msisdn)(number|no|num|nr)?[2-9]$/,
    /^(alt|alternative|second|secondary|other)(phone|telephone|tel|number|mobile)(number|no|num|nr)?$/,
  ],
  name: [/^(full|customer|contact|client|person)?name$/],
  key: [
    /^external(id|key|ref|reference)$/,
    /^(customer|client|account|contact|lead|record|crm|person)(id|key|no|number|ref|reference|code)$/,
    /^(id|key|ref|reference|uuid|urn)$/,
  ],
  "time-zone": [/^(iana)?time(zone)(name)?$/, /^tz$/],
  // Never by a heading: "state" may be a state of mind, and nobody is called on a consent that we have guessed.
  region: [],
  consent: [],
  "consent-reference": [],
  "consent-at": [],
};

/** "Daytime" is where people work, and a landline is at home. Asked in this order: a work mobile rings at work. */
const KIND_HEADINGS: readonly (readonly [kind: NumberKind, pattern: RegExp])[] = [
  ["work", /^(work|business|office|daytime|company)/],
  ["home", /^(home|evening|landline|private|residential)/],
  ["mobile", /(mobile|cell|handy|msisdn)/],
];

/** `Fullname`, `full name` and `FULL_NAME` are one. */
const plain = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** Null where the heading does not say where the number rings. */
export const kindOfHeading = (heading: string): NumberKind | null =>
  KIND_HEADINGS.find(([, pattern]) => pattern.test(plain(heading)))?.[0] ?? null;

/** Columns whose heading means this field, those with the more telling heading first. */
const suggested = (names: readonly string[], field: LeadField): number[] =>
  HEADINGS[field].flatMap((pattern) => names.flatMap((name, index) => (pattern.test(plain(name)) ? [index] : [])));

/** Headings as written, with empty and repeated ones given names of their own; or what is wrong with them. */
export const columnNames = (header: readonly string[]): readonly string[] | ColumnProblem => {
  if (header.length > COLUMNS_MAX) {
    return { problem: `The file has ${header.length} columns; at most ${COLUMNS_MAX} are read.` };
  }
  const names: string[] = [];
  for (const [index, heading] of header.entries()) {
    const name = heading.replace(/[\p{Cc}\p{Cf}]/gu, "").trim();
    if (name.length > COLUMN_NAME_CHARACTERS_MAX) {
      return {
        problem: `The heading of column ${index + 1} is longer than ${COLUMN_NAME_CHARACTERS_MAX} characters: is the first row a heading?`,
      };
    }
    const base = name === "" ? `column ${index + 1}` : name;
    let unique = base;
    for (let copy = 2; names.includes(unique); copy += 1) unique = `${base} (${copy})`;
    names.push(unique);
  }
  return names;
};

/** Position of the column that was named, by its heading or, counted from 1, by its place. */
const position = (names: readonly string[], column: string): number | null => {
  const exact = names.indexOf(column);
  if (exact !== -1) return exact;
  const similar = names.findIndex((name) => plain(name) === plain(column) && plain(column) !== "");
  if (similar !== -1) return similar;
  const place = /^[1-9][0-9]{0,2}$/.test(column) ? Number(column) : 0;
  return place >= 1 && place <= names.length ? place - 1 : null;
};

const quoted = (names: readonly string[]): string => {
  const shown = names.slice(0, 12).map((name) => `"${name}"`);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
};

/** Settles the meaning of every column, or says what is missing. */
export const mapColumns = (
  names: readonly string[],
  mapping: FieldMapping,
  isOurs = isRejectFile(names),
): ColumnMap | ColumnProblem => {
  const chosen = new Map<LeadField, number[]>();
  const kinds = new Map<number, NumberKind>();
  // A reject file of ours, corrected and imported again: what we wrote about its rows is not part of them.
  const ours = isOurs ? REJECT_COLUMNS.length : 0;
  const taken = new Set<number>(names.slice(0, ours).map((_, index) => index));
  for (const [mapped, column] of mapping) {
    const kind = NUMBER_KINDS.find((each) => mapped === `number:${each}`);
    const field: LeadField = kind === undefined ? (mapped as LeadField) : "number";
    const index = position(names, column);
    if (index === null) return { problem: `The file has no column "${column}"; it has ${quoted(names)}.` };
    if (index < ours) return { problem: `The column "${column}" was written by an earlier import.` };
    if (taken.has(index)) return { problem: `The column "${names[index] ?? column}" was given two meanings.` };
    const before = chosen.get(field) ?? [];
    if (field !== "number" && before.length > 0) return { problem: `Only one column can be the ${field}.` };
    taken.add(index);
    if (kind !== undefined) kinds.set(index, kind);
    chosen.set(field, [...before, index]);
  }
  for (const field of LEAD_FIELDS) {
    if (chosen.has(field)) continue;
    const free = [...new Set(suggested(names, field))].filter((index) => !taken.has(index));
    // A second heading that looks like a name or a key is an attribute; a second number is a number.
    const found = field === "number" ? free : free.slice(0, 1);
    for (const index of found) taken.add(index);
    if (found.length > 0) chosen.set(field, found);
  }
  const numbers = chosen.get("number") ?? [];
  if (numbers.length === 0) {
    return { problem: `No heading looks like a telephone number; the columns are ${quoted(names)}.` };
  }
  const one = (field: LeadField): number | null => chosen.get(field)?.[0] ?? null;
  const consent = consentColumns(one("consent"), one("consent-reference"), one("consent-at"));
  if (consent !== null && "problem" in consent) return consent;
  return {
    names,
    numbers,
    numberKinds: numbers.map((index) => kinds.get(index) ?? kindOfHeading(names[index] ?? "")),
    name: one("name"),
    key: one("key"),
    timeZone: one("time-zone"),
    region: one("region"),
    consent,
    attributes: names.flatMap((_, index) => (taken.has(index) ? [] : [index])),
  };
};

/** Without its proof a consent is worth nothing, so both are given or neither. */
const consentColumns = (
  kind: number | null,
  reference: number | null,
  at: number | null,
): ColumnMap["consent"] | ColumnProblem => {
  if (kind !== null && reference !== null) return { kind, reference, at };
  return kind === null && reference === null && at === null
    ? null
    : { problem: "A consent needs its kind and its proof: map both consent=COLUMN and consent-reference=COLUMN." };
};

const MAPPED_FIELDS: readonly MappedField[] = [
  ...LEAD_FIELDS,
  ...NUMBER_KINDS.map((kind) => `number:${kind}` as const),
];

/** Reads `number=Phone,number:work=Office,name=Full name`; an equals sign or a comma in a heading needs the column's place instead. */
export const readMapping = (text: string): FieldMapping | ColumnProblem => {
  const pairs: [MappedField, string][] = [];
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    const field = part.slice(0, Math.max(equals, 0)).trim();
    const column = part.slice(equals + 1).trim();
    const known = MAPPED_FIELDS.find((name) => name === field);
    if (known === undefined || column === "") {
      return {
        problem: `"${part.trim()}" does not map a column: write FIELD=COLUMN, where FIELD is one of ${MAPPED_FIELDS.join(", ")}.`,
      };
    }
    pairs.push([known, column]);
  }
  return pairs;
};
