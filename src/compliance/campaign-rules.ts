/**
 * A profile made as strict as the campaign wants it. A campaign is never looser than its profile: what it asks beyond that
 * is refused in the name of the rule, and where both say something, the stricter holds.
 */
import type { CallingHours, Campaign, Purpose, Tightening } from "../domain/campaign.ts";
import { CLOCK_STARTS } from "../domain/connect-clock.ts";
import { appliesTo } from "./applies.ts";
import type { CampaignRules } from "./dial-facts.ts";
import type { ComplianceProfile, HoursRule } from "./profile.ts";
import type { ProfileProblem } from "./profiles/profile-source.ts";
import { ruleSetting } from "./rule-id.ts";
import { ATTEMPTS_REMEMBERED_MS } from "./limits.ts";

/** What there is, and what was found wrong with the rest. */
export type Profiles = ReadonlyMap<string, ComplianceProfile> & {
  /** By name: profiles that contradict themselves, and are not among the others. */
  readonly broken?: ReadonlyMap<string, readonly ProfileProblem[]>;
};

export type RulesFound =
  | { readonly ok: true; readonly rules: CampaignRules }
  | {
      readonly ok: false;
      /** The rule that is contradicted, or `PROFILE-UNKNOWN`. */
      readonly rule: string;
      readonly says: string;
    };

/** What of a campaign its rules depend on. */
export type RuledCampaign = Pick<
  Campaign,
  | "profile"
  | "tightening"
  | "purpose"
  | "sector"
  | "sectorAuthority"
  | "callingHours"
  | "connectTimeoutMs"
  | "connectSafetyMarginMs"
>;

export function rulesFor(campaign: RuledCampaign, profiles: Profiles): RulesFound {
  const profile = profiles.get(campaign.profile);
  if (profile === undefined) return unknownProfile(campaign.profile, profiles);
  const contradiction = contradictionOf(campaign, profile);
  if (contradiction !== null) {
    const rule = ruleContradicted(campaign, profile, contradiction.place);
    return { ok: false, rule, says: `${contradiction.says} (${rule})` };
  }
  const { callingHours, purpose, sector, sectorAuthority } = campaign;
  return {
    ok: true,
    // Whether a test allows it is known to whoever has the records (amd-licence.ts).
    rules: {
      ...{ profile: tightened(campaign, profile), callingHours, purpose, sector, sectorAuthority, amdDrops: false },
      ...tollOf(campaign.tightening),
    },
  };
}

/** Nothing where the campaign asks nothing: most do not. */
function tollOf({ countries, spendPerHourMax }: Tightening): Pick<CampaignRules, "toll"> {
  if (countries === undefined && spendPerHourMax === undefined) return {};
  return { toll: { countries: countries ?? null, spendPerHourMax: spendPerHourMax ?? null } };
}

function ruleContradicted(
  { purpose }: RuledCampaign,
  profile: ComplianceProfile,
  place: Contradiction["place"],
): string {
  // Several rules may give hours, each for other purposes.
  const hours = place === "hours" ? generalHours(profile, purpose)[0]?.ruleId : undefined;
  return hours ?? ruleSetting(profile, place) ?? profile.name;
}

function unknownProfile(name: string, profiles: Profiles): RulesFound {
  const problem = profiles.broken?.get(name)?.[0];
  if (problem !== undefined) {
    return {
      ok: false,
      rule: problem.rule ?? "PROFILE-UNKNOWN",
      says: `The profile ${name} cannot be used: ${problem.says}`,
    };
  }
  const known = [...profiles.keys()].join(", ");
  return { ok: false, rule: "PROFILE-UNKNOWN", says: `There is no compliance profile "${name}"; there are ${known}.` };
}

interface Contradiction {
  /** Of the profile's value that is contradicted. */
  readonly place: string;
  readonly says: string;
}

const strictness = (start: ComplianceProfile["clock"]["start"]): number => CLOCK_STARTS.indexOf(start);

const isWhole = (value: number | undefined, min: number): boolean =>
  value === undefined || (Number.isSafeInteger(value) && value >= min);

