/**
 * What a human must hear of after an attempt has ended, when its campaign must stop, and how boldly it may still dial.
 * Pure: it says what, the engine tells and stops.
 */
import type { AccountEntry } from "../domain/account.ts";
import type { AttemptFacts } from "../domain/attempt.ts";
import { reaches } from "./abandon-rate.ts";
import type { AbandonRate } from "./abandon-rate.ts";
import type { AbandonRules } from "./profile.ts";

export const ACCOUNT_ALARMS = [
  "SILENT-CALL",
  "SILENT-STOP",
  /** The campaign's own message failed; the built-in one was asked for. */
  "MESSAGE-FAILED",
  /** Both failed: whoever answers next would hear nothing. */
  "MESSAGES-FAILED",
  "LATE-CONNECT",
  "SHORT-RING",
  "ABANDON-ALERT",
  "ABANDON-THROTTLE",
  "ABANDON-STOP",
  /** Calls were dropped on machine verdicts without a valid test. */
  "AMD-ESTIMATE-MISSING",
] as const;
export type AccountAlarm = (typeof ACCOUNT_ALARMS)[number];

export interface AlarmRaised {
  readonly code: AccountAlarm;
  /** In plain words, for a human. */
  readonly says: string;
}

export interface AlarmVerdict {
  readonly alarms: readonly AlarmRaised[];
  /** Why the campaign must stop now; null while it may go on. */
  readonly stop: AlarmRaised | null;
}

export interface AlarmContext {
  /** Silent calls of this campaign today, this one included. */
  readonly silentToday: number;
  /** Rates of all scopes, this attempt included. */
  readonly rates: readonly AbandonRate[];
}

export interface AlarmRules {
  readonly abandon: AbandonRules;
  readonly silentStopCount: number;
}

export function alarmsOf(
  facts: Pick<AttemptFacts, "message" | "messageChoice" | "messageAt" | "endReason">,
  entry: AccountEntry | null,
  { silentToday, rates }: AlarmContext,
  rules: AlarmRules,
): AlarmVerdict {
  const messages = messageAlarms(facts);
  const silent = entry === "silent" ? silentAlarms(facts, silentToday, rules.silentStopCount) : [];
  const ours = entry === null ? [] : (BY_ENTRY[entry] ?? []);
  const alarms = [...messages, ...silent, ...ours, ...(movesRate(entry) ? rateAlarms(rates, rules.abandon) : [])];
  const stop =
    alarms.find(({ code }) => code === "MESSAGES-FAILED") ?? alarms.find(({ code }) => code === "SILENT-STOP");
  return { alarms, stop: stop ?? null };
}

const BY_ENTRY: Partial<Record<AccountEntry, readonly AlarmRaised[]>> = {
  connectedLate: [{ code: "LATE-CONNECT", says: "A person was passed to an agent later than the clock allows." }],
  cancelledShort: [{ code: "SHORT-RING", says: "We gave up a call before it had rung for the least time." }],
};

/** The built-in message is asked for only after the campaign's own has failed. */
const messageAlarms = ({ message, messageChoice }: Pick<AttemptFacts, "message" | "messageChoice">): AlarmRaised[] => {
  if (message === "failed" && messageChoice === "builtIn") {
    return [
      {
        code: "MESSAGES-FAILED",
        says: "Neither the campaign's information message nor the built-in one could be played.",
      },
    ];
  }
  if (message === "failed" || messageChoice === "builtIn") {
    return [{ code: "MESSAGE-FAILED", says: "The campaign's information message could not be played." }];
  }
  return [];
};

