import { describe, expect, test } from "@jest/globals";
import { mapColumns, type ColumnMap } from "../../../../src/lead/import/columns.ts";
import { readLead, type LeadRules } from "../../../../src/lead/import/lead.ts";
import { readTimeZone, zoneOfNumber } from "../../../../src/lead/import/time-zone.ts";

const RULES: LeadRules = { defaultCountry: "GB", countriesAllowed: null, onlyInUse: false, timeZone: null };
const columns = (...names: string[]): ColumnMap => {
  const map = mapColumns(names, []);
  if ("problem" in map) throw new Error(map.problem);
  return map;
};
const code = (fields: string[], map: ColumnMap, rules = RULES): string => {
  const read = readLead(fields, map, rules);
  return read.kind === "refused" ? read.rejection.code : read.kind;
};

test("a whole row becomes a lead, and further columns its attributes", () => {
  const map = columns("id", "name", "phone", "mobile", "town", "note");
  expect(readLead(["C-1", " Ann  O'Hara ", "020 7946 0018", "07911 123456", "Leeds", ""], map, RULES)).toEqual({
    kind: "lead",
    lead: {
      externalKey: "C-1",
      name: "Ann  O'Hara",
      numbers: [
        { number: "+442079460018", type: "fixed", kind: "other", timeZone: "Europe/London", country: "GB" },
        { number: "+447911123456", type: "mobile", kind: "mobile", timeZone: "Europe/London", country: "GG" },
      ],
      region: null,
      consent: null,
      attributes: { town: "Leeds" },
    },
    leftOut: [],
  });
});

test("one good number is enough, and the bad one is told", () => {
  const read = readLead(["020 7946", "07911 123456"], columns("phone", "mobile"), RULES);
  expect(read).toMatchObject({
    kind: "lead",
    lead: { numbers: [{ number: "+447911123456" }] },
    leftOut: [{ code: "number-impossible" }],
  });
});

test("the same number twice in a row is one number", () => {
  const read = readLead(["07911 123456", "+44 7911 123456"], columns("phone", "mobile"), RULES);
  expect(read.kind === "lead" && read.lead.numbers).toHaveLength(1);
});

test.each([
  [["", ""], "number-missing"],
  [["n/a", ""], "number-unreadable"],
  [["", "09098790123"], "number-premium-rate"],
])("without a good number the row is refused for what is wrong: %j", (numbers, expected) => {
  expect(code([...numbers, "x"], columns("phone", "mobile", "town"))).toBe(expected);
});

test.each([
  [["07911 123456", "a", "b"], "lead"],
  [["07911 123456"], "lead"],
  [["07911 123456", "a", "b", "", ""], "lead"],
  [["07911 123456", "a", "b", "c"], "row-too-many-fields"],
  [["", " ", ""], "blank"],
  [["07911 123456", "caf\uFFFD", ""], "row-bad-encoding"],
])("the shape %j gives %s", (fields, expected) => {
  expect(code(fields, columns("phone", "town", "note"))).toBe(expected);
});

test("text that looks like a formula stays what it is", () => {
  const read = readLead(["07911 123456", "=cmd|'/c calc'!A1", "@SUM(1)"], columns("phone", "town", "note"), RULES);
  expect(read.kind === "lead" && read.lead.attributes).toEqual({ town: "=cmd|'/c calc'!A1", note: "@SUM(1)" });
});

test("a heading that is a property of every object is only a heading", () => {
  const read = readLead(["07911 123456", "x"], columns("phone", "__proto__"), RULES);
  if (read.kind !== "lead") throw new Error("not a lead");
  expect(Object.keys(read.lead.attributes)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(read.lead.attributes)).toBe(Object.prototype);
});

test("control characters do not survive, line ends in notes do", () => {
  const read = readLead(["07911 123456", "a\u0000b\u001B[31mc\nd"], columns("phone", "note"), RULES);
  expect(read.kind === "lead" && read.lead.attributes).toEqual({ note: "ab[31mc\nd" });
});

