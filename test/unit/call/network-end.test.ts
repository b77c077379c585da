/**
 * What the network's answer means: every SIP final response and every Q.850 cause, with and without ringing. The
 * tables are typed from the requirements and know nothing of the code's; where the two differ, one of them is wrong.
 */
import { describe, expect, test } from "@jest/globals";
import { classify } from "../../../src/call/classify.ts";
import type { Ringing } from "../../../src/domain/attempt.ts";
import type { Outcome } from "../../../src/domain/outcome.ts";
import { POLICY, refused, RINGING } from "./facts.ts";

/** Codes, then the outcome without ringing, then with ringing or early media. */
type Row = readonly [codes: readonly number[], unrung: Outcome, rung: Outcome];
type Table = ReadonlyMap<number, Pick<Row, 1 | 2>>;

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

const tableOf = (rows: readonly Row[]): Table => {
  const table = new Map<number, Row>();
  for (const row of rows) for (const code of row[0]) if (!table.has(code)) table.set(code, row);
  return table;
};

/** What Asterisk makes of each code, where it makes something of its own of it (res_pjsip, `ast_sip_hangup_sip2cause`). */
const ASTERISK_CAUSE: Readonly<Record<number, number>> = {
  302: 23,
  401: 21,
  403: 21,
  404: 1,
  407: 21,
  408: 18,
  409: 41,
  410: 22,
  420: 3,
  480: 19,
  483: 19,
  484: 28,
  485: 1,
  486: 17,
  488: 58,
  500: 38,
  501: 29,
  502: 27,
  503: 34,
  504: 102,
  600: 17,
  603: 21,
  604: 1,
  606: 58,
};

const asteriskCause = (sip: number): number =>
  ASTERISK_CAUSE[sip] ?? (sip < 400 ? 16 : Math.floor(sip / 100) === 5 ? 34 : 127);

/** The first row that names a code wins; whole classes come last. */
const BY_SIP = tableOf([
  [[401, 407, 470, 494], "auth-rejected", "auth-rejected"],
  [[403], "blocked", "rejected"],
  [[404, 485, 604], "unallocated", "unallocated"],
  [[408], "no-response", "no-answer"],
  [[409], "network-failure", "network-disconnect"],
  [[410], "number-changed", "number-changed"],
  [[415, 488, 606], "media-refused", "media-refused"],
  [[420, 483], "signalling-error", "signalling-error"],
  [[428, 436, 437, 438], "blocked", "blocked"],
  [[480], "subscriber-absent", "no-answer"],
  [[484], "invalid-number", "invalid-number"],
  [[486, 600], "busy", "busy"],
  [[487], "no-ringback", "no-answer"],
  [[500, 504], "network-failure", "network-disconnect"],
  [[501, 505, 513], "signalling-error", "signalling-error"],
  [[502], "destination-unavailable", "network-disconnect"],
  [[503, 580], "congestion", "network-disconnect"],
  [[603], "rejected", "rejected"],
  [[607, 608], "spam-rejected", "spam-rejected"],
  [range(300, 399), "redirected", "redirected"],
  [range(400, 499), "signalling-error", "signalling-error"],
  [range(500, 599), "network-failure", "network-disconnect"],
  [range(600, 699), "signalling-error", "signalling-error"],
]);

const BY_CAUSE = tableOf([
  [[1], "unallocated", "unallocated"],
  [[2, 3], "no-route", "no-route"],
  [[16, 18, 19], "no-ringback", "no-answer"],
  [[17], "busy", "busy"],
  [[20], "subscriber-absent", "no-answer"],
  [[21], "rejected", "rejected"],
  [[22], "number-changed", "number-changed"],
  [[23], "redirected", "redirected"],
  [[27], "destination-unavailable", "network-disconnect"],
  [[28], "invalid-number", "invalid-number"],
  [[31], "network-failure", "network-disconnect"],
  [[34, 42], "congestion", "network-disconnect"],
  [[38, 41, 44, 102], "network-failure", "network-disconnect"],
  [[50, 52, 54, 57], "blocked", "blocked"],
  [[58, 65, 88], "media-refused", "media-refused"],
  [[29, 66, 69, 81, ...range(95, 101), 103, 111, 127], "signalling-error", "signalling-error"],
  [range(0, 127), "unclassified", "unclassified"],
]);

/** A SIP code beside a cause of the carrier's own (a `Reason` header, before 20.19, 22.9 and 23.3); tried first. */
const BY_PAIR: readonly (readonly [sip: number, cause: number, unrung: Outcome, rung: Outcome])[] = [
  [404, 20, "subscriber-absent", "subscriber-absent"],
  [480, 20, "subscriber-absent", "subscriber-absent"],
  [500, 4, "invalid-number", "invalid-number"],
  [500, 5, "invalid-number", "invalid-number"],
  [500, 63, "invalid-number", "invalid-number"],
  // Congestion, hence a disconnect once it had rung, like every other congestion.
  [500, 6, "congestion", "network-disconnect"],
  [500, 44, "congestion", "network-disconnect"],
  [500, 46, "busy", "busy"],
  // Only after ringing; before it the SIP code speaks.
  [500, 16, "network-failure", "no-answer"],
];

const of = (row: Pick<Row, 1 | 2> | undefined, ringing: Ringing): Outcome | undefined =>
  row?.[ringing === "none" ? 1 : 2];

describe.each(RINGING)("the far end ended a call with ringing: %s", (ringing) => {
  test.each(range(300, 699).map((sip) => [sip, asteriskCause(sip), of(BY_SIP.get(sip), ringing)]))(
    "SIP %i, which Asterisk calls %i, is %s",
    (sip, cause, expected) => {
      expect(classify(refused(Number(sip), Number(cause), ringing), POLICY)).toBe(expected);
    },
  );

  test.each(range(0, 127).map((cause) => [cause, of(BY_CAUSE.get(cause), ringing)]))(
    "Q.850 %i without a SIP code is %s",
    (cause, expected) => {
      expect(classify(refused(null, Number(cause), ringing), POLICY)).toBe(expected);
    },
  );

  test("the carrier's own pairs are tried first, and no other pair changes what the SIP code says", () => {
    const disagreeing: string[] = [];
    for (const sip of range(300, 699)) {
      for (const cause of range(0, 127)) {
        const pair = BY_PAIR.find((each) => each[0] === sip && each[1] === cause);
        const expected = pair === undefined ? of(BY_SIP.get(sip), ringing) : pair[ringing === "none" ? 2 : 3];
        const actual = classify(refused(sip, cause, ringing), POLICY);
        if (actual !== expected) disagreeing.push(`${sip}+${cause}: ${actual}, not ${String(expected)}`);
      }
    }
    expect(disagreeing).toEqual([]);
  });

  test("a SIP code without a cause is enough", () => {
    const disagreeing = range(300, 699).filter(
      (sip) => classify(refused(sip, null, ringing), POLICY) !== of(BY_SIP.get(sip), ringing),
    );
    expect(disagreeing).toEqual([]);
  });

  test.each([
    [null, null],
    [200, null],
    [700, null],
    [null, 128],
    [null, -1],
    [0, 0],
  ])("nonsense, such as SIP %s with cause %s, is unclassified and never quietly a no-answer", (sip, cause) => {
    expect(classify(refused(sip, cause, ringing), POLICY)).toBe("unclassified");
  });
});

test("the tables above cover what they claim to", () => {
  expect([BY_SIP.size, BY_CAUSE.size]).toEqual([400, 128]);
});
