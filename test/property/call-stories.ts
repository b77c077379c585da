/** Arbitrary lives of a call under arbitrary rules: anything in any order, and plausible beginnings followed by anything. */
import fc from "fast-check";
import type { AmdPolicy, CallEvent, CallPolicy, DropLicence, TransferKind } from "../../src/call/call.ts";
import { AMD_VERDICTS } from "../../src/domain/amd.ts";
import type { AmdVerdict, HeardTone } from "../../src/domain/amd.ts";
import type { MessageChoice } from "../../src/domain/attempt.ts";
import { CLOCK_STARTS } from "../../src/domain/connect-clock.ts";
import type { ConnectClock } from "../../src/domain/connect-clock.ts";
import { agentId } from "../../src/domain/ids.ts";
import { instant } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";

/** So much later, this happens. `timeout` is the deadline of whatever state the call is in, exactly when it is due. */
export interface Happening {
  readonly what: CallEvent["type"] | "timeout";
  readonly afterMs: number;
  readonly agent: number;
  /** Chooses among the variants of an event: who hung up, why placing failed, which code. */
  readonly variant: number;
}

export const POLICY: CallPolicy = {
  placeTimeoutMs: 10_000,
  ringTimeoutMs: 20_000,
  ringMinMs: 15_000,
  earlyRingMinMs: 20_000,
  clock: { start: "answer", limitMs: 2_000, safetyMarginMs: 200, noSpeechGraceMs: 0, greetingMaxMs: 5_000 },
  talkMaxMs: 3_600_000,
  holdMaxMs: 180_000,
  messageMaxMs: 60_000,
  hangUpRetryMs: 5_000,
  amd: null,
  flowMaxMs: null,
};

export const LISTENING: AmdPolicy = {
  joins: "afterVerdict",
  verdictMaxMs: 1_700,
  onMachine: "message",
  machineQuietMs: 2_000,
  machineGreetingMaxMs: 30_000,
};

/** Whatever a profile and a campaign could ask for, contradictions included. */
export const anyClock: fc.Arbitrary<ConnectClock> = fc.record({
  start: fc.constantFrom(...CLOCK_STARTS),
  limitMs: fc.constantFrom(1, 500, 2_000, 3_000),
  safetyMarginMs: fc.constantFrom(0, 200, 600),
  noSpeechGraceMs: fc.constantFrom(0, 1, 1_000, 4_000),
  greetingMaxMs: fc.constantFrom(0, 700, 5_000),
});

export const anyAmd: fc.Arbitrary<AmdPolicy> = fc.record({
  joins: fc.constantFrom("afterVerdict" as const, "atOnce" as const),
  verdictMaxMs: fc.constantFrom(1, 1_700, 4_000),
  onMachine: fc.constantFrom("hangUp" as const, "message" as const, "message" as const, "agent" as const),
  machineQuietMs: fc.constantFrom(1, 2_000),
  machineGreetingMaxMs: fc.constantFrom(1_000, 30_000),
});

export const anyPolicy: fc.Arbitrary<CallPolicy> = fc.record({
  placeTimeoutMs: fc.constantFrom(1_000, 10_000),
  ringTimeoutMs: fc.constantFrom(1, 5_000, 20_000),
  ringMinMs: fc.constantFrom(0, 3_000, 15_000),
  earlyRingMinMs: fc.constantFrom(0, 2_500, 20_000),
  clock: anyClock,
  talkMaxMs: fc.constantFrom(5_000, 3_600_000),
  holdMaxMs: fc.constantFrom(1_000, 180_000),
  messageMaxMs: fc.constantFrom(100, 3_000, 60_000),
  hangUpRetryMs: fc.constantFrom(1, 5_000),
  amd: fc.option(anyAmd),
  // Calls without an agent have laws of their own.
  flowMaxMs: fc.constant(null),
});

export const BEGUN_AT = instant(1_000_000);

/** A machine more often than anything else, for that is where things can go wrong. */
const VERDICTS: readonly [AmdVerdict, ...AmdVerdict[]] = ["machine", "machine", "machine", ...AMD_VERDICTS];

const pick = <T>(from: readonly [T, ...T[]], variant: number): T => from[variant % from.length] ?? from[0];

