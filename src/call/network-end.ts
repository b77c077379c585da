/**
 * What the network's answer means when it ended the call before anybody picked up: by SIP code where Asterisk
 * tells it (`tech_cause`, from 20.17, 22.7 and 23.1), else by Q.850 cause alone, which hides a good deal:
 * 21 may be a refused registration, a blocked caller or a person who declined.
 *
 * Early media counts as ringing: many networks send ring tone behind a 183.
 */
import type { Outcome } from "../domain/outcome.ts";

interface ByRinging {
  readonly unrung: Outcome;
  readonly rung: Outcome;
}

const always = (outcome: Outcome): ByRinging => ({ unrung: outcome, rung: outcome });
const split = (unrung: Outcome, rung: Outcome): ByRinging => ({ unrung, rung });

const REDIRECTED = always("redirected");
const AUTH = always("auth-rejected");
const BUSY = always("busy");
const UNALLOCATED = always("unallocated");
const MEDIA = always("media-refused");
const SIGNALLING = always("signalling-error");
const SPAM = always("spam-rejected");
const NETWORK = split("network-failure", "network-disconnect");
const CONGESTION = split("congestion", "network-disconnect");
const DESTINATION = split("destination-unavailable", "network-disconnect");
// RFC 8224 identity failures: the carrier did not believe our caller id.
const IDENTITY = always("blocked");

/** RFC 3261 §21 and the RFCs named beside. Codes that are not here fall to their class. */
const BY_SIP: Readonly<Record<number, ByRinging>> = {
  401: AUTH,
  403: split("blocked", "rejected"), // without ringing a network refuses us; after ringing a person does
  404: UNALLOCATED,
  407: AUTH,
  408: split("no-response", "no-answer"),
  409: NETWORK,
  410: always("number-changed"),
  415: MEDIA,
  428: IDENTITY,
  436: IDENTITY,
  437: IDENTITY,
  438: IDENTITY,
  470: AUTH, // RFC 5360, consent needed
  480: split("subscriber-absent", "no-answer"),
  484: always("invalid-number"),
  485: UNALLOCATED,
  486: BUSY,
  487: split("no-ringback", "no-answer"),
  488: MEDIA,
  494: AUTH, // RFC 3329, security agreement
  501: SIGNALLING,
  502: DESTINATION,
  503: CONGESTION,
  505: SIGNALLING,
  513: SIGNALLING,
  580: CONGESTION, // RFC 3312, precondition failure
  600: BUSY,
  603: always("rejected"),
  604: UNALLOCATED,
  606: MEDIA,
  607: SPAM, // RFC 8197, unwanted
  608: SPAM, // RFC 8688, rejected by analytics
};

const bySipClass = (sip: number): ByRinging | undefined => {
  if (sip >= 300 && sip < 400) return REDIRECTED;
  if (sip >= 400 && sip < 500) return SIGNALLING;
  if (sip >= 500 && sip < 600) return NETWORK;
  if (sip >= 600 && sip < 700) return SIGNALLING;
  return undefined;
};

const BLOCKED = always("blocked");
const NO_ROUTE = always("no-route");
const NO_ANSWER = split("no-ringback", "no-answer");

/** ITU-T Q.850. */
const BY_CAUSE: Readonly<Record<number, ByRinging>> = {
  1: UNALLOCATED,
  2: NO_ROUTE,
  3: NO_ROUTE,
  16: NO_ANSWER,
  17: BUSY,
  18: NO_ANSWER,
  19: NO_ANSWER,
  20: split("subscriber-absent", "no-answer"),
  21: always("rejected"),
  22: always("number-changed"),
  23: REDIRECTED,
  27: DESTINATION,
  28: always("invalid-number"),
  29: SIGNALLING,
  31: NETWORK,
  34: CONGESTION,
  38: NETWORK,
  41: NETWORK,
  42: CONGESTION,
  44: NETWORK,
  50: BLOCKED,
  52: BLOCKED,
  54: BLOCKED,
  57: BLOCKED,
  58: MEDIA,
  65: MEDIA,
  66: SIGNALLING,
  69: SIGNALLING,
  81: SIGNALLING,
  88: MEDIA,
  95: SIGNALLING,
  96: SIGNALLING,
  97: SIGNALLING,
  98: SIGNALLING,
  99: SIGNALLING,
  100: SIGNALLING,
  101: SIGNALLING,
  102: NETWORK,
  103: SIGNALLING,
  111: SIGNALLING,
  127: SIGNALLING,
};

/**
 * A SIP code beside a Q.850 cause that is not Asterisk's own mapping of it: the carrier sent a `Reason` header.
 * Seen on 20.17–20.18, 22.7–22.8 and 23.1–23.2 only; later versions let the SIP code win.
 */
const BY_PAIR: Readonly<Record<string, ByRinging>> = {
  "404+20": always("subscriber-absent"),
  "480+20": always("subscriber-absent"),
  "500+4": always("invalid-number"),
  "500+5": always("invalid-number"),
  "500+63": always("invalid-number"),
  "500+6": CONGESTION,
  "500+44": CONGESTION,
  "500+46": BUSY,
  "500+16": split("network-failure", "no-answer"),
};

/** The unanswered outcome for what the far end said. `rang`: ringing or early media had been seen. */
export function outcomeOfNetworkEnd(sip: number | null, cause: number | null, rang: boolean): Outcome {
  const row =
    (sip !== null && cause !== null ? BY_PAIR[`${sip}+${cause}`] : undefined) ??
    (sip === null ? undefined : (BY_SIP[sip] ?? bySipClass(sip))) ??
    (cause === null ? undefined : BY_CAUSE[cause]);
  if (row === undefined) return "unclassified";
  return rang ? row.rung : row.unrung;
}
