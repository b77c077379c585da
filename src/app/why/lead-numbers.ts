/**
 * Each number of a lead before every rule: what it says now, and when all of them will let it through. Pure.
 *
 * The rule to remember: the moment is found as the daemon would find it, by asking everybody again at the moment until which
 * one of them says no.
 */
import type { CampaignFacts, CampaignRules, DialFacts } from "../../compliance/dial-facts.ts";
import { whyNotDial, type DialRefusal } from "../../compliance/may-dial.ts";
import { openAt, type Called } from "../../compliance/open-at.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { NumberId } from "../../domain/ids.ts";
import { latest, type Instant } from "../../domain/instant.ts";
import type { NumberKind } from "../../domain/lead.ts";
import { countryOf } from "../../lead/number-country.ts";
import { explainRedial, type RuleVerdict } from "../../lead/redial/explain.ts";
import type { LeadStory } from "../../lead/redial/story.ts";
import type { LeadFile, LeadFileNumber } from "../../store/index.ts";

/** What one rule says of one number at one moment. */
export interface Blocker {
  readonly at: Instant;
  /** A dial rule (`CALLING-WINDOW`) or a redial rule (`another-band`). */
  readonly rule: string;
  readonly says: string;
  readonly until: Instant | null;
}

export interface NumberVerdict {
  readonly numberId: NumberId;
  readonly number: string | null;
  readonly kind: NumberKind;
  readonly timeZone: string | null;
  /** The first dial rule that says no now; null when none does. */
  readonly screening: { readonly rule: string; readonly says: string; readonly until: Instant | null } | null;
  /** Every redial rule, in order. */
  readonly redial: readonly RuleVerdict[];
  readonly dialableAt: Instant | null;
  /** What is in the way until then, one after the other; of a number that never will be, the last one is why. */
  readonly blockers: readonly Blocker[];
}

export interface NumbersAsked {
  readonly file: LeadFile;
  readonly campaign: Campaign;
  readonly rules: CampaignRules;
  readonly facts: CampaignFacts;
  readonly at: Instant;
}

/** Nights, holidays, bands and limits that somebody waits through; more never come together. */
const ROUNDS_MAX = 60;

export const storyOf = (file: LeadFile): LeadStory => ({
  attemptsCounted: file.attemptsCounted,
  carrierTries: file.carrierTries,
  numbers: file.numbers.map((number) => ({
    numberId: number.numberId,
    kind: number.kind,
    timeZone: number.timeZone,
    attemptsCounted: number.attemptsCounted,
    lastAttemptAt: number.lastAttemptAt,
    lastOutcome: number.lastOutcome,
    isOut: number.takenOut !== null || number.number === null,
  })),
  attempts: file.attempts,
});

/** All of a lead, as the hours ask for them. */
export const calledOf = ({ region, numbers }: LeadFile): Called => ({
  region,
  numbers: numbers.flatMap(({ number, numberType, timeZone }) =>
    number === null ? [] : [{ number, numberType, timeZone }],
  ),
});

export const numberVerdicts = (asked: NumbersAsked): NumberVerdict[] =>
  asked.file.numbers.map((number) => verdictOf(asked, number));

const verdictOf = (asked: NumbersAsked, number: LeadFileNumber): NumberVerdict => {
  const { file, at } = asked;
  const screening = refusalAt(asked, number, at);
  const { dialableAt, blockers } = momentOf(asked, number, latest(at, file.dueAt));
  return {
    numberId: number.numberId,
    number: number.number,
    kind: number.kind,
    timeZone: number.timeZone,
    screening: screening === null ? null : { ...wordsOf(screening), until: screening.againAt },
    redial: redialAt(asked, number, at)?.verdicts ?? [],
    dialableAt,
    blockers,
  };
};

const wordsOf = ({ rule, ruleId, says }: DialRefusal): Pick<Blocker, "rule" | "says"> => ({
  rule,
  says: ruleId === null ? says : `${says} (${ruleId})`,
});

/** Null where no dial rule says no to this number; what concerns the whole campaign is told elsewhere. */
const refusalAt = (
  { file, campaign, rules, facts }: NumbersAsked,
  { number, numberType, timeZone, facts: known }: LeadFileNumber,
  at: Instant,
): DialRefusal | null => {
  if (number === null) return null;
  const asked: DialFacts = {
    number,
    // Everything that holds for all leads alike would hide what holds for this one.
    ...{ ...facts, killSwitch: null },
    country: countryOf(number),
    ...{ numberType, timeZone, facts: known },
    ...{ region: file.region, consent: file.consent },
    // Where every call has its agent before it is placed, none of them waits for one.
    guaranteed: campaign.mode === "progressive" || campaign.mode === "preview",
  };
  const refusal = whyNotDial(asked, rules, at);
  return refusal?.concerns === "campaign" ? null : refusal;
};

const redialAt = ({ file, campaign, rules }: NumbersAsked, { numberId }: LeadFileNumber, at: Instant) => {
  const who = { callingHours: campaign.callingHours, purpose: campaign.purpose, profile: rules.profile };
  const verdict = explainRedial({
    story: storyOf(file),
    rules: campaign.redial,
    openAt: (timeZone, moment) => openAt(who, calledOf(file), timeZone, moment),
    dueAt: file.dueAt,
    isPromised: file.queue === "callback",
    at,
  });
  return verdict.numbers.find((each) => each.numberId === numberId) ?? null;
};

const momentOf = (
  asked: NumbersAsked,
  number: LeadFileNumber,
  from: Instant,
): Pick<NumberVerdict, "dialableAt" | "blockers"> => {
  const blockers: Blocker[] = [];
  let at = from;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const refusal = refusalAt(asked, number, at);
    if (refusal !== null) {
      blockers.push({ at, ...wordsOf(refusal), until: refusal.againAt });
      if (refusal.againAt === null || refusal.againAt <= at) return { dialableAt: null, blockers };
      at = refusal.againAt;
      continue;
    }
    const redial = redialAt(asked, number, at);
    const no = redial?.verdicts.find(({ lets }) => !lets);
    if (redial === null || no === undefined) return { dialableAt: at, blockers };
    blockers.push({ at, rule: no.rule, says: no.says, until: redial.dialableAt });
    if (redial.dialableAt === null || redial.dialableAt <= at) return { dialableAt: null, blockers };
    at = redial.dialableAt;
  }
  return { dialableAt: null, blockers };
};
