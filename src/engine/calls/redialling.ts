/** Between the lead room and the engine's words: what an end, a refusal or a missing agent makes of a lead. */
import { openAt } from "../../compliance/open-at.ts";
import type { WhoCallsWhen } from "../../compliance/open-at.ts";
import type { Campaign } from "../../domain/campaign.ts";
import type { ComplianceProfile } from "../../compliance/profile.ts";
import type { Instant } from "../../domain/instant.ts";
import { outcomeFacts } from "../../domain/outcome.ts";
import type { Outcome } from "../../domain/outcome.ts";
import { nextDayCallback, type CallbackTime } from "../../lead/callback.ts";
import { chooseAgain, chooseNext } from "../../lead/redial/choose-next.ts";
import type { ContactRates } from "../../lead/redial/contact-rates.ts";
import type { NextChoice } from "../../lead/redial/next-choice.ts";
import { numberNow } from "../../lead/redial/number-now.ts";
import type { NumberNow } from "../../lead/redial/number-now.ts";
import type { OpenAt } from "../../lead/redial/refusals.ts";
import { storyAfter } from "../../lead/redial/story.ts";
import { wallClock } from "../../lead/redial/wall-clock.ts";
import type { ContactMade, LeadToDial, LeadVerdict } from "../ports.ts";

export interface Redial {
  readonly lead: LeadToDial;
  readonly campaign: Campaign;
  readonly profile: ComplianceProfile | null;
  readonly rates: ContactRates;
  /** In [0, 1). */
  readonly jitter: number;
}

const hoursOf = ({ lead, campaign, profile }: Pick<Redial, "lead" | "campaign" | "profile">): OpenAt => {
  const who: WhoCallsWhen = { callingHours: campaign.callingHours, purpose: campaign.purpose, profile };
  return (timeZone, at) => openAt(who, lead, timeZone, at);
};

/** They asked to be called back, and the keys of a telephone give no time. Null where none can be found. */
export function callbackTime(redial: Pick<Redial, "lead" | "campaign" | "profile">, at: Instant): CallbackTime | null {
  const { lead, campaign } = redial;
  const asked = { story: lead.story, rules: campaign.redial, openAt: hoursOf(redial) };
  return nextDayCallback(asked, lead.numberId, at);
}

/** After an attempt to the lead's number. */
export function afterAttempt(
  redial: Redial,
  { outcome, placedAt, endedAt, now }: { outcome: Outcome; placedAt: Instant; endedAt: Instant; now: Instant },
): LeadVerdict {
  const { lead, campaign, rates, jitter } = redial;
  const { numberId } = lead;
  const choice = chooseNext({
    story: storyAfter(lead.story, { numberId, at: placedAt, outcome }),
    ended: { numberId, outcome, endedAt },
    promise: lead.callback,
    rules: campaign.redial,
    openAt: hoursOf(redial),
    ...{ rates, jitter, now },
  });
  return verdictOf(lead, choice);
}

/** The agent to whom it was promised is not there; no call was made, so nothing is told of one. */
export function afterAgentMissing(redial: Redial, now: Instant): LeadVerdict {
  const { lead, campaign, rates, jitter } = redial;
  const ended = { numberId: lead.numberId, outcome: "callback-agent-missing", endedAt: now } as const;
  const asked = { story: lead.story, ended, promise: lead.callback, rules: campaign.redial };
  return putOff(lead, chooseNext({ ...asked, openAt: hoursOf(redial), rates, jitter, now }));
}

/** An agent looked at the lead and did not call it; no call was made, so nothing is told of one. */
export function afterPreview(
  redial: Redial,
  outcome: "preview-rejected" | "preview-closed" | "preview-timed-out",
  now: Instant,
): LeadVerdict {
  const { lead, campaign, rates, jitter } = redial;
  const ended = { numberId: lead.numberId, outcome, endedAt: now };
  const asked = { story: lead.story, ended, promise: lead.callback, rules: campaign.redial };
  const verdict = putOff(lead, chooseNext({ ...asked, openAt: hoursOf(redial), rates, jitter, now }));
  return verdict.type === "done" && outcome === "preview-closed" ? { ...verdict, because: outcome } : verdict;
}

/** Something outside of redialling said no until `from`. */
export function afterRefusal(redial: Redial, from: Instant, because: string): LeadVerdict {
  const { lead, campaign, rates, jitter } = redial;
  const { callback, numberId } = lead;
  if (callback !== null) {
    const isKept = from <= callback.untilAt;
    const promise = { callbackId: callback.callbackId, fate: isKept ? "waiting" : "missed" } as const;
    return { type: "retry", at: from, because, numberId, queue: isKept ? "callback" : untried(lead), promise };
  }
  const asked = { story: lead.story, rules: campaign.redial, openAt: hoursOf(redial), rates, jitter, from };
  const verdict = putOff(lead, chooseAgain(asked));
  return verdict.type === "retry" ? { ...verdict, because } : verdict;
}

/** The number to dial at this moment, or what becomes of the lead instead. */
export function choiceNow(redial: Redial, at: Instant): NumberNow {
  const { lead, campaign, rates, jitter } = redial;
  const { story, isFresh, callback, numberId } = lead;
  // In one piece: an object that begins with a spread gets a shape of its own (V8 11), and this is asked twice a call.
  return numberNow({
    story,
    isFresh,
    promise: callback,
    wanted: numberId,
    rules: campaign.redial,
    openAt: hoursOf(redial),
    rates,
    jitter,
    at,
  });
}

const untried = ({ story }: LeadToDial): "putOff" | "redial" =>
  story.attempts.length === 0 && story.attemptsCounted === 0 ? "putOff" : "redial";

/** Nothing was tried: whoever was new is new. */
export function putOff(lead: LeadToDial, choice: NextChoice): LeadVerdict {
  const verdict = verdictOf(lead, choice);
  return verdict.type === "retry" && verdict.queue === "redial" ? { ...verdict, queue: untried(lead) } : verdict;
}

function verdictOf(lead: LeadToDial, choice: NextChoice): LeadVerdict {
  const { callback } = lead;
  const fate = choice.promise;
  const promise = callback === null || fate === undefined ? {} : { promise: { callbackId: callback.callbackId, fate } };
  switch (choice.type) {
    case "retry": {
      const { at, because, numberId } = choice;
      return { type: "retry", at, because, numberId, queue: choice.queue, ...promise };
    }
    case "done":
    case "held":
      return { type: choice.type, because: choice.because, ...promise };
    case "requeue":
      return { type: "requeue", ...promise };
  }
}

/** Of an attempt that somebody could have answered; null for the others. */
export function contactMade(
  { story, numberId, timeZone }: LeadToDial,
  outcome: Outcome,
  at: Instant,
): ContactMade | null {
  const { countsAsAttempt, permanent, liveVoice } = outcomeFacts(outcome);
  const local = wallClock(timeZone)?.at(at);
  const kind = story.numbers.find((number) => number.numberId === numberId)?.kind;
  if (!countsAsAttempt || permanent || local === undefined || kind === undefined) return null;
  return { kind, weekday: local.weekday, hour: Math.floor(local.minute / 60), isLive: liveVoice };
}
