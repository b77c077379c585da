/** What is asked before one number may be dialled, and what the answer looks like. */
import type { CallingHours, Purpose, Sector } from "../domain/campaign.ts";
import type { Instant } from "../domain/instant.ts";
import type {
  ApprovedMessage,
  Consent,
  KillSwitch,
  NumberFacts,
  OwnedCliNumber,
  RegisterState,
} from "../domain/number-facts.ts";
import type { PhoneNumber } from "../domain/phone-number.ts";
import type { DialRule } from "./dial-rules.ts";
import type { ComplianceProfile } from "./profile.ts";

export { DIAL_RULES } from "./dial-rules.ts";
export type { DialRule } from "./dial-rules.ts";

/** A recorded test of AMD: people listened to a sample of what it had called machines. */
export interface AmdTest {
  readonly testId: string;
  readonly testedAt: Instant;
  /** Recordings listened to, and how many of them were people. */
  readonly sampled: number;
  readonly humansFound: number;
  readonly labelledBy: string;
}

/** What holds for the campaign as a whole. Unknown is null, and null means no. */
export interface CampaignFacts {
  readonly killSwitch: KillSwitch | null;
  readonly principal: string;
  readonly cliNumber: PhoneNumber;
  /** The entry of the pool of this trunk; null when it is not ours. */
  readonly cliOwned: OwnedCliNumber | null;
  readonly registers: readonly RegisterState[];
  readonly message: ApprovedMessage | null;
  /** How the last test-play on this node went. */
  readonly messagePlays: "played" | "failed" | "unknown";
  /** The last test of AMD; left out or null when none is on record. */
  readonly amdTest?: AmdTest | null;
  /** By what AMD listens, kind and parameters: a test is one of just these. Left out or null where it does not. */
  readonly amdBuild?: string | null;
  /** What the node may call and spend; left out where nobody dials, only asks. */
  readonly toll?: TollFacts | null;
}

/** Money is in millionths of the rates' own unit, and of calls that were decided within the past hour. */
export interface TollFacts {
  /** ISO 3166-1; null for whatever the profile covers. */
  readonly countries: readonly string[] | null;
  /** Special kinds of numbers that may be called all the same. */
  readonly typesAllowed: readonly string[];
  /** By the campaign, on all nodes; null where that is not known. */
  readonly campaignSpent: number | null;
  /** On this node; null where that is not known, or not asked. */
  readonly nodeSpent: number | null;
  readonly nodeMax: number | null;
  /** A minute's price; null where no rate is given. */
  readonly rateOf: (number: PhoneNumber) => number | null;
}

/** What holds for this number, now. */
export interface DialFacts extends CampaignFacts {
  readonly number: PhoneNumber;
  /** ISO 3166-1, of the number; null when nobody knows. */
  readonly country: string | null;
  /** As the import found it: `mobile`, `fixed`, `fixed-or-mobile`, `unknown`, … */
  readonly numberType: string;
  /** As libphonenumber names it now, e.g. `PREMIUM_RATE`; left out or null when it cannot tell. */
  readonly lineType?: string | null;
  readonly region: string | null;
  readonly timeZone: string | null;
  readonly consent: Consent | null;
  readonly facts: NumberFacts;
  /** An agent is reserved for this call, their leg up. */
  readonly guaranteed: boolean;
}

/** A profile made as strict as the campaign wants it. */
export interface CampaignRules {
  readonly profile: ComplianceProfile;
  readonly callingHours: readonly CallingHours[];
  readonly purpose: Purpose;
  readonly sector: Sector;
  readonly sectorAuthority: string | null;
  /** Whether a call may be dropped on a verdict of AMD. */
  readonly amdDrops: boolean;
  /** Where the campaign itself is bounded; each null, or all left out, where it is not. */
  readonly toll?: {
    readonly countries: readonly string[] | null;
    /** In millionths. */
    readonly spendPerHourMax: number | null;
  };
}

/** Goes into the attempt's row as JSON, so that the decision can be shown a year later. */
export type Evidence = Readonly<Record<string, unknown>>;

export type DialVerdict =
  | { readonly allowed: true; readonly evidence: Evidence }
  | {
      readonly allowed: false;
      readonly rule: DialRule;
      /** The profile's own, e.g. `UK-HRS-1`; null where no regime is behind it. */
      readonly ruleId: string | null;
      /** A `campaign` refusal holds for every number alike: no lead is used up on it. */
      readonly concerns: "number" | "campaign";
      /** In plain words, for a human. */
      readonly says: string;
      /** When asking again makes sense; null when time alone changes nothing. */
      readonly againAt: Instant | null;
      readonly evidence: Evidence;
    };
