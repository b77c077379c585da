// Writes SIPp's scenario for an ordinary crowd, as pacing sees one: people who come to the phone after some seconds and
// talk for some, phones whose owners decline after a while, and phones that ring until the caller gives up.

import { bye, done, invited, jump, jumpIf, label, pauseBetween, receive, respond } from "./sipp-xml.ts";

export type CrowdOptions = {
  /** From the INVITE to the answer or the refusal. */
  readonly ringMs: readonly [least: number, most: number];
  readonly talkMs: readonly [least: number, most: number];
};

/** Who has the number is in its two digits after 77. */
const KINDS = { answers: "10", declines: "11", "rings-out": "12" } as const;
export type CrowdKind = keyof typeof KINDS;

/** The nth person of a kind, E.164. */
export const crowdNumber = (kind: CrowdKind, nth: number): string =>
  `+4477${KINDS[kind]}${String(nth).padStart(6, "0")}`;

/**
 * So many different numbers, `answering` of a hundred of which answer; of ten others one rings out. Spread evenly, so
 * that any hundred in a row are alike.
 * @param from counts people, so that two lists share nobody
 */
export function crowd(count: number, answering: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    // 37 has no factor in common with 100 or 10.
    const place = (index * 37) % 100;
    const kind = place < answering ? "answers" : (index * 37) % 10 === 9 ? "rings-out" : "declines";
    return crowdNumber(kind, from + index);
  });
}

/** The scenario as XML. Whoever is hung up on by us says nothing more: SIPp confirms it and ends the call. */
export function crowdScenario({ ringMs, talkMs }: CrowdOptions): string {
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<scenario name="crowd">`,
    ...invited("77([0-9][0-9])", ["which"]),
    respond("100 Trying", { tag: false }),
    respond("180 Ringing"),
    jumpIf("which", KINDS["rings-out"], "rings-out"),
    pauseBetween(...ringMs),
    jumpIf("which", KINDS.declines, "declines"),
    ...[respond("200 OK", { sdp: true, reliably: true }), receive("ACK"), pauseBetween(...talkMs)],
    ...[bye, `<recv response="200" next="done"/>`],

    label("declines"),
    ...[respond("486 Busy Here", { reliably: true }), receive("ACK"), jump("done")],

    label("rings-out"),
    ...[receive("CANCEL"), respond("200 OK")],
    ...[respond("487 Request Terminated", { invite: true, reliably: true }), receive("ACK")],

    ...done,
    `</scenario>`,
    "",
  ].join("\n");
}
