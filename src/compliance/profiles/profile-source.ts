/**
 * Profiles as their files have them: rows of rules, each with what it contributes, its source and how sure we are of it.
 * Read and schema-checked by the app; made into profiles by `resolve-profile.ts`.
 */
import type { Sector } from "../../domain/campaign.ts";
import type { ConnectClock } from "../../domain/connect-clock.ts";
import type {
  AbandonRules,
  CliRules,
  ComplianceProfile,
  ConsentRule,
  FrequencyRules,
  HolidayRule,
  HoursRule,
  MessageRules,
  ProfileRule,
  RegisterRule,
} from "../profile.ts";

/** Of one region: as a rule row gives it. */
export interface RegionValues {
  readonly prefixes?: readonly string[];
  readonly hours?: readonly HoursRule[];
  readonly frequency?: Partial<FrequencyRules>;
}

/** What a row may contribute. Lists are added up over the rows; anything else is given by one row alone. */
export interface ProfileValues {
  readonly countries?: readonly string[];
  readonly clock?: Partial<ConnectClock>;
  readonly ringMinMs?: number;
  readonly earlyRingMinMs?: number;
  readonly abandon?: Partial<AbandonRules>;
  readonly silentStopCount?: number;
  readonly guaranteedAfterAbandonMs?: number;
  readonly guaranteedAfterMachineMs?: number;
  readonly registers?: readonly RegisterRule[];
  readonly consent?: readonly ConsentRule[];
  readonly blockedSectors?: readonly Sector[];
  readonly hours?: readonly HoursRule[];
  readonly holidayCalendars?: readonly string[];
  readonly frequency?: Partial<FrequencyRules>;
  readonly cli?: Partial<CliRules>;
  readonly message?: Partial<MessageRules>;
  readonly amdTestAgeMaxDays?: number;
  readonly recordsMonths?: number;
  readonly recordingNotice?: boolean;
  readonly supervision?: boolean;
  readonly regions?: Readonly<Record<string, RegionValues>>;
}

export interface RuleRow extends Omit<ProfileRule, "sets"> {
  readonly set: ProfileValues;
}

export interface ProfileSource {
  readonly name: string;
  /** Where it was read, for whoever has to mend it. */
  readonly file: string;
  /** A profile whose rows it begins with; its own name means the one read before under that name. */
  readonly inherits: string | null;
  /** Ids of inherited rows that do not hold here. */
  readonly without: readonly string[];
  readonly rows: readonly RuleRow[];
}

/** Public holidays by calendar: `GB-ENG` → its rules. */
export type CalendarSource = Readonly<Record<string, readonly HolidayRule[]>>;

export interface ProfileSources {
  /** In the order in which they were read: a later one of the same name replaces the earlier. */
  readonly profiles: readonly ProfileSource[];
  readonly calendars: CalendarSource;
}

export interface ProfileProblem {
  /** The rule at fault; null when it is the profile as a whole. */
  readonly rule: string | null;
  readonly says: string;
}

/** Its version is filled in by whoever can compute a hash. */
export type ResolvedProfile = Omit<ComplianceProfile, "version">;
