/** Do-not-call registers: a file too old, or never loaded, screens nobody. */
import type { Purpose } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";
import { msBetween, toIso } from "../domain/instant.ts";
import type { Consent, RegisterState } from "../domain/number-facts.ts";
import { appliesTo } from "./applies.ts";
import { isConsentTo } from "./consent.ts";
import type { RegisterRule } from "./profile.ts";

const DAY_MS = 86_400_000;
/** A file dated today in the east is not from the future. */
const AHEAD_MAX_MS = DAY_MS;

/** Days since the keeper's date of the file, a part of a day included. */
export const ageDays = (register: RegisterState, at: Instant): number => msBetween(register.fileDate, at) / DAY_MS;

export const registersFor = (
  registers: readonly RegisterRule[],
  purpose: Purpose,
  numberType: string | null,
): readonly RegisterRule[] => registers.filter((rule) => appliesTo(rule, purpose, numberType));

/** Why this register screens nobody now, in plain words; null when it is in order. */
export function staleness(rule: RegisterRule, states: readonly RegisterState[], at: Instant): string | null {
  const state = states.find(({ name }) => name === rule.name);
  if (state === undefined) return `The register ${rule.name} has never been loaded.`;
  if (state.fileDate > at + AHEAD_MAX_MS) return `The register ${rule.name} bears a date to come.`;
  if (msBetween(state.fileDate, at) <= rule.ageMaxDays * DAY_MS) return null;
  return `The register ${rule.name} is of ${toIso(state.fileDate).slice(0, 10)}; ${rule.ageMaxDays} days is the most.`;
}

/** The first register that lists the number, where no consent overrides it. */
export const listing = (
  rules: readonly RegisterRule[],
  listedOn: readonly string[],
  consent: Consent | null,
  at: Instant,
): RegisterRule | null =>
  rules.find(
    ({ name, overriddenBy = null }) =>
      listedOn.includes(name) && !(overriddenBy !== null && isConsentTo(overriddenBy, consent, at)),
  ) ?? null;
