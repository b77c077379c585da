/** Filters on the database: the same answer as the evaluator's for every lead, and nothing of them ever a statement. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { fits } from "../../src/lead/segment/evaluate.ts";
import type { Filter } from "../../src/lead/segment/filter.ts";
import { folded } from "../../src/lead/segment/fold.ts";
import { readFilter } from "../../src/lead/segment/parse.ts";
import { turnOf, type SourceOrder } from "../../src/lead/segment/turn.ts";
import { leadId } from "../../src/domain/ids.ts";
import { instant } from "../../src/domain/instant.ts";
import { migrate, type Database } from "../../src/store/index.ts";
import { filterSql, turnSql } from "../../src/store/segment-sql.ts";
import { T0 } from "../contract/store/fixture.ts";
import { someFilter, someLead, HEADINGS, type LeadSeed } from "../support/segment-samples.ts";
import { seedLeads } from "./segment-seeds.ts";
import { startStoreLab, type StoreLab } from "./store-lab.ts";

jest.setTimeout(60_000);

let lab: StoreLab;
let db: Database;
beforeAll(async () => {
  lab = await startStoreLab();
  db = lab.open(await lab.create("segments"));
  await migrate(db);
});
afterAll(() => lab.stop());

const read = (text: string): Filter => {
  const result = readFilter(text);
  if ("refusal" in result) throw new Error(result.refusal.sentence);
  return result.filter;
};
const AT = instant(T0 + 10 * 86_400_000 + 5_000);

const fittingIn = async (filter: Filter, ids: readonly number[]): Promise<readonly number[]> => {
  const { sql, values } = filterSql(filter, AT);
  const rows = await db.rows<{ lead_id: number; fits: number }>(
    `select l.lead_id, ${sql} as fits from campaign_lead l where l.lead_id in (?) order by l.lead_id`,
    [...values, ids],
  );
  // Never null: two answers only.
  expect(rows.filter((row) => row.fits !== 0 && row.fits !== 1)).toEqual([]);
  return rows.filter((row) => row.fits === 1).map(({ lead_id }) => lead_id);
};

describe("the database and the evaluator agree", () => {
  test("on random leads and filters", async () => {
    const seeds = fc.sample(someLead, { numRuns: 300, seed: 11 });
    const ids = await seedLeads(db, seeds);
    await fc.assert(
      fc.asyncProperty(someFilter, async (text) => {
        const filter = read(text);
        const expected = ids.filter((_, index) => fits(filter, seeds[index]!.facts, AT));
        expect(await fittingIn(filter, ids)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  test("on filters that are kept as JSON and read again", async () => {
    const seeds = fc.sample(someLead, { numRuns: 60, seed: 12 });
    const ids = await seedLeads(db, seeds);
    for (const text of fc.sample(someFilter, { numRuns: 60, seed: 13 })) {
      const filter = JSON.parse(JSON.stringify(read(text))) as Filter;
      expect(await fittingIn(filter, ids)).toEqual(ids.filter((_, index) => fits(filter, seeds[index]!.facts, AT)));
    }
  });

  test("on the order of a source", async () => {
    const seeds = fc.sample(someLead, { numRuns: 200, seed: 14 });
    const numbers = [
      "0.29",
      "-0.001",
      "21474836.46",
      "-21474836.48",
      "999999999999999",
      "-5",
      "1e3",
      " 7 ",
      "7\n",
      "07",
    ];
    const more: LeadSeed[] = numbers.map((score) => {
      const [seed] = seeds;
      return { ...seed!, facts: { ...seed!.facts, attributes: { score } } };
    });
    const all = [...seeds, ...more];
    const ids = await seedLeads(db, all);
    const orders: SourceOrder[] = [
      { by: "imported" },
      { by: "random" },
      { by: "attribute", attribute: "score", descending: false },
      { by: "attribute", attribute: "score", descending: true },
      { by: "attribute", attribute: HEADINGS[3], descending: false },
    ];
    for (const order of orders) {
      const { sql, values } = turnSql(order, 77);
      const rows = await db.rows<{ turn: number }>(
        `select ${sql} as turn from campaign_lead l where l.lead_id in (?) order by l.lead_id`,
        [...values, ids],
      );
      const expected = ids.map((id, index) =>
        turnOf(order, 77, { leadId: leadId(id), attributes: all[index]!.facts.attributes }),
      );
      expect(rows.map(({ turn }) => turn)).toEqual(expected);
    }
  });

  test("on what is the small letter of every character there is", async () => {
    const letters = Array.from({ length: 0x2_0000 }, (_, code) => code)
      .filter((code) => code > 0 && (code < 0xd800 || code > 0xdfff))
      .map((code) => String.fromCodePoint(code));
    const different: string[] = [];
    for (let from = 0; from < letters.length; from += 4_000) {
      const some = letters.slice(from, from + 4_000);
      // One row of text, since a character of its own could be trimmed.
      const [row] = await db.rows<{ small: string }>(
        "select lower(convert(? using utf8mb4) collate utf8mb4_bin) as small",
        [some.join("")],
      );
      const small = Array.from(row!.small);
      some.forEach((letter, index) => {
        if (small[index] !== folded(letter)) different.push(letter.codePointAt(0)!.toString(16));
      });
    }
    expect(different).toEqual([]);
  });
});

describe("strangers' text", () => {
  const NASTY = [
    "'; drop table campaign_lead; --",
    "\\'; drop table agent; --",
    '" or 1=1 --',
    "?",
    "??",
    ":name",
    "%",
    "_",
    "|",
    "\\",
    "a\\",
    "/* x */",
    "a -- \\",
    "#",
    "${1+1}",
    "🎺漢字é",
    "$.x",
    '"].y',
    "*",
    "**.a",
    "a[0]",
    "constructor",
    "__proto__",
    "\\u0041",
  ];
  const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

  test("is compared letter for letter, as a value and as a name", async () => {
    const [plain] = fc.sample(someLead, { numRuns: 1, seed: 1 });
    const seeds = NASTY.map((text) => ({
      ...plain!,
      facts: { ...plain!.facts, attributes: Object.fromEntries([[text, text]]) },
    }));
    const ids = await seedLeads(db, seeds);
    for (const [index, text] of NASTY.entries()) {
      for (const test of ["=", "starts", "ends", "contains"]) {
        const filter = read(`attr(${quoted(text)}) ${test} ${quoted(text)}`);
        expect([text, test, await fittingIn(filter, ids)]).toEqual([text, test, [ids[index]]]);
      }
      expect(await fittingIn(read(`attr(${quoted(text)}) is present`), ids)).toEqual([ids[index]]);
    }
    expect((await db.rows("select 1 from campaign_lead limit 1")).length).toBe(1);
  });

  test("a tree that nobody wrote here chooses by no field", () => {
    const forged = { type: "text", field: { kind: "lead", name: "1=1) or (1" }, test: "is", values: ["x"] };
    expect(() => filterSql(forged as unknown as Filter, AT)).toThrow("nobody knows");
  });
});
