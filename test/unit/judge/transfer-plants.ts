/** Faults of people passed on, planted in a clean night: each is found by its invariant, and by no other. */
import type { JournalEntry } from "../../../src/judge/entries.ts";
import type { InvariantName } from "../../../src/judge/judge.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { AGENT, agent, at, attemptId, call, isOf, nightWith } from "./night.ts";

const during = (...planted: readonly JournalEntry[]): readonly JournalEntry[] =>
  nightWith((each) => (isOf(each, "call", 1, "joined") ? [each, ...planted] : each));

const OTHER = agentId(98);

/** Music, a number outside that answers, and back. */
const outside = (backAt: number, more: readonly Record<string, unknown>[] = [{ type: "hangUpOutside" }]) => [
  call(
    1,
    18,
    { type: "transferAsked", kind: "blind", to: "outside" },
    ["connected", "onHold"],
    [{ type: "hold", nth: 1 }, { type: "callOutside" }],
  ),
  call(1, 18.1, { type: "held", nth: 1 }, ["onHold", "onHold"]),
  call(1, 19, { type: "resumeAsked" }, ["onHold", "resuming"], [...more, { type: "resume", agentId: AGENT, nth: 2 }]),
  call(1, backAt, { type: "resumed", nth: 2 }, ["resuming", "connected"]),
];

export const SOUND_TRANSFER = (): readonly JournalEntry[] => during(...outside(19.5));

/** The person leaves in the middle of a word between two agents, at 47 s, and the other is sent home. */
const sentHome = (...afterwards: readonly JournalEntry[]): readonly JournalEntry[] =>
  during(
    agent(OTHER, 40, "reserved", 1),
    call(
      1,
      40,
      { type: "transferAsked", kind: "consulted", to: OTHER },
      ["connected", "onHold"],
      [{ type: "hold", nth: 1 }],
    ),
    call(
      1,
      40.1,
      { type: "held", nth: 1 },
      ["onHold", "onHold"],
      [{ type: "meet", agentId: AGENT, other: OTHER, nth: 2 }],
    ),
    agent(OTHER, 40.2, "onCall", 1),
    call(
      1,
      46.9,
      { type: "hangupRequested", by: "farEnd" },
      ["onHold", "ending"],
      [{ type: "dismiss", agentId: OTHER }],
    ),
  ).flatMap((each) => (isOf(each, "attempt-ended", 1) ? [each, ...afterwards] : [each]));

const astray = (seconds: number, answer: "refused" | "unknown" = "refused"): JournalEntry => ({
  ...{ at: at(seconds), kind: "phone-astray", agentId: OTHER, attemptId: attemptId(1), answer },
});
const free = (seconds: number): JournalEntry => agent(OTHER, seconds, "available", null);

/** Refused or unanswered, and sent home again until they are there; or hung up meanwhile. */
export const SENT_HOME: readonly (readonly JournalEntry[])[] = [
  sentHome(free(47)),
  sentHome(astray(47), astray(47.25), astray(47.75), free(48.75)),
  sentHome(astray(51.9, "unknown"), astray(52.2), free(52.7)),
  sentHome(agent(OTHER, 50, "loggedOut", null)),
];

export const TRANSFER_PLANTED: readonly (readonly [InvariantName, string, () => readonly JournalEntry[]])[] = [
  ["passed-on-are-heard", "five seconds on the way back", () => during(...outside(24))],
  ["others-are-let-go", "an outside number that nobody hangs up", () => during(...outside(19.5, []))],
  ["no-agent-lost", "an agent who is home, and let go much later", () => sentHome(free(49))],
  ["no-agent-lost", "a phone that is not home, and asked again much later", () => sentHome(astray(47), free(50))],
  ["no-agent-lost", "a phone of which nothing is heard any more", () => sentHome(astray(47.1), free(60))],
  [
    "no-agent-lost",
    "a phone that is asked again for ever, and not hung up",
    () => sentHome(...Array.from({ length: 20 }, (_, nth) => astray(47 + nth)), free(67)),
  ],
  [
    "others-are-let-go",
    "an agent who is sent home twice",
    () =>
      during(
        call(
          1,
          18,
          { type: "transferAsked", kind: "consulted", to: OTHER },
          ["connected", "onHold"],
          [{ type: "hold", nth: 1 }],
        ),
        call(1, 18.1, { type: "held", nth: 1 }, ["onHold", "onHold"]),
        call(
          1,
          19,
          { type: "resumeAsked" },
          ["onHold", "resuming"],
          [
            { type: "dismiss", agentId: OTHER },
            { type: "resume", agentId: AGENT, nth: 2 },
          ],
        ),
        call(1, 19.1, { type: "resumed", nth: 2 }, ["resuming", "connected"], [{ type: "dismiss", agentId: OTHER }]),
      ),
  ],
];
