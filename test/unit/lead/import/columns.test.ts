import { expect, test } from "@jest/globals";
import { columnNames, mapColumns, readMapping } from "../../../../src/lead/import/columns.ts";
import { detectDelimiter } from "../../../../src/lead/import/delimiter.ts";

test.each([
  ["Phone,Name,Town", ["Phone"], "Name", null, ["Town"]],
  ["Customer ID;Full name;Telephone Number", ["Telephone Number"], "Full name", "Customer ID", []],
  ["id,name,mobile,home phone,zone", ["mobile", "home phone"], "name", "id", ["zone"]],
  ["PHONE_NUMBER,first_name,last_name", ["PHONE_NUMBER"], null, null, ["first_name", "last_name"]],
  ["number,timezone,number2", ["number", "number2"], null, null, []],
  ["Phone 2,Phone", ["Phone", "Phone 2"], null, null, []],
  ["account number,phone", ["phone"], null, "account number", []],
  ["msisdn,key,id", ["msisdn"], null, "key", ["id"]],
  ["order number,phone,house number", ["phone"], null, null, ["order number", "house number"]],
])("the headings %s are understood", (header, numbers, name, key, attributes) => {
  const names = header.split(/[,;]/);
  const map = mapColumns(names, []);
  if ("problem" in map) throw new Error(map.problem);
  const called = (index: number | null) => (index === null ? null : names[index]);
  expect(map.numbers.map(called)).toEqual(numbers);
  expect(called(map.name)).toBe(name);
  expect(called(map.key)).toBe(key);
  expect(map.attributes.map(called)).toEqual(attributes);
});

test("a mapping is obeyed, by heading in any case or by place", () => {
  const mapping = readMapping("number=contact 1, key=3, time-zone=Zone");
  if ("problem" in mapping) throw new Error(mapping.problem);
  expect(mapColumns(["Phone", "Contact 1", "Ref", "zone"], mapping)).toEqual({
    names: ["Phone", "Contact 1", "Ref", "zone"],
    numbers: [1],
    numberKinds: [null],
    name: null,
    key: 2,
    timeZone: 3,
    region: null,
    consent: null,
    attributes: [0],
  });
});

test("region and consent are what somebody says they are, and nothing that a heading looks like", () => {
  const names = ["Phone", "Region", "Consent", "Consent reference", "Consent at", "State"];
  expect(mapColumns(names, [])).toMatchObject({ region: null, consent: null, attributes: [1, 2, 3, 4, 5] });
  const mapping = readMapping("region=State,consent=Consent,consent-reference=4,consent-at=Consent at");
  if ("problem" in mapping) throw new Error(mapping.problem);
  expect(mapColumns(names, mapping)).toMatchObject({
    region: 5,
    consent: { kind: 2, reference: 3, at: 4 },
    attributes: [1],
  });
});

test.each(["consent=Consent", "consent-reference=Ref", "consent-at=When", "consent=Consent,consent-at=When"])(
  "half a consent is refused: %s",
  (text) => {
    const mapping = readMapping(text);
    if ("problem" in mapping) throw new Error(mapping.problem);
    expect(mapColumns(["Phone", "Consent", "Ref", "When"], mapping)).toEqual({
      problem: "A consent needs its kind and its proof: map both consent=COLUMN and consent-reference=COLUMN.",
    });
  },
);

test.each([
  ["number=Telefon", 'The file has no column "Telefon"; it has "Phone", "Name".'],
  ["number=Phone,name=Phone", 'The column "Phone" was given two meanings.'],
  ["name=Phone,name=Name", "Only one column can be the name."],
])("the mapping %s is refused in words", (text, problem) => {
  const mapping = readMapping(text);
  if ("problem" in mapping) throw new Error(mapping.problem);
  expect(mapColumns(["Phone", "Name"], mapping)).toEqual({ problem });
});

test.each(["number", "number=", "phone=Phone", "=Phone", ""])("the mapping %j is not one", (text) => {
  expect(readMapping(text)).toMatchObject({ problem: expect.stringContaining("FIELD=COLUMN") });
});

test("a file without a number column says which columns it has", () => {
  expect(mapColumns(["Name", "Town"], [])).toEqual({
    problem: 'No heading looks like a telephone number; the columns are "Name", "Town".',
  });
});

test("empty and repeated headings get names of their own", () => {
  expect(columnNames(["Phone", "", "Phone", " Phone ", "__proto__"])).toEqual([
    "Phone",
    "column 2",
    "Phone (2)",
    "Phone (3)",
    "__proto__",
  ]);
});

test("too many columns and too long headings are refused", () => {
  expect(columnNames(Array.from({ length: 201 }, String))).toMatchObject({ problem: expect.stringContaining("201") });
  expect(columnNames(["x".repeat(121)])).toMatchObject({ problem: expect.stringContaining("column 1") });
});

test.each([
  ["a,b\n1,2\n", ","],
  ["a;b\n1;2\n", ";"],
  ["a\tb\n1\t2\n", "\t"],
  ["a|b\n1|2\n", "|"],
  ["name;address\nAnn;1, High Street, Leeds\nBob;2, Low Road, York\n", ";"],
  ['name,address\nAnn,"1; High Street; Leeds"\nBob,"2; Low Road"\n', ","],
  ["phone\n07700900123\n", ","],
  ["a;b", ";"],
  ["", ","],
])("the separator of %j is %j", (sample, delimiter) => {
  expect(detectDelimiter(sample)).toBe(delimiter);
});

test("a reject file is read again without what was written about its rows", () => {
  const names = ["line", "code", "reason", "Phone", "Name"];
  expect(mapColumns(names, [])).toMatchObject({ numbers: [3], name: 4, key: null, attributes: [] });
  expect(mapColumns(names, [["key", "code"]])).toMatchObject({ problem: expect.stringContaining("earlier import") });
});

test("where a number rings is said by its heading or by the mapping", () => {
  const names = ["Home phone", "work_number", "Handy", "Phone", "Work mobile", "Evening Tel", "Second"];
  const mapping = readMapping("number:mobile=Second");
  if ("problem" in mapping) throw new Error(mapping.problem);
  const map = mapColumns(names, mapping);
  if ("problem" in map) throw new Error(map.problem);
  // What was mapped comes first; the mapping leaves the headings out.
  expect(map.numbers.map((index) => names[index])).toEqual(["Second"]);
  expect(map.numberKinds).toEqual(["mobile"]);
  const seen = mapColumns(names, []);
  if ("problem" in seen) throw new Error(seen.problem);
  expect(Object.fromEntries(seen.numbers.map((index, at) => [names[index], seen.numberKinds[at]]))).toEqual({
    "Home phone": "home",
    work_number: "work",
    Handy: "mobile",
    Phone: null,
    "Work mobile": "work",
    "Evening Tel": "home",
  });
});

test("a kind that does not exist is no mapping", () => {
  expect(readMapping("number:boat=Phone")).toMatchObject({ problem: expect.stringContaining("number:home") });
});
