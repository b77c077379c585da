// Telephony's promises on a real Asterisk with a real telephone network, in both ways of placing.
import { v7 } from "uuid";
import { startLab } from "../../scripts/lab/lab.ts";
import type { Lab } from "../../scripts/lab/lab.ts";
import { numberFor, personNumber } from "../../scripts/lab/number-plan.ts";
import type { Behaviour, PersonBehaviour } from "../../scripts/lab/number-plan.ts";
import { INFORMATION_MESSAGE } from "../../scripts/lab/pbx.ts";
import { asteriskTelephony } from "../../src/asterisk/index.ts";
import type { AttemptId } from "../../src/domain/ids.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import { telephonySuite } from "../contract/telephony-suite.ts";
import type { Person, TelephonyWorld } from "../contract/telephony-suite.ts";
import { pause, surroundings, until } from "../support/pretend-ari/connected.ts";
import type { LogLine } from "../support/pretend-ari/connected.ts";

const PEOPLE: Partial<Record<Person, PersonBehaviour>> = {
  "says-hello": "say-hello",
  "says-nothing": "say-quiet",
  leaves: "leaves",
};

const BEHAVIOUR: Partial<Record<Person, Behaviour>> = {
  answers: "person",
  "hangs-up-at-once": "hangs-up-at-once",
  "rings-out": "rings-out",
  busy: "busy",
  unallocated: "unallocated",
  announcement: "announcement",
};

const PHONE = 1001;

async function world(placing: "create" | "originate"): Promise<TelephonyWorld> {
  const lab: Lab = await startLab();
  const lines: LogLine[] = [];
  const { url, user, password } = lab.pbx.ari;
  const trunk = { linesMax: 100, cpsMax: 50, numberFormat: "plus", prefix: "", codecs: ["alaw"] } as const;
  const telephony = asteriskTelephony(
    { url, user, password: { reveal: () => password }, app: "fairdial", placing, loginArgument: "agent-login" },
    [
      { ...trunk, name: "carrier", endpoint: "carrier" },
      { ...trunk, name: "dead", endpoint: "unreachable" },
    ],
    "sound:beep",
    "lab-1",
    surroundings(lines),
  );
  let numbers = 0;
  return {
    telephony,
    trunk: "carrier",
    deadTrunk: "dead",
    cliNumber: phoneNumber("+442079460000"),
    message: INFORMATION_MESSAGE.media,
    missing: "sound:fairdial/nosuch",
    numberOf: (person) => {
      numbers += 1;
      const known = PEOPLE[person];
      if (known !== undefined) return phoneNumber(personNumber(lab.network.plan, known));
      return phoneNumber(numberFor(lab.network.plan, BEHAVIOUR[person] ?? "unallocated", numbers % 10));
    },
    attemptId: () => v7() as AttemptId,
    phone: {
      endpoint: `PJSIP/${String(PHONE)}`,
      dialIn: () => {
        // Resolves when it is admitted, and fails when it is not: both are seen in the events.
        lab.network.phones.login(PHONE).catch(() => undefined);
      },
      press: (digit) => lab.network.phones.press(PHONE, digit),
      hangUp: () => lab.network.phones.hangup(PHONE),
    },
    until: (what, isTrue) => until(what, isTrue, 12_000),
    pass: pause,
    stop: async () => {
      await telephony.stop();
      await lab.stop();
    },
  };
}

telephonySuite("a real Asterisk, create and dial", () => world("create"));
telephonySuite("a real Asterisk, originate", () => world("originate"));