/** The first thing that the campaign wants looser than its profile has it, or that cannot be meant. */
function contradictionOf(campaign: RuledCampaign, profile: ComplianceProfile): Contradiction | null {
  const found: readonly (readonly [is: boolean, place: string, says: string])[] = [
    ...clockContradictions(campaign, profile),
    ...callContradictions(campaign.tightening, profile),
    ...otherContradictions(campaign.tightening, profile),
    [
      !everOpen(campaign, profile),
      "hours",
      `The campaign's calling hours are never open when those of ${profile.name} are.`,
    ],
  ];
  const first = found.find(([is]) => is);
  return first === undefined ? null : { place: first[1], says: first[2] };
}

type Candidates = readonly (readonly [is: boolean, place: string, says: string])[];

function clockContradictions(campaign: RuledCampaign, { clock }: ComplianceProfile): Candidates {
  const { connectTimeoutMs, connectSafetyMarginMs } = campaign;
  const { clockStart = clock.start } = campaign.tightening;
  return [
    [!CLOCK_STARTS.includes(clockStart), "clock.start", `"${clockStart}" starts no clock.`],
    [
      strictness(clockStart) > strictness(clock.start),
      "clock.start",
      `The clock starts at ${clock.start}; a campaign may start it earlier, not at ${clockStart}.`,
    ],
    [
      !(Number.isFinite(connectTimeoutMs) && Number.isFinite(connectSafetyMarginMs) && connectSafetyMarginMs >= 0) ||
        Math.max(connectSafetyMarginMs, clock.safetyMarginMs) >= Math.min(connectTimeoutMs, clock.limitMs),
      "clock.limitMs",
      `Of ${Math.min(connectTimeoutMs, clock.limitMs)} ms until an agent or the message nothing is left after the margin of ${Math.max(connectSafetyMarginMs, clock.safetyMarginMs)} ms.`,
    ],
  ];
}

function callContradictions(wanted: Tightening, profile: ComplianceProfile): Candidates {
  const { ringMinMs, attemptsPerDayMax, attemptGapMinMs } = wanted;
  const { perDayMax, gapMinMs } = profile.frequency;
  return [
    [
      !isWhole(ringMinMs, 0) || (ringMinMs ?? Infinity) < profile.ringMinMs,
      "ringMinMs",
      `Calls ring for at least ${profile.ringMinMs / 1000} s; a campaign may only let them ring for longer.`,
    ],
    [
      !isWhole(attemptsPerDayMax, 1) || (perDayMax !== null && (attemptsPerDayMax ?? 0) > perDayMax),
      "frequency.perDayMax",
      `A number is dialled at most ${perDayMax ?? "…"} times a day; a campaign may only dial it less often, and at least once.`,
    ],
    [
      !isWhole(attemptGapMinMs, 0) || (gapMinMs !== null && (attemptGapMinMs ?? Infinity) < gapMinMs),
      "frequency.gapMinMs",
      `Between two attempts lie at least ${(gapMinMs ?? 0) / 60_000} minutes; a campaign may only wait for longer.`,
    ],
    [
      (attemptGapMinMs ?? 0) > ATTEMPTS_REMEMBERED_MS,
      "frequency.gapMinMs",
      "The time between two attempts is at most 48 hours: further back nobody looks.",
    ],
  ];
}

