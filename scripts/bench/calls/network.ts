// The telephone network of the bench: SIPp as everybody who is called, noting down each call that arrives, each answer and
// each end by its own clock. It knows nothing of the dialler.

import { bye, done, invited, jump, jumpIf, label, note, pauseBetween, receive, respond } from "../../lab/sipp-xml.ts";

/** Who has the number is in its two digits after 77. `waits` stays on the line for whoever comes to it late. */
const KINDS = { answers: "10", waits: "13", declines: "11" } as const;
type Kind = keyof typeof KINDS;

/** From the INVITE to the answer or the refusal, in milliseconds. */
export const RING_MS = [200, 600] as const;
/** Short, so that a few agents serve many answers: what is measured is connecting, not talking. */
export const TALK_MS = { answers: [300, 700], waits: [5_000, 6_000] } as const;
/** Of a hundred who answer. */
const WAIT_PERCENT = 5;

/** Mean time that somebody who answers keeps an agent, in seconds. */
export const MEAN_TALK_S = ((100 - WAIT_PERCENT) * 0.5 + WAIT_PERCENT * 5.5) / 100;

/**
 * So many different numbers, E.164, a share of which answers; spread evenly, so that any hundred in a row are alike.
 * @param share from 0 to 1
 * @param from counts people, so that two lists share nobody
 */
export function people(count: number, share: number, from = 0): readonly string[] {
  let answering = 0;
  return Array.from({ length: count }, (_, index) => {
    const answers = Math.floor((index + 1) * share) > Math.floor(index * share);
    if (answers) answering += 1;
    const waits = answers && answering % Math.round(100 / WAIT_PERCENT) === 0;
    const kind: Kind = answers ? (waits ? "waits" : "answers") : "declines";
    return `+4477${KINDS[kind]}${String(from + index).padStart(6, "0")}`;
  });
}

/** The scenario as XML. */
export function networkScenario(): string {
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<scenario name="noted">`,
    ...invited("77([0-9][0-9])[0-9]+", ["which"]),
    note("arrived", "whole"),
    respond("100 Trying", { tag: false }),
    respond("180 Ringing"),
    pauseBetween(...RING_MS),
    jumpIf("which", KINDS.declines, "declines"),
    note("answered", "whole"),
    ...[respond("200 OK", { sdp: true, reliably: true }), receive("ACK")],
    jumpIf("which", KINDS.waits, "waits"),
    pauseBetween(...TALK_MS.answers),
    jump("leaves"),
    label("waits"),
    pauseBetween(...TALK_MS.waits),
    label("leaves"),
    note("leaves", "whole"),
    ...[bye, `<recv response="200" next="done"/>`],
    label("declines"),
    note("declined", "whole"),
    ...[respond("486 Busy Here", { reliably: true }), receive("ACK"), jump("done")],
    ...done,
    `</scenario>`,
    "",
  ].join("\n");
}

/** One call as the network saw it; times in milliseconds since 1970, with fractions. */
export type NetworkCall = {
  /** E.164. */
  readonly number: string;
  readonly callId: string;
  readonly arrivedAt: number;
  readonly answeredAt: number | null;
  /** When they put the receiver down; null where we did, or they declined. */
  readonly leftAt: number | null;
  readonly declined: boolean;
};

const NOTE = /(arrived|answered|leaves|declined) (77\d+) (\S+) .*\s(\d+\.\d+)\s*$/;

/** Calls by Call-ID, in the order in which they arrived. */
export function networkCalls(notes: readonly string[]): readonly NetworkCall[] {
  const calls = new Map<string, { -readonly [K in keyof NetworkCall]: NetworkCall[K] }>();
  for (const line of notes) {
    const [, what, digits = "", callId = "", seconds = ""] = NOTE.exec(line) ?? [];
    if (what === undefined) continue;
    const at = Number(seconds) * 1000;
    const call = calls.get(callId) ?? {
      ...{ number: `+44${digits}`, callId, arrivedAt: at, answeredAt: null, leftAt: null, declined: false },
    };
    calls.set(callId, call);
    if (what === "answered") call.answeredAt = at;
    if (what === "leaves") call.leftAt = at;
    if (what === "declined") call.declined = true;
  }
  return [...calls.values()];
}
