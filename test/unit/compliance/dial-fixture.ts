/** Campaigns and numbers against which nothing speaks, one for each shipped profile; tests break one thing at a time. */
import { readProfiles, type ProfileSet } from "../../../src/app/profiles.ts";
import { rulesFor, type RuledCampaign } from "../../../src/compliance/campaign-rules.ts";
import type { CampaignFacts, CampaignRules, DialFacts, DialVerdict } from "../../../src/compliance/dial-facts.ts";
import { mayDial } from "../../../src/compliance/may-dial.ts";
import { instant } from "../../../src/domain/instant.ts";
import type { Instant } from "../../../src/domain/instant.ts";
import type { ApprovedMessage, NumberFacts, RegisterState } from "../../../src/domain/number-facts.ts";
import { phoneNumber } from "../../../src/domain/phone-number.ts";

export const at = (iso: string): Instant => instant(Date.parse(iso));
/** A Tuesday without a holiday anywhere, and an hour at which every zone of the fixtures is open. */
export const TUESDAY: Readonly<Record<ProfileName, Instant>> = {
  UK: at("2026-11-17T14:00:00Z"),
  IE: at("2026-11-17T14:00:00Z"),
  DE: at("2026-11-17T14:00:00Z"),
  US: at("2026-11-17T18:00:00Z"),
  CA: at("2026-11-17T18:00:00Z"),
  AU: at("2026-11-17T02:00:00Z"),
};
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export type ProfileName = "UK" | "IE" | "US" | "CA" | "DE" | "AU";
export const PROFILE_NAMES: readonly ProfileName[] = ["UK", "IE", "US", "CA", "DE", "AU"];

export const SHIPPED: ProfileSet = readProfiles([], at("2026-11-22T00:00:00Z"));

const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 1_440 }];

export const campaign = (profile: string, change: Partial<RuledCampaign> = {}): RuledCampaign => ({
  profile,
  tightening: {},
  purpose: "marketing",
  sector: "general",
  sectorAuthority: null,
  callingHours: ALWAYS,
  connectTimeoutMs: 2_000,
  connectSafetyMarginMs: 200,
  ...change,
});

export const rulesOf = (profile: string, change: Partial<RuledCampaign> = {}): CampaignRules => {
  const found = rulesFor(campaign(profile, change), SHIPPED);
  if (!found.ok) throw new Error(`${found.rule}: ${found.says}`);
  return found.rules;
};

interface Country {
  readonly number: string;
  readonly country: string;
  readonly timeZone: string;
  readonly cli: string;
  readonly contact: string;
  readonly contactSpoken: string;
}
const COUNTRIES: Readonly<Record<ProfileName, Country>> = {
  UK: {
    ...{ number: "+447700900123", country: "GB", timeZone: "Europe/London" },
    ...{ cli: "+442079460018", contact: "+448081570123", contactSpoken: "0808 157 0123" },
  },
  IE: {
    ...{ number: "+35312345678", country: "IE", timeZone: "Europe/Dublin" },
    ...{ cli: "+35316711234", contact: "+35316711234", contactSpoken: "(01) 671 1234" },
  },
  US: {
    ...{ number: "+12125550123", country: "US", timeZone: "America/New_York" },
    ...{ cli: "+12025550170", contact: "+12025550170", contactSpoken: "(202) 555-0170" },
  },
  CA: {
    ...{ number: "+14165550123", country: "CA", timeZone: "America/Toronto" },
    ...{ cli: "+16135550170", contact: "+16135550170", contactSpoken: "613-555-0170" },
  },
  DE: {
    ...{ number: "+4915112345678", country: "DE", timeZone: "Europe/Berlin" },
    ...{ cli: "+493023125000", contact: "+493023125000", contactSpoken: "030 23125 000" },
  },
  AU: {
    ...{ number: "+61491570006", country: "AU", timeZone: "Australia/Sydney" },
    ...{ cli: "+61255501234", contact: "+61255501234", contactSpoken: "02 5550 1234" },
  },
};

export const message = (profile: ProfileName, change: Partial<ApprovedMessage> = {}): ApprovedMessage => ({
  media: "sound:fairdial/acme",
  sha256: "a".repeat(64),
  transcript: `This was a call from Acme Ltd about your account. If you do not want us to call again, ring ${COUNTRIES[profile].contactSpoken}.`,
  principal: "Acme Ltd",
  contactNumber: COUNTRIES[profile].contact,
  saysPurpose: true,
  offersKeyOptOut: true,
  approvedBy: "mary",
  approvedAt: at("2026-01-02T00:00:00Z"),
  ...change,
});

export const register = (name: string, change: Partial<RegisterState> = {}): RegisterState => ({
  name,
  fileDate: at("2026-11-15T00:00:00Z"),
  loadedAt: at("2026-11-15T06:00:00Z"),
  numbers: 1_000_000,
  sha256: "b".repeat(64),
  ...change,
});

export const NOTHING_ON_RECORD: NumberFacts = {
  suppressed: false,
  permanentOutcome: null,
  registers: [],
  guaranteedOnlyUntil: null,
  attemptsAt: [],
  onTheLineAt: null,
};

export const campaignFacts = (profile: ProfileName, change: Partial<CampaignFacts> = {}): CampaignFacts => {
  const cliNumber = phoneNumber(COUNTRIES[profile].cli);
  return {
    killSwitch: null,
    principal: "Acme Ltd",
    cliNumber,
    cliOwned: { cliNumber, trunk: "carrier", proof: "contract 17", addedAt: at("2026-01-01T00:00:00Z") },
    registers: ["TPS", "CTPS", "NDD", "FTC_DNC", "DNCL", "DNCR"].map((name) => register(name)),
    message: message(profile),
    messagePlays: "played",
    ...change,
  };
};

export const dialFacts = (
  profile: ProfileName,
  { facts, ...change }: Partial<Omit<DialFacts, "facts">> & { facts?: Partial<NumberFacts> } = {},
): DialFacts => ({
  ...campaignFacts(profile),
  number: phoneNumber(COUNTRIES[profile].number),
  country: COUNTRIES[profile].country,
  numberType: profile === "IE" ? "fixed" : "mobile",
  region: null,
  timeZone: COUNTRIES[profile].timeZone,
  consent: { kind: "written", reference: "form 4711", givenAt: at("2026-02-01T00:00:00Z") },
  guaranteed: false,
  ...change,
  facts: { ...NOTHING_ON_RECORD, ...facts },
});

type Change = Parameters<typeof dialFacts>[1];

/** What is said to one number under one profile, with these things otherwise. */
export const asked = (
  profile: ProfileName,
  change: Change = {},
  {
    when = TUESDAY[profile],
    of = {},
    amdDrops = false,
  }: { when?: Instant | string; of?: Partial<RuledCampaign>; amdDrops?: boolean } = {},
): DialVerdict =>
  mayDial(
    dialFacts(profile, change),
    { ...rulesOf(profile, of), amdDrops },
    typeof when === "string" ? at(when) : when,
  );

/** `allowed`, or the question and the rule behind it: short enough for tables. */
export const told = (verdict: DialVerdict): string =>
  verdict.allowed ? "allowed" : `${verdict.rule} ${verdict.ruleId ?? "-"}`;