function otherContradictions(wanted: Tightening, profile: ComplianceProfile): Candidates {
  const { abandonStopBasisPoints, registerAgeMaxDays, messageMustSayPurpose } = wanted;
  const { stopBasisPoints } = profile.abandon;
  const youngest = Math.min(...profile.registers.map(({ ageMaxDays }) => ageMaxDays));
  return [
    [
      !isWhole(abandonStopBasisPoints, 0) ||
        (stopBasisPoints !== null && (abandonStopBasisPoints ?? 0) > stopBasisPoints),
      "abandon.stopBasisPoints",
      `Overdialling stops at ${(stopBasisPoints ?? 0) / 100} %; a campaign may only stop it earlier.`,
    ],
    [
      !isWhole(registerAgeMaxDays, 0) || (registerAgeMaxDays ?? 0) > youngest,
      "registers",
      `Register files are at most ${youngest} days old; a campaign may only ask for younger ones.`,
    ],
    [
      wanted.countries?.some((country) => !profile.countries.includes(country)) === true,
      "countries",
      `The profile covers ${profile.countries.join(", ")}; a campaign can only call fewer countries.`,
    ],
    [
      !isWhole(wanted.spendPerHourMax, 1),
      "spendPerHourMax",
      "What may be spent in an hour is a whole number of millionths above nothing.",
    ],
    [
      messageMustSayPurpose === false && profile.message.mustSayPurpose,
      "message.mustSayPurpose",
      "The message has to say why the call was made; a campaign cannot waive it.",
    ],
  ];
}

/** Whether any minute of the week is open by all windows that hold for this purpose whoever is called. */
function everOpen({ callingHours, purpose }: RuledCampaign, profile: ComplianceProfile): boolean {
  const open = generalHours(profile, purpose).reduce((left, rule) => overlap(left, rule.hours), callingHours);
  return open.length > 0;
}

/** A rule about one type of number says nothing of the others. */
export const generalHours = ({ hours }: ComplianceProfile, purpose: Purpose): readonly HoursRule[] =>
  hours.filter((rule) => rule.numberTypes === null && appliesTo(rule, purpose, null));

/** Windows that are open when one of `some` and one of `others` is. */
export const overlap = (some: readonly CallingHours[], others: readonly CallingHours[]): readonly CallingHours[] =>
  some.flatMap((one) =>
    others.flatMap((other) => {
      const days = one.days.filter((day) => other.days.includes(day));
      const fromMinute = Math.max(one.fromMinute, other.fromMinute);
      const toMinute = Math.min(one.toMinute, other.toMinute);
      return days.length === 0 || fromMinute >= toMinute ? [] : [{ days, fromMinute, toMinute }];
    }),
  );

const least = (value: number | null, other: number | undefined): number | null =>
  other === undefined ? value : Math.min(value ?? Infinity, other);
const greatest = (value: number | null, other: number | undefined): number | null =>
  other === undefined ? value : Math.max(value ?? 0, other);

function tightened({ tightening, ...campaign }: RuledCampaign, profile: ComplianceProfile): ComplianceProfile {
  const { clock, abandon, frequency, registers, message } = profile;
  const stop = tightening.abandonStopBasisPoints;
  const { registerAgeMaxDays = Infinity } = tightening;
  return {
    ...profile,
    clock: {
      ...clock,
      start: tightening.clockStart ?? clock.start,
      limitMs: Math.min(clock.limitMs, campaign.connectTimeoutMs),
      safetyMarginMs: Math.max(clock.safetyMarginMs, campaign.connectSafetyMarginMs),
    },
    ringMinMs: Math.max(profile.ringMinMs, tightening.ringMinMs ?? 0),
    earlyRingMinMs: Math.max(profile.earlyRingMinMs, tightening.ringMinMs ?? 0),
    abandon: {
      ...abandon,
      alertBasisPoints:
        stop === undefined || abandon.alertBasisPoints === null
          ? abandon.alertBasisPoints
          : Math.min(abandon.alertBasisPoints, stop),
      throttleBasisPoints:
        stop === undefined || abandon.throttleBasisPoints === null
          ? abandon.throttleBasisPoints
          : Math.min(abandon.throttleBasisPoints, stop),
      stopBasisPoints: least(abandon.stopBasisPoints, stop),
    },
    frequency: {
      perDayMax: least(frequency.perDayMax, tightening.attemptsPerDayMax),
      per24HoursMax: frequency.per24HoursMax,
      gapMinMs: greatest(frequency.gapMinMs, tightening.attemptGapMinMs),
    },
    registers: registers.map((rule) => ({ ...rule, ageMaxDays: Math.min(rule.ageMaxDays, registerAgeMaxDays) })),
    message: { ...message, mustSayPurpose: message.mustSayPurpose || tightening.messageMustSayPurpose === true },
  };
}
