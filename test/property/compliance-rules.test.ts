/** Laws of the decision itself: whatever a campaign wants and whatever is known, nobody is called who may not be. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { rulesFor } from "../../src/compliance/campaign-rules.ts";
import type { DialFacts } from "../../src/compliance/dial-facts.ts";
import { DIAL_RULES } from "../../src/compliance/dial-rules.ts";
import { mayDial } from "../../src/compliance/may-dial.ts";
import type { ComplianceProfile } from "../../src/compliance/profile.ts";
import { PURPOSES, type Tightening } from "../../src/domain/campaign.ts";
import { CLOCK_STARTS } from "../../src/domain/connect-clock.ts";
import { instant } from "../../src/domain/instant.ts";
import type { ApprovedMessage } from "../../src/domain/number-facts.ts";
import { breaking, UK_QUESTIONS } from "../unit/compliance/breaking.ts";
import {
  campaign,
  DAY_MS,
  dialFacts,
  HOUR_MS,
  message,
  PROFILE_NAMES,
  register,
  rulesOf,
  SHIPPED,
  TUESDAY,
  type ProfileName,
} from "../unit/compliance/dial-fixture.ts";

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const withoutUndefined = <Of extends object>(of: Of): Partial<Of> =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Partial<Of>;

const anyTightening = fc
  .record({
    clockStart: maybe(fc.constantFrom(...CLOCK_STARTS)),
    ringMinMs: maybe(fc.integer({ min: 0, max: 40_000 })),
    abandonStopBasisPoints: maybe(fc.integer({ min: 0, max: 600 })),
    attemptsPerDayMax: maybe(fc.integer({ min: 0, max: 6 })),
    attemptGapMinMs: maybe(fc.integer({ min: 0, max: 50 * HOUR_MS })),
    registerAgeMaxDays: maybe(fc.integer({ min: 0, max: 40 })),
    messageMustSayPurpose: maybe(fc.boolean()),
  })
  .map((each) => withoutUndefined(each) as Tightening);

const anyHours = fc.array(
  fc.record({
    days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    fromMinute: fc.integer({ min: 0, max: 1_200 }),
    toMinute: fc.integer({ min: 600, max: 1_440 }),
  }),
  { minLength: 1, maxLength: 3 },
);

const anyCampaign = fc
  .record({
    profile: fc.constantFrom(...PROFILE_NAMES),
    purpose: fc.constantFrom(...PURPOSES),
    tightening: anyTightening,
    callingHours: anyHours,
    connectTimeoutMs: fc.integer({ min: 500, max: 30_000 }),
    connectSafetyMarginMs: fc.integer({ min: 0, max: 2_500 }),
  })
  .map(({ profile, ...rest }) => ({ profile, campaign: campaign(profile, rest) }));

const start = (each: ComplianceProfile): number => CLOCK_STARTS.indexOf(each.clock.start);
/** Null is no limit at all. */
const most = (limit: number | null): number => limit ?? Infinity;

