/** What the rows in force contribute, value by value: who gives it, and who contradicts whom. */
import type { CalendarSource, ProfileProblem, ResolvedProfile, RuleRow } from "./profile-source.ts";
import type { ProfileRule, RegionRules } from "../profile.ts";

/** A row, and how many generations of profiles came before its own. */
export type PlacedRow = RuleRow & { readonly generation: number };

export interface Gathered {
  /** By place: `clock.limitMs`. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly lists: ReadonlyMap<string, readonly unknown[]>;
  readonly rules: readonly ProfileRule[];
  readonly problems: readonly ProfileProblem[];
}

/** What rows add to; everything else one row gives alone. */
const LISTS =
  /^(countries|registers|consent|blockedSectors|hours|holidayCalendars|abandon\.scopes|message\.(contactPrefixes|refusedContactPrefixes|marketingWords)|cli\.refusedPrefixes|regions\.[^.]+\.(prefixes|hours))$/;
/** Their entries remember which rule asks for them. */
const WITH_RULE = /^(registers|consent|hours|regions\.[^.]+\.hours)$/;

function* leaves(value: object, path = ""): Iterable<readonly [place: string, value: unknown]> {
  for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
    const place = path === "" ? key : `${path}.${key}`;
    if (inner === undefined) continue;
    if (typeof inner === "object" && inner !== null && !Array.isArray(inner)) yield* leaves(inner, place);
    else yield [place, inner];
  }
}

const shown = (value: unknown): string => JSON.stringify(value);

export function gather(rows: readonly PlacedRow[]): Gathered {
  const values = new Map<string, { readonly value: unknown; readonly row: PlacedRow }>();
  const lists = new Map<string, unknown[]>();
  const problems: ProfileProblem[] = [];
  for (const row of rows) {
    for (const [place, value] of leaves(row.set)) {
      if (LISTS.test(place) && Array.isArray(value)) {
        const entries: unknown[] = value;
        const more = WITH_RULE.test(place)
          ? entries.map((entry) => ({ ...(entry as object), ruleId: row.id }))
          : entries;
        lists.set(place, [...(lists.get(place) ?? []), ...more]);
        continue;
      }
      const before = values.get(place);
      if (before?.row.generation === row.generation && shown(before.value) !== shown(value)) {
        const says = `${before.row.id} and ${row.id} contradict each other: ${place} is ${shown(before.value)} by the one and ${shown(value)} by the other.`;
        problems.push({ rule: row.id, says });
      }
      values.set(place, { value, row });
    }
  }
  return {
    values: new Map([...values].map(([place, { value }]) => [place, value])),
    lists,
    rules: rows.map((row) => ruleOf(row, (place) => values.get(place)?.row === row || lists.has(place))),
    problems,
  };
}

function ruleOf({ set, generation: _, ...row }: PlacedRow, stands: (place: string) => boolean): ProfileRule {
  return { ...row, sets: Object.fromEntries([...leaves(set)].filter(([place]) => stands(place))) };
}

/** What holds where no row says anything: nothing asked, or the stricter of two. */
const WHEN_SILENT: Readonly<Record<string, unknown>> = {
  "abandon.blockDays": 30,
  "abandon.safeHarbour": false,
  "abandon.lateIsAbandoned": true,
  "frequency.perDayMax": null,
  "frequency.per24HoursMax": null,
  "frequency.gapMinMs": null,
  "cli.nationalDigits": null,
  "message.mustSayPurpose": false,
  "message.mustOfferKeyOptOut": false,
  // Nobody is recorded unawares because a file is silent.
  recordingNotice: true,
};