test("keys and names have a bound", () => {
  expect(code(["07911 123456", "x".repeat(192)], columns("phone", "id"))).toBe("key-too-long");
  expect(code(["07911 123456", "x".repeat(201)], columns("phone", "name"))).toBe("name-too-long");
});

test("the row's own zone comes first, then the given one, then the country's", () => {
  const map = columns("phone", "time zone");
  const zone = (field: string, rules: LeadRules) => {
    const read = readLead(["07911 123456", field], map, rules);
    return read.kind === "lead" ? read.lead.numbers[0]!.timeZone : read.kind;
  };
  expect(zone("europe/dublin", { ...RULES, timeZone: "Europe/Paris" })).toBe("Europe/Dublin");
  expect(zone("", { ...RULES, timeZone: "Europe/Paris" })).toBe("Europe/Paris");
  expect(zone("", RULES)).toBe("Europe/London");
  expect(code(["07911 123456", "Europe/Londn"], map)).toBe("time-zone-unknown");
});

describe("where they are and what they agreed to", () => {
  const map = mapColumns(
    ["phone", "state", "kind", "ref", "when"],
    [
      ["region", "state"],
      ["consent", "kind"],
      ["consent-reference", "ref"],
      ["consent-at", "when"],
    ],
  ) as ColumnMap;
  const lead = (...fields: string[]) => {
    const read = readLead(["07911 123456", ...fields], map, RULES);
    return read.kind === "lead" ? { region: read.lead.region, consent: read.lead.consent } : read.kind;
  };

  test("is taken as the row says", () => {
    expect(lead("us-fl", "Written", "form 17", "2026-03-01T09:30+01:00")).toEqual({
      region: "US-FL",
      consent: { kind: "written", reference: "form 17", givenAt: Date.UTC(2026, 2, 1, 8, 30) },
    });
    expect(lead(" fl ", "consent", "R-1", "2026-03-01")).toEqual({
      region: "FL",
      consent: { kind: "consent", reference: "R-1", givenAt: Date.UTC(2026, 2, 1) },
    });
    expect(lead("SCT", "consent", "R-1", "")).toMatchObject({ consent: { givenAt: null } });
  });

  test.each(["", "none", "None"])("is nothing where the row says %j", (kind) => {
    expect(lead("", kind, "", "")).toEqual({ region: null, consent: null });
    expect(lead("", kind, "an old form", "2019-01-01")).toEqual({ region: null, consent: null });
  });

  test.each([
    [["Florida", "", "", ""], "region-unreadable"],
    [["US FL", "", "", ""], "region-unreadable"],
    [["", "yes", "form 17", ""], "consent-unreadable"],
    [["", "written", "", ""], "consent-without-proof"],
    [["", "written", "x".repeat(201), ""], "consent-unreadable"],
    [["", "written", "form 17", "01/03/2026"], "consent-unreadable"],
    [["", "written", "form 17", "2026-02-30"], "consent-unreadable"],
    [["", "written", "form 17", "2026-03-01T25:00"], "consent-unreadable"],
  ])("is refused as %j: %s", (fields, expected) => {
    expect(code(["07911 123456", ...fields], map)).toBe(expected);
  });
});

test.each([
  ["Europe/London", "Europe/London"],
  ["america/argentina/buenos aires", "America/Argentina/Buenos_Aires"],
  ["utc", "UTC"],
  ["+01:00", null],
  ["BST", null],
  ["GMT+1", null],
  ["../etc/passwd", null],
  ["Europe", null],
])("the zone %j is read as %j", (text, expected) => {
  const zone = readTimeZone(text);
  // Engines differ in which of two names of one zone they prefer.
  expect(zone === "America/Buenos_Aires" ? "America/Argentina/Buenos_Aires" : zone).toBe(expected);
});

test.each([
  ["GB", "44", "Europe/London"],
  [null, "44", "Europe/London"],
  ["DE", "49", "Europe/Berlin"],
  ["US", "1", null],
  [null, "1", null],
  ["ES", "34", null],
  ["XK", "383", null],
])("numbers of %s (+%s) are in %s", (country, callingCode, expected) => {
  expect(zoneOfNumber(country, callingCode)).toBe(expected);
});
