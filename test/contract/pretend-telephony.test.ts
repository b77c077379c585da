// Telephony's promises, kept by the pretended one that simulations run on.
import { isPhoneNumber, phoneNumber } from "../../src/domain/phone-number.ts";
import type { Callee } from "../../src/simulation/callee.ts";
import { PretendAsterisk } from "../../src/simulation/pretend-asterisk.ts";
import { PretendPhone } from "../../src/simulation/phone.ts";
import { PretendTelephony } from "../../src/simulation/pretend-telephony.ts";
import { SeededRandom } from "../../src/simulation/seeded-random.ts";
import { VirtualClock } from "../../src/simulation/virtual-clock.ts";
import { after, instant } from "../../src/domain/instant.ts";
import { telephonySuite } from "./telephony-suite.ts";
import type { Person, TelephonyWorld } from "./telephony-suite.ts";

const LISTENER = {
  type: "person",
  ringsAfterMs: 50,
  earlyMedia: false,
  answersAfterMs: 1_000,
  talkMs: 8_000,
  patienceMs: 8_000,
} as const;

const PEOPLE: Readonly<Record<Person, Callee>> = {
  answers: {
    type: "person",
    ringsAfterMs: 50,
    earlyMedia: false,
    answersAfterMs: 1_500,
    talkMs: 5_000,
    patienceMs: 5_000,
  },
  "says-hello": { ...LISTENER, greeting: { afterMs: 500, lastsMs: 420 } },
  "says-nothing": LISTENER,
  leaves: { ...LISTENER, patienceMs: 1_500, leavesAfterMs: 1_500 },
  "hangs-up-at-once": {
    type: "person",
    ringsAfterMs: 50,
    earlyMedia: false,
    answersAfterMs: 900,
    talkMs: 0,
    patienceMs: 0,
  },
  "rings-out": { type: "ringsOut", ringsAfterMs: 50 },
  busy: { type: "fails", before: "nothing", ringsAfterMs: 20, failsAfterMs: 0, cause: 17, sip: 486 },
  unallocated: { type: "fails", before: "nothing", ringsAfterMs: 20, failsAfterMs: 0, cause: 1, sip: 404 },
  announcement: { type: "fails", before: "early", ringsAfterMs: 20, failsAfterMs: 3_000, cause: 1, sip: 404 },
};

async function open(): Promise<TelephonyWorld> {
  const clock = new VirtualClock();
  const random = new SeededRandom(7);
  const people = new Map<string, Person>();
  const asterisk = new PretendAsterisk({
    clock,
    messageMs: 1_800,
    missingMedia: [{ media: "sound:nosuch", from: clock.now(), to: instant(Number.MAX_SAFE_INTEGER) }],
    skewMs: 0,
    calleeAt: ({ number, trunk }) =>
      trunk === "dead" ? { type: "unplaceable", failure: "unavailable" } : PEOPLE[people.get(number) ?? "unallocated"],
  });
  const limits = { linesMax: 10, cpsMax: 10, codecs: ["alaw"] };
  const telephony = new PretendTelephony({ asterisk, clock, random, trunks: { carrier: limits, dead: limits } });
  const phone = new PretendPhone(asterisk, "PJSIP/1001");
  return {
    telephony,
    trunk: "carrier",
    deadTrunk: "dead",
    cliNumber: phoneNumber("+442079460000"),
    message: "sound:message",
    missing: "sound:nosuch",
    numberOf: (person) => {
      const number = `+4477009${String(people.size).padStart(5, "0")}`;
      if (!isPhoneNumber(number)) throw new Error("numbers have run out");
      people.set(number, person);
      return number;
    },
    attemptId: () => random.attemptId(clock.now()),
    phone: {
      endpoint: phone.endpoint,
      dialIn: () => {
        phone.dialIn();
      },
      press: async (digit) => {
        phone.press(digit);
      },
      hangUp: async () => {
        phone.hangUp();
      },
    },
    until: async (what, isTrue) => {
      if (!(await clock.runUntil(isTrue, after(clock.now(), 60_000))))
        throw new Error(`a minute went by before ${what}`);
    },
    pass: (ms) => clock.advance(ms),
    stop: () => telephony.stop(),
  };
}

telephonySuite("the pretended one", open);
