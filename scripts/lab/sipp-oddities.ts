// Writes SIPp's scenario for a callee on a network that keeps to the protocol and to nothing else: answers out of the
// ordinary order, answers that cross, things said by the way. What it does is in the dialled number.

import {
  bye,
  done,
  invited,
  jump,
  jumpIf,
  label,
  pause,
  pauseBetween,
  receive,
  request,
  respond,
  respondInDialog,
} from "./sipp-xml.ts";

const RING_MS = 200;

const trying = respond("100 Trying", { tag: false });
const ringing = respond("180 Ringing");
const early = respond("183 Session Progress", { sdp: true });
const answer = respond("200 OK", { sdp: true, reliably: true });
const confirmed = receive("ACK");
const theyHangUp = [receive("BYE"), respondInDialog("200 OK")];
const cancelled = [receive("CANCEL"), respond("200 OK")];
const weHangUp = [bye, `<recv response="200"/>`];
const refuse = (status: string, headers?: readonly string[]): readonly string[] => [
  respond(status, { reliably: true, ...(headers === undefined ? {} : { headers }) }),
  confirmed,
];
/** Both sides have agreed on a change; ours to confirm. */
const changed = (cseq: number): readonly string[] => [
  `<recv response="100" optional="true"/>`,
  `<recv response="200"/>`,
  request("ACK", { cseq }),
];

/** Where a 302 of ours points to: a number that nobody has asked for. */
export const REDIRECTED_TO = "447998000000";