describe("a campaign never becomes looser than its profile", () => {
  test("value by value; and what is refused names a rule of that profile", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyCampaign, ({ profile, campaign: wanted }) => {
        const shipped = SHIPPED.get(profile)!;
        const found = rulesFor(wanted, SHIPPED);
        if (!found.ok) {
          expect([profile, ...shipped.rules.map(({ id }) => id)]).toContain(found.rule);
          return;
        }
        accepted += 1;
        const strict = found.rules.profile;
        expect(start(strict)).toBeLessThanOrEqual(start(shipped));
        expect(strict.clock.limitMs).toBeLessThanOrEqual(shipped.clock.limitMs);
        expect(strict.clock.safetyMarginMs).toBeGreaterThanOrEqual(shipped.clock.safetyMarginMs);
        expect(strict.clock.safetyMarginMs).toBeLessThan(strict.clock.limitMs);
        expect(strict.clock.noSpeechGraceMs).toBeLessThanOrEqual(shipped.clock.noSpeechGraceMs);
        expect(strict.ringMinMs).toBeGreaterThanOrEqual(shipped.ringMinMs);
        expect(strict.earlyRingMinMs).toBeGreaterThanOrEqual(shipped.earlyRingMinMs);
        for (const level of ["alertBasisPoints", "throttleBasisPoints", "stopBasisPoints"] as const) {
          expect(most(strict.abandon[level])).toBeLessThanOrEqual(most(shipped.abandon[level]));
        }
        for (const limit of ["perDayMax", "per24HoursMax"] as const) {
          expect(most(strict.frequency[limit])).toBeLessThanOrEqual(most(shipped.frequency[limit]));
        }
        expect(strict.frequency.gapMinMs ?? 0).toBeGreaterThanOrEqual(shipped.frequency.gapMinMs ?? 0);
        for (const [index, { ageMaxDays }] of strict.registers.entries()) {
          expect(ageMaxDays).toBeLessThanOrEqual(shipped.registers[index]!.ageMaxDays);
        }
        expect(strict.registers).toHaveLength(shipped.registers.length);
        expect(strict.message.mustSayPurpose).toBe(
          shipped.message.mustSayPurpose || wanted.tightening.messageMustSayPurpose === true,
        );
        // Nothing else is touched at all.
        const same = ({
          clock: _c,
          ringMinMs: _r,
          earlyRingMinMs: _e,
          abandon: _a,
          frequency: _f,
          ...rest
        }: ComplianceProfile) => {
          const { registers: _g, message: _m, ...others } = rest;
          return others;
        };
        expect(same(strict)).toEqual(same(shipped));
      }),
      { numRuns: 400 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  const anyFacts = (profile: ProfileName) =>
    fc
      .record({
        atMs: fc.integer({ min: Date.UTC(2026, 1, 2), max: Date.UTC(2026, 11, 20) }),
        ageDays: fc.integer({ min: 0, max: 40 }),
        agesMs: fc.array(fc.integer({ min: 0, max: 48 * HOUR_MS }), { maxLength: 4 }),
        saysPurpose: fc.boolean(),
        flagMs: fc.option(fc.integer({ min: -HOUR_MS, max: HOUR_MS })),
        guaranteed: fc.boolean(),
      })
      .map(({ atMs, ageDays, agesMs, saysPurpose, flagMs, guaranteed }) => {
        const fileDate = instant(atMs - ageDays * DAY_MS);
        const facts = dialFacts(profile, {
          registers: SHIPPED.get(profile)!.registers.map(({ name }) => register(name, { fileDate })),
          message: message(profile, { saysPurpose, approvedAt: instant(0) }),
          consent: { kind: "written", reference: "form 1", givenAt: null },
          guaranteed,
          facts: {
            attemptsAt: agesMs.map((ageMs) => instant(atMs - ageMs)),
            guaranteedOnlyUntil: flagMs === null ? null : instant(atMs + flagMs),
          },
        });
        return { facts, at: instant(atMs) };
      });

  test.each(PROFILE_NAMES)("whom the campaign may call under %s, the bare profile lets be called", (profile) => {
    const anyWish = fc.record({
      tightening: anyTightening,
      callingHours: anyHours,
      purpose: fc.constantFrom(...PURPOSES),
    });
    let allowed = 0;
    fc.assert(
      fc.property(anyWish, anyFacts(profile), (wish, { facts, at }) => {
        const found = rulesFor(campaign(profile, wish), SHIPPED);
        if (!found.ok || !mayDial(facts, found.rules, at).allowed) return;
        allowed += 1;
        expect(mayDial(facts, rulesOf(profile, { purpose: wish.purpose }), at).allowed).toBe(true);
      }),
      { numRuns: 800 },
    );
    expect(allowed).toBeGreaterThan(0);
  });
});

describe("what is unknown refuses", () => {
  /** Each takes away one thing that somebody must know. */
  const told = (facts: DialFacts, change: Partial<ApprovedMessage>): DialFacts => ({
    ...facts,
    message: facts.message === null ? null : { ...facts.message, ...change },
  });
  const UNKNOWN: readonly ((facts: DialFacts) => DialFacts)[] = [
    (facts) => ({ ...facts, country: null }),
    (facts) => ({ ...facts, timeZone: null }),
    (facts) => ({ ...facts, timeZone: "Nowhere/Land" }),
    (facts) => ({ ...facts, registers: [] }),
    (facts) => ({ ...facts, registers: facts.registers.map((each) => ({ ...each, fileDate: instant(0) })) }),
    (facts) => ({ ...facts, cliOwned: null }),
    (facts) => ({ ...facts, message: null }),
    (facts) => told(facts, { approvedBy: null }),
    (facts) => told(facts, { contactNumber: "" }),
    (facts) => told(facts, { transcript: "" }),
    (facts) => ({ ...facts, principal: "" }),
    (facts) => ({ ...facts, messagePlays: "unknown" }),
  ];

  test.each(PROFILE_NAMES)("any of it, and any of it together, under %s", (profile) => {
    const registered = SHIPPED.get(profile)!.registers.length > 0;
    const unknown = UNKNOWN.filter((_, index) => registered || (index !== 3 && index !== 4));
    fc.assert(
      fc.property(fc.subarray([...unknown], { minLength: 1 }), (missing) => {
        const facts = missing.reduce((known, forget) => forget(known), dialFacts(profile));
        expect(mayDial(facts, rulesOf(profile), TUESDAY[profile])).toMatchObject({ allowed: false, againAt: null });
      }),
      { numRuns: 100 },
    );
  });
});

test("of several broken questions the first answers, whichever they are", () => {
  fc.assert(
    fc.property(fc.subarray([...UK_QUESTIONS], { minLength: 1 }), (questions) => {
      const { facts, rules, when } = breaking(questions);
      expect(mayDial(facts, rules, when)).toMatchObject({ allowed: false, rule: questions[0] });
    }),
    { numRuns: 300 },
  );
  expect(UK_QUESTIONS).toEqual(DIAL_RULES.filter((question) => question !== "CONSENT"));
});