/** The event that a happening stands for, at its moment. */
export function eventOf(happening: Happening, at: Instant): CallEvent {
  const { what, variant } = happening;
  const stamp = { at, asteriskAt: null };
  const sipCallId = variant % 2 === 0 ? null : "call-id@pbx";
  const choice = pick<MessageChoice>(["campaign", "campaign", "builtIn", "voicemail", "voicemail"], variant);
  const who = agentId(happening.agent);
  const [cause, sip] = pick<readonly [number | null, number | null]>(
    [
      [16, null],
      [17, 486],
      [19, 480],
      [0, null],
      [null, null],
      [21, 603],
      [3, 404],
    ],
    variant,
  );
  switch (what) {
    case "placed":
      return { type: what, stamp, sipCallId };
    case "answered":
      // Asterisk's own word of it, or an answer that was found at a look.
      return { type: what, stamp: { at, asteriskAt: variant % 2 === 0 ? at : null }, sipCallId };
    case "placeFailed":
      return { type: what, stamp, detail: "", failure: pick(["refused", "unavailable", "unknown"], variant) };
    case "progressed":
    case "rang":
    case "joined":
    case "speechStarted":
      return { type: what, stamp };
    case "flowSpoke":
    case "flowFailed":
      return { type: what, stamp };
    case "flowDelivered":
    case "flowEnded":
    case "agentWanted":
      return { type: what, at };
    case "agentGivenUp":
      return { type: what, at, waitedMs: variant * 1_000 };
    case "speechEnded":
      return { type: what, stamp, durationMs: variant * 150 };
    case "voiceHeard":
      return { type: what, stamp };
    case "toneHeard": {
      const [tone, name] = pick<readonly [HeardTone, string]>(
        [
          ["sit", "sit-vacant"],
          ["sit", "sit"],
          ["sit", "sit-no-circuit"],
          ["fax", "ced"],
          ["ringback", "ringback"],
        ],
        variant,
      );
      return { type: what, stamp, tone, name };
    }
    case "verdictReached": {
      const verdict = pick(VERDICTS, variant);
      const licence = pick<DropLicence>(["allowed", "allowed", "sampled", "unlicensed"], happening.agent);
      return { type: what, stamp, verdict, cause: "as the story has it", licence };
    }
    case "messageStarted":
    case "messageFinished":
      return { type: what, stamp, choice };
    case "messageFailed":
      return { type: what, stamp, choice, detail: "" };
    case "bridgeFailed":
      return { type: what, stamp, agentId: who, detail: "" };
    case "hangupRequested":
      return { type: what, stamp, by: pick(["farEnd", "asterisk"], variant), cause, sip };
    case "destroyed":
      return { type: what, stamp, cause, sip, sipCallId };
    case "agentReserved":
    case "agentLost":
      return { type: what, at, agentId: who };
    case "cancelled":
      return { type: what, at, reason: pick(["operator", "drain"], variant) };
    case "transferAsked": {
      const kind = pick<TransferKind>(["blind", "consulted", "consulted"], variant);
      return { type: what, at, kind, to: variant % 4 === 0 ? "outside" : who };
    }
    case "otherLeft":
      return { type: what, at, agentId: who };
    case "held":
    case "met":
    case "resumed":
      return { type: what, at, nth: 1 + (variant % 4) };
    case "deskFailed":
      return { type: what, at, nth: 1 + (variant % 4), detail: "" };
    case "machineReported":
    case "holdAsked":
    case "resumeAsked":
    case "completeAsked":
    case "threeWayAsked":
    case "outsideAnswered":
    case "outsideGone":
    case "vanished":
    case "parted":
    case "agentHungUp":
    case "noAgentLikely":
    case "optedOut":
    case "messageUnheard":
      return { type: what, at };
    case "deadlinePassed":
    case "timeout":
      return { type: "deadlinePassed", at };
  }
}

/** Ends are rare, or no story would be long. */
const WEIGHTS: Readonly<Record<Happening["what"], number>> = {
  placed: 4,
  placeFailed: 1,
  progressed: 2,
  rang: 3,
  answered: 6,
  speechStarted: 4,
  speechEnded: 3,
  toneHeard: 2,
  voiceHeard: 1,
  verdictReached: 5,
  joined: 6,
  bridgeFailed: 3,
  parted: 2,
  messageStarted: 3,
  messageFinished: 2,
  messageFailed: 3,
  messageUnheard: 1,
  hangupRequested: 1,
  destroyed: 1,
  vanished: 1,
  agentReserved: 6,
  agentLost: 3,
  agentHungUp: 2,
  machineReported: 2,
  holdAsked: 3,
  resumeAsked: 2,
  held: 4,
  resumed: 4,
  deskFailed: 2,
  transferAsked: 3,
  met: 3,
  completeAsked: 3,
  threeWayAsked: 2,
  otherLeft: 1,
  outsideAnswered: 2,
  outsideGone: 1,
  cancelled: 2,
  noAgentLikely: 3,
  optedOut: 2,
  flowSpoke: 1,
  flowDelivered: 1,
  flowEnded: 1,
  flowFailed: 1,
  agentWanted: 1,
  agentGivenUp: 1,
  deadlinePassed: 2,
  timeout: 4,
};

const KINDS = Object.keys(WEIGHTS) as Happening["what"][];

const anyHappening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(...KINDS.map((what) => ({ arbitrary: fc.constant(what), weight: WEIGHTS[what] }))),
  afterMs: fc.oneof(
    fc.constantFrom(0, 1, 50, 199, 200, 1_799, 1_800, 1_801, 2_001, 15_000, 20_000),
    fc.integer({ min: 0, max: 5_000 }),
  ),
  agent: fc.integer({ min: 1, max: 3 }),
  variant: fc.nat({ max: 20 }),
});