/** The profile, or which values no rule gives. */
export function profileOf(
  name: string,
  { values, lists, rules }: Gathered,
  calendars: CalendarSource,
): { readonly profile: ResolvedProfile } | { readonly problems: readonly ProfileProblem[] } {
  const missing: string[] = [];
  // The files were checked against their schema, so that a value at its place has its type.
  const one = (place: string): never => {
    if (values.has(place)) return values.get(place) as never;
    if (!Object.hasOwn(WHEN_SILENT, place)) missing.push(place);
    return WHEN_SILENT[place] as never;
  };
  const list = (place: string): readonly never[] => (lists.get(place) ?? []) as readonly never[];
  const group = <Keys extends string>(place: string, keys: readonly Keys[]) =>
    Object.fromEntries(keys.map((key) => [key, one(`${place}.${key}`)])) as Record<Keys, never>;

  const holidayCalendars = [...new Set(list("holidayCalendars"))];
  const profile: ResolvedProfile = {
    name,
    validFrom: rules.reduce((latest, { validFrom }) => (validFrom > latest ? validFrom : latest), ""),
    countries: [...new Set(list("countries"))],
    clock: group("clock", ["start", "limitMs", "safetyMarginMs", "noSpeechGraceMs", "greetingMaxMs"]),
    ringMinMs: one("ringMinMs"),
    earlyRingMinMs: one("earlyRingMinMs"),
    abandon: {
      ...group("abandon", ["window", "blockDays", "timeZone", "formula", "alertBasisPoints", "throttleBasisPoints"]),
      ...group("abandon", ["stopBasisPoints", "ceilingBasisPoints", "safeHarbour", "lateIsAbandoned"]),
      scopes: [...new Set(list("abandon.scopes"))],
    },
    silentStopCount: one("silentStopCount"),
    guaranteedAfterAbandonMs: one("guaranteedAfterAbandonMs"),
    guaranteedAfterMachineMs: one("guaranteedAfterMachineMs"),
    registers: list("registers"),
    consent: list("consent"),
    blockedSectors: list("blockedSectors"),
    hours: list("hours"),
    holidayCalendars,
    holidays: Object.fromEntries(
      holidayCalendars.flatMap((code) => (calendars[code] ? [[code, calendars[code]]] : [])),
    ),
    frequency: group("frequency", ["perDayMax", "per24HoursMax", "gapMinMs"]),
    cli: { nationalDigits: one("cli.nationalDigits"), refusedPrefixes: list("cli.refusedPrefixes") },
    message: {
      contactPrefixes: list("message.contactPrefixes"),
      refusedContactPrefixes: list("message.refusedContactPrefixes"),
      mustSayPurpose: one("message.mustSayPurpose"),
      mustOfferKeyOptOut: one("message.mustOfferKeyOptOut"),
      marketingWords: list("message.marketingWords"),
    },
    amdTestAgeMaxDays: one("amdTestAgeMaxDays"),
    recordsMonths: one("recordsMonths"),
    recordingNotice: one("recordingNotice"),
    supervision: (values.get("supervision") ?? true) as boolean,
    regions: regionsOf(values, lists),
    rules,
  };
  if (missing.length === 0) return { profile };
  return { problems: missing.map((place) => ({ rule: null, says: `No rule of ${name} gives ${place}.` })) };
}

function regionsOf(values: Gathered["values"], lists: Gathered["lists"]): Record<string, RegionRules> {
  const codes = [...values.keys(), ...lists.keys()].flatMap((place) => /^regions\.([^.]+)\./.exec(place)?.[1] ?? []);
  return Object.fromEntries(
    [...new Set(codes)].map((code) => {
      const place = (key: string): string => `regions.${code}.${key}`;
      const limit = (key: string): number | null => (values.get(place(`frequency.${key}`)) ?? null) as number | null;
      const frequency = {
        perDayMax: limit("perDayMax"),
        per24HoursMax: limit("per24HoursMax"),
        gapMinMs: limit("gapMinMs"),
      };
      const hasFrequency = Object.values(frequency).some((value) => value !== null);
      const rules: RegionRules = {
        prefixes: (lists.get(place("prefixes")) ?? []) as readonly string[],
        hours: (lists.get(place("hours")) ?? null) as RegionRules["hours"],
        frequency: hasFrequency ? frequency : null,
      };
      return [code, rules];
    }),
  );
}
