/** Each question before a call, and how to break it alone: for tests of which of them answers. */
import type { DialFacts, TollFacts } from "../../../src/compliance/dial-facts.ts";
import { DIAL_RULES } from "../../../src/compliance/dial-rules.ts";
import type { DialRule } from "../../../src/compliance/dial-rules.ts";
import type { NumberFacts } from "../../../src/domain/number-facts.ts";
import type { PhoneNumber } from "../../../src/domain/phone-number.ts";
import { at, dialFacts, register, rulesOf } from "./dial-fixture.ts";

interface Broken {
  readonly change?: Partial<Omit<DialFacts, "facts">>;
  readonly facts?: Partial<NumberFacts>;
  readonly toll?: Partial<TollFacts>;
  /** At three in the night, or on Christmas Day at noon. */
  readonly when?: "night" | "holiday";
  readonly sector?: "claims";
  readonly amdDrops?: true;
}

/** A node without bounds, with a rate for every number. */
const NODE: TollFacts = {
  ...{ countries: null, typesAllowed: [], campaignSpent: 0, nodeSpent: 0, nodeMax: null },
  rateOf: () => 10_000,
};

/** How to break each question alone, in their order. */
const BREAK: Readonly<Record<DialRule, Broken>> = {
  "KILL-SWITCH": { change: { killSwitch: { since: at("2026-11-17T09:00:00Z"), by: "eve", because: "audit" } } },
  "TOLL-SPEND": { toll: { nodeSpent: 5_000_000, nodeMax: 5_000_000 } },
  JURISDICTION: { change: { country: "FR" } },
  "TOLL-COUNTRY": { toll: { countries: ["IE"] } },
  "TOLL-TYPE": { change: { lineType: "PREMIUM_RATE" } },
  "TOLL-RATE": { toll: { nodeMax: 5_000_000, rateOf: () => null } },
  SECTOR: { sector: "claims" },
  // Of the United Kingdom nobody asks consent; see `breaking`.
  CONSENT: {},
  SUPPRESSED: { facts: { suppressed: true } },
  "NUMBER-OUT": { facts: { permanentOutcome: "unallocated" } },
  "REGISTER-STALE": { change: { registers: [register("TPS")] } },
  "REGISTER-LISTED": { facts: { registers: ["CTPS"] }, change: { consent: null } },
  "ZONE-KNOWN": { change: { timeZone: null } },
  "CALLING-WINDOW": { when: "night" },
  HOLIDAY: { when: "holiday" },
  FREQUENCY: { facts: { attemptsAt: [at("2026-11-17T13:00:00Z"), at("2026-12-25T11:00:00Z")] } },
  "GUARANTEED-ONLY": { facts: { guaranteedOnlyUntil: at("2026-12-30T00:00:00Z") } },
  "CLI-VALID": { change: { cliNumber: "+449098790123" as PhoneNumber } },
  "CLI-OWNED": { change: { cliOwned: null } },
  "MESSAGE-APPROVED": { change: { message: null } },
  "MESSAGE-PLAYS": { change: { messagePlays: "unknown" } },
  "AMD-TEST": { amdDrops: true },
};

const FRESH = ["TPS", "CTPS"].map((name) => register(name, { fileDate: at("2026-11-15T00:00:00Z") }));

export const breaking = (questions: readonly DialRule[]) => {
  const broken = questions.map((question) => BREAK[question]);
  const tolls = broken.flatMap(({ toll }) => (toll === undefined ? [] : [toll]));
  const holiday = broken.some(({ when }) => when === "holiday");
  const night = broken.some(({ when }) => when === "night");
  const day = holiday ? "2026-12-25" : "2026-11-17";
  const registers = holiday ? FRESH.map((each) => ({ ...each, fileDate: at("2026-12-20T00:00:00Z") })) : FRESH;
  const rules = {
    ...rulesOf("UK", broken.some(({ sector }) => sector) ? { sector: "claims" as const } : {}),
    amdDrops: broken.some(({ amdDrops }) => amdDrops === true),
  };
  const facts = dialFacts("UK", {
    registers,
    ...Object.assign({}, ...broken.map(({ change }) => change)),
    ...(tolls.length === 0 ? {} : { toll: tolls.reduce<TollFacts>((all, toll) => ({ ...all, ...toll }), NODE) }),
    facts: Object.assign({}, ...broken.map(({ facts: more }) => more)) as Partial<NumberFacts>,
  });
  return { facts, rules, when: at(`${day}T${night ? "03" : "14"}:00:00Z`) };
};

export const UK_QUESTIONS = DIAL_RULES.filter((question) => question !== "CONSENT");
