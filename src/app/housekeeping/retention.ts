/** What has to be forgotten tonight: from profiles and the calendar to the steps that the store takes. */
import { DateTime } from "luxon";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import { after, instant, type Instant } from "../../domain/instant.ts";
import {
  aloneOf,
  forgetAttempts,
  forgetIntake,
  forgetManualCalls,
  forgetReturns,
  forgetPreviews,
  forgetLeads,
  forgetPacing,
  forgetRecordingCommands,
  forgetTransferCommands,
  forgetRules,
  hashSuppressions,
  removeRegisterLeftovers,
  removeRetiredNumbers,
  wantOldRecordingsErased,
  type Database,
  type RecordsOver,
} from "../../store/index.ts";

export interface Forgotten {
  readonly attempts: number;
  /** Whose files go; the nodes that have them remove them. */
  readonly recordings: number;
  readonly leads: number;
  readonly numberRules: number;
  readonly suppressionsHashed: number;
  readonly registerNumbers: number;
  readonly pacingReports: number;
}

/** Where no profile says anything: the longest that any regime asks (US-REC-1, five years). */
const MONTHS_WITHOUT_PROFILES = 60;
/** Attempts of the last 48 hours are asked for; a row of a number that rests no longer serves nobody after that. */
const RULES_KEPT_MS = 3 * 86_400_000;
/** What pacing learned a season ago says nothing of today; and nodes that were taken out of use leave their reports behind. */
const PACING_KEPT_MS = 90 * 86_400_000;
/** A CRM has read its verdicts by then; the rows hold names and numbers. */
const INTAKE_KEPT_MS = 30 * 86_400_000;
/** Before anybody dials again; what is left waits for the next night. */
const TIME_MAX_MS = 2 * 3_600_000;

type Months = Pick<ComplianceProfile, "recordsMonths">;

/** Calendar months: from 31 August, six of them go back to the last day of February. */
export const monthsBefore = (at: Instant, months: number): Instant =>
  instant(DateTime.fromMillis(at, { zone: "utc" }).minus({ months }).toMillis());

/** Attempts of profiles that are gone are kept as long as the longest that is known: too long is better than too short. */
export const recordsOver = (profiles: ReadonlyMap<string, Months>, at: Instant): readonly RecordsOver[] => {
  const byMonths = new Map<number, string[]>();
  for (const [name, { recordsMonths }] of profiles) {
    byMonths.set(recordsMonths, [...(byMonths.get(recordsMonths) ?? []), name]);
  }
  return [
    ...[...byMonths].map(([months, names]) => ({ profiles: names, before: monthsBefore(at, months) })),
    { profiles: "others", before: monthsBefore(at, longestOf(profiles)) },
  ];
};

const longestOf = (profiles: ReadonlyMap<string, Months>): number =>
  profiles.size === 0
    ? MONTHS_WITHOUT_PROFILES
    : Math.max(...[...profiles.values()].map(({ recordsMonths }) => recordsMonths));

/** Null when another machine is about it. */
export const forgetWhatIsOver = (
  database: Database,
  profiles: ReadonlyMap<string, Months>,
  now: () => Instant,
): Promise<Forgotten | null> =>
  aloneOf(database, "retention", async () => {
    const at = now();
    const goOn = (): boolean => now() - at < TIME_MAX_MS;
    const beforeOf = (profile: string): Instant =>
      monthsBefore(at, profiles.get(profile)?.recordsMonths ?? longestOf(profiles));
    // Attempts first: a lead goes when none of its attempts is on record any more.
    const attempts = await forgetAttempts(database, recordsOver(profiles, at), at, goOn);
    const recordings = await wantOldRecordingsErased(database, at, goOn);
    await forgetRecordingCommands(database, after(at, -INTAKE_KEPT_MS), goOn);
    await forgetTransferCommands(database, after(at, -INTAKE_KEPT_MS), goOn);
    const leads = await forgetLeads(database, beforeOf, at, goOn);
    const numberRules = await forgetRules(database, after(at, -RULES_KEPT_MS), goOn);
    const suppressionsHashed = await hashSuppressions(database, goOn);
    const pacingReports = await forgetPacing(database, after(at, -PACING_KEPT_MS));
    const intakeRows = await forgetIntake(database, after(at, -INTAKE_KEPT_MS), goOn);
    const manualCalls = await forgetManualCalls(database, after(at, -INTAKE_KEPT_MS), goOn);
    const previews = await forgetPreviews(database, beforeOf(""), goOn);
    const returnCalls = await forgetReturns(database, beforeOf(""), at, goOn);
    await removeRegisterLeftovers(database);
    const { numbersRemoved } = await removeRetiredNumbers(database, now, TIME_MAX_MS);
    return {
      attempts,
      recordings,
      leads,
      numberRules,
      suppressionsHashed,
      registerNumbers: numbersRemoved,
      pacingReports,
      intakeRows,
      manualCalls,
      previews,
      returnCalls,
    };
  });
