/** The regime of the pretend world: in the manner of the UK's, its times shrunk where a shift must see them pass. */
import type { ComplianceProfile } from "../compliance/profile.ts";

const MONDAY_TO_SATURDAY = [{ days: [1, 2, 3, 4, 5, 6], fromMinute: 8 * 60, toMinute: 21 * 60 }];

export const PRETEND_PROFILE: ComplianceProfile = {
  name: "PRETEND",
  version: "5eed5eed5eed5eed",
  validFrom: "2026-01-01",
  countries: ["GB"],
  clock: { start: "answer", limitMs: 2_000, safetyMarginMs: 200, noSpeechGraceMs: 0, greetingMaxMs: 4_000 },
  ringMinMs: 15_000,
  earlyRingMinMs: 20_000,
  abandon: {
    window: "calendarDay",
    blockDays: 30,
    timeZone: "Europe/London",
    scopes: ["campaign", "centre"],
    formula: "ofcom2010",
    alertBasisPoints: 100,
    throttleBasisPoints: 200,
    stopBasisPoints: 280,
    ceilingBasisPoints: 300,
    safeHarbour: false,
    lateIsAbandoned: false,
  },
  // A storm makes silent calls that nobody could help; shifts about stopping say so themselves.
  silentStopCount: 1_000,
  guaranteedAfterAbandonMs: 72 * 3_600_000,
  guaranteedAfterMachineMs: 24 * 3_600_000,
  registers: [{ name: "TPS", ageMaxDays: 28, purposes: ["marketing"], numberTypes: null }],
  consent: [],
  blockedSectors: ["claims", "pensions"],
  hours: [{ purposes: null, numberTypes: null, hours: MONDAY_TO_SATURDAY, closedOnHolidays: true }],
  holidayCalendars: ["GB-ENG"],
  holidays: {
    "GB-ENG": [
      { name: "Christmas Day", on: "12-25", substituteFor: [6, 7] },
      { name: "Boxing Day", on: "12-26", substituteFor: [6, 7] },
      { name: "Good Friday", afterEaster: -2 },
      { name: "Summer bank holiday", weekday: 1, nth: -1, month: 8 },
    ],
  },
  // Two leads with one number, three tries each.
  frequency: { perDayMax: 8, per24HoursMax: null, gapMinMs: 30_000 },
  cli: { nationalDigits: [10, 11], refusedPrefixes: ["+449"] },
  message: { contactPrefixes: ["+4480"], mustSayPurpose: false, mustOfferKeyOptOut: false, marketingWords: ["offer"] },
  amdTestAgeMaxDays: 30,
  recordsMonths: 12,
  recordingNotice: false,
  regions: {},
  rules: [],
};