/** Each network's messages from the INVITE on. */
const oddities = {
  ringingAfterEarly: [trying, early, pause(RING_MS), ringing, pause(RING_MS), ...refuse("486 Busy Here")],
  earlyAfterRinging: [trying, ringing, pause(RING_MS), early, pause(RING_MS), ...refuse("480 Temporarily Unavailable")],
  earlyWithoutSdp: [trying, respond("183 Session Progress"), pause(RING_MS), ...refuse("603 Decline")],
  ringingWithSdp: [trying, respond("180 Ringing", { sdp: true }), pause(RING_MS), ...refuse("486 Busy Here")],
  otherProvisionals: [
    ...[trying, respond("181 Call Is Being Forwarded"), respond("182 Queued"), respond("199 Early Dialog Terminated")],
    ...[pause(RING_MS), ...refuse("503 Service Unavailable")],
  ],
  severalPhones: [
    ...[trying, respond("180 Ringing", { phone: "a" }), respond("183 Session Progress", { phone: "b", sdp: true })],
    ...[pause(RING_MS), answer, confirmed, pause(1_000), ...weHangUp],
  ],

  answerAtOnce: [answer, confirmed, pause(1_000), ...weHangUp],
  answerThenBye: [trying, ringing, pause(RING_MS), answer, confirmed, ...weHangUp],
  byeAsTheyJoin: [trying, ringing, pause(RING_MS), answer, confirmed, pauseBetween(1, 40), ...weHangUp],
  byeWithReason: [
    ...[trying, ringing, answer, confirmed, pause(1_000)],
    ...[request("BYE", { cseq: 1, headers: [`Reason: Q.850;cause=31;text="odd"`] }), `<recv response="200"/>`],
  ],
  noSound: [
    ...[trying, ringing, respond("200 OK", { sdp: { port: 9 }, reliably: true }), confirmed],
    ...[pause(2_000), ...weHangUp],
  ],
  answerWithoutSdp: [trying, ringing, respond("200 OK", { reliably: true }), confirmed, ...theyHangUp],
  answerInAnotherCodec: [
    ...[trying, ringing, respond("200 OK", { sdp: { formats: "18" }, reliably: true }), confirmed, ...theyHangUp],
  ],
  holdAndResume: [
    ...[trying, ringing, answer, confirmed, pause(500)],
    ...[request("INVITE", { cseq: 1, sdp: { version: 2, direction: "sendonly" } }), ...changed(1), pause(500)],
    ...[request("INVITE", { cseq: 2, sdp: { version: 3 } }), ...changed(2), pause(500)],
    ...[request("BYE", { cseq: 3 }), `<recv response="200"/>`],
  ],
  update: [
    ...[trying, ringing, answer, confirmed, pause(500)],
    ...[request("UPDATE", { cseq: 1 }), `<recv response="200"/>`, pause(500)],
    ...[request("UPDATE", { cseq: 2, sdp: { version: 2 } }), `<recv response="200"/>`, pause(500)],
    ...[request("BYE", { cseq: 3 }), `<recv response="200"/>`],
  ],

  answerToCancel: [
    ...[trying, ringing, ...cancelled, respond("200 OK", { sdp: true, invite: true, reliably: true })],
    ...[confirmed, ...theyHangUp],
  ],
  busyToCancel: [trying, ringing, ...cancelled, respond("486 Busy Here", { invite: true, reliably: true }), confirmed],
  late487: [
    ...[trying, ringing, ...cancelled, pause(3_000)],
    ...[respond("487 Request Terminated", { invite: true, reliably: true }), confirmed],
  ],
  no487: [trying, ringing, ...cancelled],
  cancelUnknown: [
    ...[trying, ringing, receive("CANCEL"), respond("481 Call/Transaction Does Not Exist")],
    ...[respond("487 Request Terminated", { invite: true, reliably: true }), confirmed],
  ],

  nobodyThere: [pause(20_000)],
  retryAfter: [trying, ...refuse("503 Service Unavailable", ["Retry-After: 120"])],
  redirect: [
    ...[trying, ringing, pause(RING_MS)],
    ...refuse("302 Moved Temporarily", [`Contact: <sip:${REDIRECTED_TO}@[local_ip]:[local_port]>`]),
  ],
  challenge: [
    trying,
    ...refuse("401 Unauthorized", [`WWW-Authenticate: Digest realm="c", nonce="n1", algorithm=MD5, qop="auth"`]),
  ],
  proxyChallenge: [
    trying,
    ...refuse("407 Proxy Authentication Required", [`Proxy-Authenticate: Digest realm="c", nonce="n1", qop="auth"`]),
  ],
  code399: [trying, ...refuse("399 Odd")],
  code499: [trying, ...refuse("499 Odd")],
  code599: [trying, ringing, pause(RING_MS), ...refuse("599 Odd")],
  code699: [trying, ...refuse("699 Odd")],
  congestionWithReason: [trying, ...refuse("503 Service Unavailable", [`Reason: Q.850;cause=17`])],
  absentWithReason: [trying, ...refuse("480 Temporarily Unavailable", [`Reason: Q.850;cause=1;text="Unallocated"`])],
  notFoundWithSipReason: [trying, ...refuse("404 Not Found", [`Reason: SIP;cause=200;text="completed elsewhere"`])],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Oddity = keyof typeof oddities;

const names = Object.keys(oddities) as Oddity[];

/**
 * The number to dial, E.164: +4477, two digits for what happens, six that are free. Not +4478: 07829 is in Jersey, whose
 * numbers the British profile does not cover.
 */
export function oddNumber(oddity: Oddity, nth = 0): string {
  return `+4477${String(names.indexOf(oddity)).padStart(2, "0")}${String(nth).padStart(6, "0")}`;
}

/** A number whose owner answers between two instants after the INVITE (see `oddityScenario`) and talks for a second. */
export function slowNumber(nth: number): string {
  return `+447799${String(nth).padStart(6, "0")}`;
}

export type OddityOptions = { readonly slowMs?: readonly [least: number, most: number] };

/** The scenario as XML; it knows the numbers without their country code, too. */
export function oddityScenario({ slowMs = [1_000, 1_000] }: OddityOptions = {}): string {
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<scenario name="oddities by number">`,
    ...invited("77([0-9][0-9])", ["which"]),
    ...names.map((name, index) => jumpIf("which", String(index).padStart(2, "0"), name)),
    // No branch was taken: a slow number.
    ...[trying, ringing, pauseBetween(...slowMs), answer, confirmed, pause(1_000), ...weHangUp, jump("done")],
    ...names.flatMap((name) => [label(name), ...oddities[name], jump("done")]),
    ...done,
    `</scenario>`,
    "",
  ].join("\n");
}
