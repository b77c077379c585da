/**
 * Which outcomes of the set this version can bring about, each with a life that leads to it. Whoever teaches the daemon
 * a new one moves its name from one list to the other; whoever makes one impossible finds out here.
 */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { transition } from "../../../src/call/transition.ts";
import { OUTCOMES } from "../../../src/domain/outcome.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { told } from "../../property/call-laws.ts";
import { anyStory, POLICY } from "../../property/call-stories.ts";
import type { Happening } from "../../property/call-stories.ts";
import { Script } from "../../scenarios/script.ts";

const ended = (cause: number, sip: number): string =>
  `begin; placed; far-end leaves ${cause} ${sip}; destroyed ${cause} ${sip}`;
const rangAndEnded = (cause: number, sip: number): string => ended(cause, sip).replace("placed", "placed; ring");
const LISTENING = "amd after-verdict message; begin; placed; ring; advance 5s; answer; advance 1s";
const ANSWERED = "begin; placed; ring; advance 5s; answer";

/** In the words of the scenarios. */
const REACHED: Partial<Record<Outcome, string>> = {
  "not-placed": "begin agent 7; place withdrawn",
  "place-refused": "begin; place refused",
  "trunk-unreachable": "begin; place unavailable",
  busy: ended(17, 486),
  "no-answer": "begin; placed; ring; advance 20s; destroyed 19 480",
  "subscriber-absent": ended(19, 480),
  "no-ringback": "begin; placed; advance 20s; destroyed 19 480",
  "no-response": ended(18, 408),
  rejected: ended(21, 603),
  blocked: ended(21, 403),
  "spam-rejected": ended(127, 607),
  "auth-rejected": ended(21, 401),
  unallocated: ended(1, 404),
  "invalid-number": ended(28, 484),
  "number-changed": ended(22, 410),
  "no-route": "begin; placed; far-end leaves 3; destroyed 3",
  "destination-unavailable": ended(27, 502),
  congestion: ended(34, 503),
  "network-failure": ended(38, 500),
  "network-disconnect": rangAndEnded(34, 503),
  "media-refused": ended(58, 488),
  "signalling-error": ended(127, 400),
  redirected: ended(23, 302),
  "cancelled-while-ringing": "begin; placed; ring; cancel drain; destroyed 16",
  "cancelled-unrung": "begin; placed; cancel drain; destroyed 16",
  "hung-up-early": `${ANSWERED}; advance 1s; far-end leaves 16; destroyed 16`,
  "hung-up-waiting": `${ANSWERED}; advance 2.1s; far-end leaves 16; destroyed 16`,
  "abandoned-silent": `${ANSWERED}; advance 1.8s; message fails; message fails; destroyed 16`,
  "abandoned-with-message": `${ANSWERED}; advance 1.8s; message starts; message ends; destroyed 16`,
  "agent-leg-failed": `${ANSWERED}; agent 7 found; agent 7 lost; advance 1.8s; message fails; message fails; destroyed 16`,
  "machine-hung-up": `${LISTENING.replace("message", "hang-up")}; verdict machine; destroyed 16`,
  "machine-message-left": `${LISTENING}; verdict machine; advance 2s; message starts; message ends; destroyed 16`,
  fax: `${LISTENING}; verdict fax; destroyed 16`,
  "network-machine": `${LISTENING}; verdict sit; destroyed 16`,
  "not-in-service": "begin; placed; progress; tone sit sit-vacant; far-end leaves 16; destroyed 16",
  "no-speech": `${LISTENING}; verdict silence; agent 7 found; join; advance 8s; far-end leaves 16; destroyed 16`,
  "no-media": `${LISTENING}; verdict unsure NOAUDIODATA; agent 7 found; join; advance 8s; agent hangs-up; destroyed 16`,
  "ringback-after-answer": `${LISTENING}; verdict ringback; agent 7 found; join; advance 30s; far-end leaves 16; destroyed 16`,
  screened: `${LISTENING}; verdict screened; far-end leaves 16; destroyed 16`,
  connected: `${ANSWERED}; agent 7 found; join; destroyed 16`,
  lost: "begin; placed; ring; vanished",
  unclassified: "begin; placed; far-end leaves 0; destroyed 0",
};

/** Not yet, and why. */
const NOT_REACHED: Partial<Record<Outcome, string>> = {
  suppressed: "a refused lead is settled without an attempt",
  "preview-rejected": "no preview",
  "preview-closed": "no preview",
  "preview-timed-out": "no preview",
  "callback-agent-missing": "no callbacks",
  "all-trunks-busy": "one trunk a campaign",
  "message-delivered": "no agentless mode",
  "message-cut-short": "no agentless mode",
  "cancelled-by-length": "the length limit only ever meets calls that are connected",
  "internal-error": "an assertion of ours stops the process, and the next one reconciles",
};

/** Reached, but only when the loop is late: the join is read after its time, before the deadline is. */
const REACHED_BY_A_LATE_LOOP: Outcome = "connected-late";

const lived = (life: string): Outcome | null => {
  const script = new Script();
  for (const command of life.split("; ")) script.run(command);
  return script.call.state === "ended" ? script.call.outcome : null;
};

describe("a life that leads to", () => {
  test.each(Object.entries(REACHED))("%s: %s", (outcome, life) => {
    expect(lived(life)).toBe(outcome);
  });

  test("connected-late: the deadline's letter lies behind that of the join", () => {
    const after = (what: Happening["what"], afterMs: number): Happening => ({ what, afterMs, agent: 1, variant: 0 });
    const happenings = [
      after("placed", 0),
      after("answered", 5_000),
      after("joined", 2_001),
      after("destroyed", 60_000),
    ];
    expect(told(transition, { promised: 1, policy: POLICY, happenings }).at(-1)?.next).toMatchObject({
      outcome: REACHED_BY_A_LATE_LOOP,
    });
  });
});

test("every outcome of the set is in exactly one of the lists", () => {
  const listed = [...Object.keys(REACHED), ...Object.keys(NOT_REACHED), REACHED_BY_A_LATE_LOOP];
  expect(listed.sort()).toEqual(Object.keys(OUTCOMES).sort());
});

test("no life at all leads to an outcome that is said to be out of reach", () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      for (const { next } of told(transition, story)) {
        if (next.state === "ended") expect(Object.keys(NOT_REACHED)).not.toContain(next.outcome);
      }
    }),
    { numRuns: 2_000 },
  );
});
