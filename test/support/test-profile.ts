/** A profile in the manner of the UK's, for tests that need one and do not test one. */
import { DEFAULT_DESK } from "../../src/domain/desk.ts";
import type { CampaignRules } from "../../src/compliance/dial-facts.ts";
import type { ComplianceProfile } from "../../src/compliance/profile.ts";
import { AMD_OFF } from "../../src/domain/campaign.ts";
import { NO_RECORDING } from "../../src/domain/recording.ts";
import type { Campaign } from "../../src/domain/campaign.ts";
import { campaignId } from "../../src/domain/ids.ts";
import { instant } from "../../src/domain/instant.ts";
import type { NumberFacts } from "../../src/domain/number-facts.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import { DEFAULT_PREVIEW } from "../../src/domain/preview.ts";
import { DEFAULT_RETURNS } from "../../src/domain/return-call.ts";
import { PRETEND_PROFILE } from "../../src/simulation/pretend-profile.ts";

const EVERY_HOUR = [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1440 }];

/** The pretend world's, without what a test would have to provide for: open at any hour, asking nothing of lists. */
export const TEST_PROFILE: ComplianceProfile = {
  ...PRETEND_PROFILE,
  name: "TEST",
  version: "0123456789abcdef",
  silentStopCount: 2,
  registers: [],
  blockedSectors: [],
  hours: [{ purposes: null, numberTypes: null, hours: EVERY_HOUR, closedOnHolidays: false }],
  holidayCalendars: [],
  frequency: { perDayMax: null, per24HoursMax: null, gapMinMs: null },
  cli: { nationalDigits: null, refusedPrefixes: [] },
  message: { contactPrefixes: [], mustSayPurpose: false, mustOfferKeyOptOut: false, marketingWords: [] },
};

export const TEST_CAMPAIGN: Campaign = {
  campaignId: campaignId(1),
  name: "spring",
  mode: "progressive",
  desiredState: "running",
  profile: TEST_PROFILE.name,
  tightening: {},
  principal: "Acme Ltd",
  purpose: "service",
  sector: "general",
  sectorAuthority: null,
  gate: "bank",
  dialLevelPercent: 100,
  recourse: false,
  preview: DEFAULT_PREVIEW,
  returnCalls: DEFAULT_RETURNS,
  flow: null,
  newSharePercent: 50,
  firstStartedAt: instant(Date.UTC(2026, 10, 1)),
  trunk: "carrier",
  cliNumber: phoneNumber("+442079460018"),
  ringTimeoutMs: 20_000,
  connectTimeoutMs: 2_000,
  connectSafetyMarginMs: 200,
  amd: AMD_OFF,
  recording: NO_RECORDING,
  informationMessage: "sound:information",
  wrapUpMs: 10_000,
  talkMaxMs: 3_600_000,
  desk: DEFAULT_DESK,
  linesMax: null,
  callingHours: EVERY_HOUR,
  redial: { attemptsMax: 3, carrierTriesMax: 3, byClass: {}, bands: [] },
  dispositions: [],
};

export const TEST_RULES: CampaignRules = {
  profile: TEST_PROFILE,
  callingHours: EVERY_HOUR,
  purpose: "service",
  sector: "general",
  sectorAuthority: null,
  amdDrops: false,
};

export const NOTHING_AGAINST: NumberFacts = {
  suppressed: false,
  permanentOutcome: null,
  registers: [],
  guaranteedOnlyUntil: null,
  attemptsAt: [],
  onTheLineAt: null,
};
