/** What filters mean, term by term; that the database means the same is shown in the lab. */
import { describe, expect, test } from "@jest/globals";
import { instant, type Instant } from "../../../../src/domain/instant.ts";
import { leadId } from "../../../../src/domain/ids.ts";
import { fits, type LeadFacts } from "../../../../src/lead/segment/evaluate.ts";
import { folded, trimmed } from "../../../../src/lead/segment/fold.ts";
import { readFilter } from "../../../../src/lead/segment/parse.ts";
import { turnOf, TURN_MAX } from "../../../../src/lead/segment/turn.ts";

const AT = instant(1_800_000_000_000);
const ago = (days: number): Instant => instant(AT - days * 86_400_000);

const LEAD: LeadFacts = {
  attributes: { status: "Gold", postcode: "SW1A 1AA", income: "15", "post code": " x ", code: "007", price: "£20" },
  list: "March",
  key: "K1",
  name: "Ann",
  region: "GB-SW",
  priority: 50,
  addedAt: ago(30),
  numbers: [
    { type: "mobile", kind: "mobile", country: "GB", timeZone: "Europe/London" },
    { type: "fixed", kind: "work", country: null, timeZone: null },
  ],
  attempts: 2,
  lastAttemptAt: ago(2.5),
  lastOutcome: "no-answer",
  lastDisposition: null,
  state: "open",
};

const answer = (text: string, lead: LeadFacts = LEAD): boolean => {
  const read = readFilter(text);
  if ("refusal" in read) throw new Error(read.refusal.sentence);
  return fits(read.filter, lead, AT);
};

describe("a lead", () => {
  test.each([
    'status = "gold"',
    'status in ("silver", "GOLD")',
    'postcode starts "sw1"',
    'postcode contains "a 1"',
    "income between 15 and 15",
    "income > 14.999999",
    "code = 7",
    'code = "007"',
    'attr("post code") = "X"',
    "email is missing",
    'email != "a@b"',
    "not email = 5",
    'price = "£20"',
    'region: "SW"',
    'region: "gb-sw"',
    'list = "MARCH"',
    "priority >= 50",
    'number-kind = "work"',
    'number-kind = "work" and number-kind = "mobile"',
    'not number-kind = "home"',
    'country = "GB"',
    'time-zone starts "Europe/"',
    "attempts = 2",
    "days-since-import = 30",
    "days-since-attempt = 2",
    'last-outcome = "no-answer"',
    "last-disposition is missing",
    'lead-state = "open"',
  ])("fits %s", (text) => {
    expect(answer(text)).toBe(true);
  });

  test.each([
    'status != "gold"',
    'code = "7"',
    "price = 20",
    "price < 100",
    "price >= 0",
    "email = 5",
    'email starts "a"',
    "email is present",
    'region: "W"',
    'number-kind = "home"',
    'not number-kind = "work"',
    "attempts > 2",
    "days-since-attempt > 2",
    "constructor is present",
    "attr('__proto__') is present",
  ])("does not fit %s", (text) => {
    expect(answer(text)).toBe(false);
  });

  test("without history answers no question about it, and is missing it", () => {
    const fresh: LeadFacts = { ...LEAD, attempts: 0, lastAttemptAt: null, lastOutcome: null };
    expect(answer("days-since-attempt >= 0 or days-since-attempt < 0", fresh)).toBe(false);
    expect(answer("days-since-attempt is missing", fresh)).toBe(true);
    expect(answer('last-outcome != "busy"', fresh)).toBe(true);
  });

  test("whose attribute is blank is missing it", () => {
    expect(answer("email is missing", { ...LEAD, attributes: { email: "  " } })).toBe(true);
  });
});

test("texts are folded letter by letter, and stay as long", () => {
  expect(folded("ÄÖÜ Straße ЖИЗНЬ ΣΊΣΥΦΟΣ İ K")).toBe("äöü straße жизнь σίσυφοσ i k");
  expect(folded("Ჴ𐐀ẞ")).toBe("Ჴ𐐀ẞ");
  expect(trimmed("  a \t ")).toBe("a \t");
});

describe("turns", () => {
  const lead = (score: string) => ({ leadId: leadId(5), attributes: { score } });
  const by = (descending: boolean) => ({ by: "attribute", attribute: "score", descending }) as const;

  test("go by the number, either way, those without one last", () => {
    const scores = ["-99999999999", "-5", "-0.01", "0", "0.29", "7", "20261231", "999999999999"];
    const up = scores.map((score) => turnOf(by(false), 1, lead(score)));
    expect(up).toEqual([...up].sort((a, b) => a - b));
    expect(new Set(up).size).toBe(scores.length);
    const down = scores.map((score) => turnOf(by(true), 1, lead(score)));
    expect(down).toEqual([...down].sort((a, b) => b - a));
    for (const none of ["", "x", "1e3", "£5"]) {
      expect([turnOf(by(false), 1, lead(none)), turnOf(by(true), 1, lead(none))]).toEqual([TURN_MAX, TURN_MAX]);
    }
    expect(Math.max(...up, ...down)).toBeLessThan(TURN_MAX);
    expect(Math.min(...up, ...down)).toBeGreaterThanOrEqual(0);
    expect(turnOf(by(false), 1, { leadId: leadId(5), attributes: {} })).toBe(TURN_MAX);
  });

  test("are as good as rolled, the same each time, and different for another source", () => {
    const turns = (source: number) =>
      Array.from({ length: 2_000 }, (_, id) =>
        turnOf({ by: "random" }, source, { leadId: leadId(id + 1), attributes: {} }),
      );
    expect(turns(3)).toEqual(turns(3));
    const [three, four] = [turns(3), turns(4)];
    expect(new Set(three).size).toBe(2_000);
    // Of neighbours in the list, half are in that order; so is each lead against itself in another source.
    const rising = three.filter((turn, id) => turn < (three[id + 1] ?? 0)).length;
    expect(Math.abs(rising - 1_000)).toBeLessThan(120);
    const median = 2 ** 31;
    const together = three.filter((turn, id) => turn < median === (four[id] ?? 0) < median).length;
    expect(Math.abs(together - 1_000)).toBeLessThan(120);
  });
});