const silentAlarms = (
  facts: Pick<AttemptFacts, "messageAt" | "messageChoice" | "endReason">,
  today: number,
  stopAt: number,
): AlarmRaised[] => {
  const alarm: AlarmRaised = {
    code: "SILENT-CALL",
    says: `${heardBy(facts)} Silent calls of this campaign today: ${today}.`,
  };
  // It counts like any other; but it says nothing of whether the next person will be served, and a stop is for that.
  if (today < stopAt || crossedOurCancel(facts)) return [alarm];
  return [
    alarm,
    { code: "SILENT-STOP", says: `${today} silent calls today: the profile stops a campaign at ${stopAt} (UK-SIL-1).` },
  ];
};

const heardBy = (facts: Pick<AttemptFacts, "messageAt" | "messageChoice" | "endReason">): string => {
  if (crossedOurCancel(facts)) return "Somebody answered in the moment in which we gave the call up.";
  return facts.messageAt === null
    ? "Somebody answered and heard nothing."
    : "Somebody answered and heard nothing in time.";
};

/** Why calls are given up that nobody has answered; a person who answers just then crosses our cancel on the line. */
const GIVEN_UP: ReadonlySet<string | null> = new Set(["ringTimeout", "noAgent", "optedOut"]);

const crossedOurCancel = ({ endReason, messageChoice }: Pick<AttemptFacts, "messageChoice" | "endReason">): boolean =>
  // Where a message was asked for, somebody had answered before we gave up.
  messageChoice === null && GIVEN_UP.has(endReason);

/** What can make a rate go up. A connect only lowers it, and telling of the same level again helps nobody. */
const movesRate = (entry: AccountEntry | null): boolean =>
  entry === "abandonedWithMessage" || entry === "silent" || entry === "connectedLate" || entry === "machineDropped";

function rateAlarms(rates: readonly AbandonRate[], abandon: AbandonRules): AlarmRaised[] {
  const levels = [
    ["ABANDON-STOP", abandon.stopBasisPoints],
    ["ABANDON-THROTTLE", abandon.throttleBasisPoints],
    ["ABANDON-ALERT", abandon.alertBasisPoints],
  ] as const;
  const alarms: AlarmRaised[] = [];
  // The highest level says it all.
  const reached = levels.find(([, level]) => level !== null && rates.some((rate) => reaches(rate, level)));
  if (reached !== undefined) {
    const worst = rates.reduce((a, b) => ((b.rateBasisPoints ?? 0) > (a.rateBasisPoints ?? 0) ? b : a));
    const says = `The abandon rate is ${percentOf(worst.rateBasisPoints ?? 0)}; the level is ${percentOf(reached[1] ?? 0)}.`;
    alarms.push({ code: reached[0], says });
  }
  if (rates.some(({ estimateMissing }) => estimateMissing)) {
    const says = "Calls were dropped on machine verdicts without a valid test: all of them count as people (UK-ACR-4).";
    alarms.push({ code: "AMD-ESTIMATE-MISSING", says });
  }
  return alarms;
}

/** 239 is `2.39 %`. */
export const percentOf = (basisPoints: number): string =>
  `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, "0")} %`;

/* ------------------------------------------------------------------ How boldly */

/** `throttled`: one call for each usable agent. `reserved-only`: each call has an agent of its own, reserved before. */
export type OverdialMode = "free" | "throttled" | "reserved-only";

/**
 * The strictest that any scope asks for.
 *
 * @param callsMin live calls below which a rate says nothing yet. 0, the strict reading, lets the first abandon of a
 *   day stop overdialling until enough calls have reached agents.
 */
export function overdialMode(
  rates: readonly AbandonRate[],
  levels: Pick<AbandonRules, "throttleBasisPoints" | "stopBasisPoints">,
  callsMin = 0,
): OverdialMode {
  const telling = rates.filter(({ inputs }) => inputs.dropped + inputs.live + inputs.machinesDropped >= callsMin);
  if (isAt(levels.stopBasisPoints, telling)) return "reserved-only";
  return isAt(levels.throttleBasisPoints, telling) ? "throttled" : "free";
}

const isAt = (level: number | null, rates: readonly AbandonRate[]): boolean =>
  level !== null && rates.some((rate) => reaches(rate, level));