const beginning = (...what: Happening["what"][]): Happening[] =>
  what.map((each) => ({ what: each, afterMs: 10, agent: 1, variant: 1 }));

/** A licensed verdict, soon after the answer. */
const verdict = (word: AmdVerdict): Happening => ({
  what: "verdictReached",
  afterMs: 10,
  agent: 1,
  variant: VERDICTS.lastIndexOf(word),
});

/** The answer to the first command to hold. */
const heldFirst: Happening = { what: "held", afterMs: 10, agent: 1, variant: 0 };

/** Of a talk with agent 1: to agent 2, or outside; and the answers to the first commands. */
const passedOn = (variant: number): Happening[] => [
  ...beginning("placed", "rang", "answered", "agentReserved", "joined"),
  { what: "transferAsked", afterMs: 10, agent: 2, variant },
];
const numbered = (what: Happening["what"], nth: number): Happening => ({
  what,
  afterMs: 10,
  agent: 2,
  variant: nth - 1,
});
const CONSULTED = 1;
const consulting = [...passedOn(CONSULTED), numbered("held", 1), numbered("met", 2)];

/** Where interesting trouble begins; what follows is anything. */
const BEGINNINGS = [
  beginning(),
  beginning("placed", "rang", "answered"),
  beginning("placed", "rang", "answered", "hangupRequested"),
  beginning("placed", "rang", "answered", "agentReserved", "joined"),
  beginning("placed", "rang", "answered", "agentReserved", "agentLost", "agentReserved"),
  beginning("placed", "answered", "agentReserved", "bridgeFailed"),
  beginning("placed", "rang", "answered", "timeout", "messageStarted"),
  beginning("placed", "rang", "answered", "timeout", "messageStarted", "messageFailed"),
  beginning("placed", "rang", "answered", "speechStarted"),
  beginning("placed", "progressed", "optedOut"),
  beginning("placed", "rang", "timeout"),
  beginning("placed", "rang", "answered", "verdictReached"),
  beginning("placed", "rang", "answered", "verdictReached", "timeout", "messageStarted"),
  [...beginning("placed", "rang", "answered"), verdict("unsure")],
  [...beginning("placed", "rang", "answered"), verdict("silence")],
  [...beginning("placed", "rang", "answered"), verdict("fax"), ...beginning("timeout")],
  beginning("placed", "rang", "answered", "speechStarted", "verdictReached", "speechEnded", "timeout"),
  beginning("placed", "rang", "answered", "agentReserved", "joined", "verdictReached"),
  beginning("placed", "rang", "answered", "agentReserved", "joined", "machineReported"),
  beginning("placed", "rang", "answered", "agentReserved", "joined", "machineReported", "parted", "timeout"),
  beginning("placed", "rang", "answered", "agentReserved", "joined", "holdAsked"),
  [...beginning("placed", "rang", "answered", "agentReserved", "joined", "holdAsked"), heldFirst],
  [
    ...beginning("placed", "rang", "answered", "agentReserved", "joined", "holdAsked"),
    heldFirst,
    ...beginning("timeout"),
  ],
  [
    ...beginning("placed", "rang", "answered", "agentReserved", "joined", "holdAsked"),
    heldFirst,
    ...beginning("resumeAsked"),
  ],
  beginning("placed", "rang", "answered", "agentReserved", "joined", "verdictReached", "timeout"),
  passedOn(3),
  passedOn(0),
  passedOn(4),
  passedOn(CONSULTED),
  [...passedOn(3), ...beginning("timeout")],
  [...passedOn(3), ...beginning("timeout", "timeout"), numbered("held", 3)],
  [...passedOn(0), numbered("held", 1), ...beginning("outsideAnswered"), numbered("resumed", 2)],
  [...passedOn(4), numbered("held", 1), ...beginning("outsideAnswered"), numbered("met", 2)],
  consulting,
  [...consulting, ...beginning("completeAsked")],
  [...consulting, ...beginning("threeWayAsked"), numbered("resumed", 3)],
  [...beginning("placed", "rang"), { what: "noAgentLikely" as const, afterMs: 15_000, agent: 1, variant: 1 }],
  [...beginning("placed", "progressed"), { what: "noAgentLikely" as const, afterMs: 15_000, agent: 1, variant: 1 }],
];

export interface Story {
  /** Promised before the call was placed, as in progressive mode. */
  readonly promised: number | null;
  readonly policy: CallPolicy;
  readonly happenings: readonly Happening[];
}

export const anyStory: fc.Arbitrary<Story> = fc.record({
  promised: fc.constantFrom(null, 1, 2),
  policy: fc.oneof(
    fc.constant(POLICY),
    fc.constantFrom(LISTENING, { ...LISTENING, joins: "atOnce" as const, verdictMaxMs: 4_000 }).map((amd) => ({
      ...POLICY,
      amd,
    })),
    anyPolicy,
  ),
  happenings: fc
    .tuple(fc.constantFrom(...BEGINNINGS), fc.array(anyHappening, { maxLength: 30 }))
    .map(([begins, goesOn]) => [...begins, ...goesOn]),
});
