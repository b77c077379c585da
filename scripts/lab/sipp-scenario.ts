// Writes SIPp's scenario for a callee whose behaviour is in the dialled number. SIPp 3.6.1 cannot take the status code
// of a response from a variable, so there is one branch for each code.

import { bye, done, invited, jump, jumpIf, label, pause, respond } from "./sipp-xml.ts";

/** What comes before the final response; the digit after +447. */
export const before = {
  /** 100 Trying only. */
  nothing: 1,
  /** 183 with SDP (early media). */
  progress: 2,
  /** 180. */
  ringing: 3,
  /** 180, then 183 with SDP. */
  ringingThenProgress: 4,
  /** 180 three times, as from a network that duplicates packets. */
  ringingThrice: 5,
} as const;

export type Before = keyof typeof before;

/** Every final code above 299 that the callee knows: the registered ones and a few that carriers made up. */
export const finalCodes: readonly number[] = [
  ...[300, 301, 302, 305, 380],
  ...[
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 420, 421, 422, 423, 424,
  ],
  ...[
    425, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482, 483, 484, 485, 486, 487, 488, 489, 491,
  ],
  ...[493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580, 600, 603, 604, 606, 607, 608],
];

/** Seconds after which the callee may hang up an answered call. */
const talkSeconds = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/**
 * What happens in the end: a code above 299 (that response); 0 (no reply of any kind); 1 (whatever comes before, then
 * nothing until CANCEL); "answer" (until the caller hangs up), or an answer for some whole seconds (1-9).
 */
export type Final = number | "answer" | { readonly answerS: number };

/**
 * The number to dial, E.164: +447, the digit of `before`, three digits for the end, five that are free.
 * The three digits: a final code as it is; 000 no reply at all; 001 nothing more until CANCEL; 200 answers and stays;
 * 201-209 answers and hangs up after 1-9 seconds.
 */
export function sippNumber(first: Before, final: Final, nth = 0): string {
  const code = final === "answer" ? 200 : typeof final === "object" ? 200 + final.answerS : final;
  if (code > 299 && !finalCodes.includes(code)) throw new Error(`the SIPp callee does not know ${String(code)}`);
  return `+447${String(before[first])}${String(code).padStart(3, "0")}${String(nth).padStart(5, "0")}`;
}

/** The scenario as XML. SIPp 3.6.1 reads no file of more than 64 KB. */
export function sippScenario(): string {
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<scenario name="callee by number">`,
    ...invited("447([0-9])([0-9][0-9][0-9])", ["first", "code"]),
    jumpIf("code", "000", "dead"),
    respond("100 Trying", { tag: false }),
    jumpIf("first", "2", "progress"),
    jumpIf("first", "3", "ringing"),
    jumpIf("first", "4", "ringing"),
    jumpIf("first", "5", "ringingThrice"),
    jump("end-of-first"),

    label("ringingThrice"),
    respond("180 Ringing", { times: 3 }),
    pause(300),
    jump("end-of-first"),

    label("ringing"),
    respond("180 Ringing"),
    pause(300),
    jumpIf("first", "3", "end-of-first"),

    label("progress"),
    respond("183 Session Progress", { sdp: true }),
    pause(300),

    label("end-of-first"),
    jumpIf("code", "001", "until-cancel"),
    jumpIf("code", "200", "answer"),
    ...talkSeconds.map((seconds) => jumpIf("code", String(200 + seconds), `answer-${String(seconds)}`)),
    ...finalCodes.map((code) => jumpIf("code", String(code), `final-${String(code)}`)),
    // A number that is not ours.
    jump("final-404"),

    label("until-cancel"),
    `<recv request="CANCEL"/>`,
    respond("200 OK"),
    respond("487 Request Terminated", { invite: true, reliably: true }),
    `<recv request="ACK" next="done"/>`,

    label("answer"),
    respond("200 OK", { sdp: true, reliably: true }),
    `<recv request="ACK"/>`,
    `<recv request="BYE"/>`,
    respond("200 OK"),
    jump("done"),

    ...talkSeconds.flatMap((seconds) => [
      label(`answer-${String(seconds)}`),
      respond("200 OK", { sdp: true, reliably: true }),
      `<recv request="ACK"/>`,
      pause(seconds * 1000),
      bye,
      `<recv response="200" next="done"/>`,
    ]),

    ...finalCodes.flatMap((code) => [
      label(`final-${String(code)}`),
      respond(`${String(code)} ${reasonOf(code)}`, { reliably: true }),
      `<recv request="ACK" next="done"/>`,
    ]),

    // As if nothing were there; long enough for the caller to give up by itself.
    label("dead"),
    pause(40_000),

    ...done,
    `</scenario>`,
    "",
  ].join("\n");
}

const reasons: Readonly<Record<number, string>> = {
  302: "Moved Temporarily",
  403: "Forbidden",
  404: "Not Found",
  480: "Temporarily Unavailable",
  486: "Busy Here",
  503: "Service Unavailable",
  603: "Decline",
};

function reasonOf(code: number): string {
  return reasons[code] ?? `Code ${String(code)}`;
}
