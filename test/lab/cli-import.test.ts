// Lists as people send them: loaded row by row, whole or not at all, with a reason for every row that is not.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { CliLab } from "./cli-lab.ts";

const lab = new CliLab();
const listNames = async (): Promise<string[]> => {
  const lists = await lab.json<{ name: string }[]>("list", "show", "--campaign", "spring");
  return lists.map(({ name }) => name);
};

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  await lab.must("campaign", "add", "spring", "--trunk", "carrier", "--cli", "+442079460000");
}, 60_000);
afterAll(() => lab.end(), 30_000);

test("a list is loaded row by row, and what is wrong comes back", async () => {
  const file = lab.file(
    "march.csv",
    Buffer.concat([
      Buffer.from("Id,Name,Phone,Mobile,Town\n1,Ann,020 7946 0001,07911 123456,Leeds\n2,Bob,,07911 123457,\n"),
      Buffer.from("3,Cid,0117 496,,York\n4,Dee,,,\n5,Eve,=1+1,,\n6,Fay,07911 123456,,\n1,Gus,07911 123460,,\n"),
      Buffer.from('7,Hal,09098790123,,\n8,"Ida,07911 123461,,\n9,Jo,07911 123462,,=cmd|x\n'),
      Buffer.from("10,Kim,07911 123463,,"),
      Buffer.from([0xe9, 0x0a]),
      Buffer.from("12,Zo\u00eb,+39 06 6982,,\n11,Lou,+1 213 373 4253,,\n"),
    ]),
  );
  const account = await lab.json<{ rejectedByCode: object }>(
    "list",
    "import",
    file,
    "--campaign",
    "spring",
    "--allow-country",
    "US",
  );
  expect(account).toMatchObject({
    campaign: "spring",
    list: "march",
    encoding: "utf-8",
    delimiter: ",",
    columns: { number: ["Phone", "Mobile"], name: "Name", key: "Id", timeZone: null, attributes: ["Town"] },
    rowsRead: 13,
    leadsLoaded: 4,
    rowsRejected: 9,
    numbersWithoutTimeZone: 1,
    rejectFile: `${file}.rejects.csv`,
  });
  expect(account.rejectedByCode).toEqual({
    "number-impossible": 1,
    "number-missing": 1,
    "number-unreadable": 1,
    "duplicate-number-in-file": 1,
    "duplicate-key-in-file": 1,
    "number-premium-rate": 1,
    "number-country-refused": 1,
    "row-quote-unclosed": 1,
    "row-bad-encoding": 1,
  });
  const rejects = parse(readFileSync(`${file}.rejects.csv`));
  expect(rejects[0]).toEqual(["line", "code", "reason", "Id", "Name", "Phone", "Mobile", "Town"]);
  expect(
    rejects
      .slice(1)
      .map(([line]) => Number(line))
      .sort((a, b) => a - b),
  ).toEqual([4, 5, 6, 7, 8, 9, 10, 12, 13]);
  expect(readFileSync(`${file}.rejects.csv`, "utf8")).toContain("'=1+1");
});

test("corrected rejects load, and what is there already does not load again", async () => {
  const file = lab.file(
    "again.csv",
    "line,code,reason,Id,Name,Phone\n4,x,y,3,Cid,07911 123470\n5,x,y,9,Jo,07911 123471\n",
  );
  const account = await lab.json("list", "import", file, "--campaign", "spring");
  expect(account).toMatchObject({
    leadsLoaded: 1,
    rejectedByCode: { "duplicate-key-in-campaign": 1 },
    columns: { key: "Id", attributes: [] },
  });
  expect(
    await lab.run("list", "import", join(lab.folder, "again.csv"), "--campaign", "spring", "--list", "other"),
  ).toMatchObject({ code: 1, err: expect.stringContaining("[file-imported-before]") });
});

test("a list whose every row is refused is not made", async () => {
  const file = lab.file("bad.csv", "Phone\n999\n\n12\n");
  expect(await lab.run("list", "import", file, "--campaign", "spring")).toMatchObject({
    code: 1,
    out: expect.stringContaining("No row could be loaded: the list bad was not made."),
  });
  expect(await listNames()).toEqual(["again", "march"]);
});

test("where people are and what they agreed to goes with the lead", async () => {
  const file = lab.file(
    "consents.csv",
    "Phone,State,Kind,Proof,Day\n07911 123480,GB-SCT,written,form 17,2026-03-01\n07911 123481,,,,\n07911 123482,,written,,\n",
  );
  const map = ["--map", "region=State,consent=Kind", "--map", "consent-reference=Proof,consent-at=Day"];
  expect(await lab.json("list", "import", file, "--campaign", "spring", ...map)).toMatchObject({
    columns: { region: "State", consent: { kind: "Kind", reference: "Proof", at: "Day" } },
    leadsLoaded: 2,
    rejectedByCode: { "consent-without-proof": 1 },
  });
});

test("standard input, another encoding, another separator, another zone", async () => {
  const { code, out } = await lab.fairdial(
    [
      ...["list", "import", "-", "--list", "piped", "--campaign", "spring", "--json", "--country", "US"],
      ...["--time-zone", "america/new_york", "--map", "number=2,name=1", "--no-header"],
    ],
    "Zoë;212 555 0123\n",
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ leadsLoaded: 1, delimiter: ";", numbersWithoutTimeZone: 0, file: "-" });
});

const byLine = (path: string): string[] => readFileSync(path, "utf8").trim().split("\n").sort();

test("an import that is killed is seen by nobody, and the same command brings it to the same end", async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => {
    if (index % 20 === 0) return `C${index},${index % 40 === 0 ? "" : "0791"},Leeds`;
    const again = index % 10 === 7;
    return `C${again && index % 20 === 7 ? index - 1 : index},+4479111${String(again ? index - 1 : index).padStart(5, "0")},Leeds`;
  });
  const text = `Id,Phone,Town\n${rows.join("\n")}\n`;
  const [file, whole] = [lab.file("killed.csv", text), lab.file("whole.csv", text)];
  for (const name of ["cut", "whole"]) {
    await lab.must("campaign", "add", name, "--trunk", "carrier", "--cli", "+442079460000");
  }
  const command = ["list", "import", file, "--campaign", "cut"];
  const child = lab.start(command);
  const connection = await lab.server.connect({ database: "fairdial_cli" });
  const begun = Date.now();
  for (;;) {
    const [found] = await connection.query("select 1 from list_import where records_done between 4000 and 24000");
    if ((found as unknown[]).length > 0 || Date.now() - begun > 30_000) break;
    await sleep(5);
  }
  child.kill("SIGKILL");
  await once(child, "close");
  const [[half]] = (await connection.query(
    "select count(*) as leads from campaign_lead l join list i on i.list_id = l.list_id where i.name = 'killed'",
  )) as unknown as [[{ leads: number }]];
  expect(half.leads).toBeGreaterThan(0);
  expect(half.leads).toBeLessThan(25_500);
  expect(await lab.json("list", "show", "--campaign", "cut")).toEqual([]);
  expect(existsSync(`${file}.rejects.csv`)).toBe(false);
  expect(
    (await lab.json<{ campaign: { name: string } }[]>("campaign", "list")).find(
      ({ campaign }) => campaign.name === "cut",
    ),
  ).toMatchObject({ leads: { ready: 0 } });

  const resumed = await lab.json<Record<string, unknown>>(...command);
  const reference = await lab.json<Record<string, unknown>>("list", "import", whole, "--campaign", "whole");
  expect(resumed["resumedAt"]).toBeGreaterThan(0);
  for (const key of ["rowsRead", "rowsRejected", "rejectedByCode", "leadsLoaded", "numbersLoaded"]) {
    expect([key, resumed[key]]).toEqual([key, reference[key]]);
  }
  expect(byLine(`${file}.rejects.csv`)).toEqual(byLine(`${whole}.rejects.csv`));
  const leadsOf = async (name: string) => {
    const [leads] = await connection.query(
      `select l.line, l.external_key, l.attributes, l.state, n.e164, n.kind from campaign_lead l
       join list i on i.list_id = l.list_id join lead_number n on n.lead_id = l.lead_id
       where i.name = ? order by l.line, n.position`,
      [name],
    );
    return JSON.stringify(leads);
  };
  expect(await leadsOf("killed")).toBe(await leadsOf("whole"));
  const [left] = await connection.query("select 1 from list_import");
  expect(left).toEqual([]);
  await connection.end();
}, 120_000);

test("another import into the campaign removes what was cut off, and begins anew", async () => {
  const connection = await lab.server.connect({ database: "fairdial_cli" });
  await lab.must("campaign", "add", "next", "--trunk", "carrier", "--cli", "+442079460000");
  const numbers = Array.from({ length: 20_000 }, (_, index) => `+4479112${String(index).padStart(5, "0")}`);
  const file = lab.file("left.csv", `Phone\n${numbers.join("\n")}\n`);
  const child = lab.start(["list", "import", file, "--campaign", "next"]);
  const begun = Date.now();
  while (Date.now() - begun < 30_000) {
    await sleep(5);
    const [found] = await connection.query("select 1 from list_import where records_done > 2000");
    if ((found as unknown[]).length > 0) break;
  }
  child.kill("SIGKILL");
  await once(child, "close");
  const other = lab.file("other.csv", `Phone\n${numbers.slice(0, 3).join("\n")}\n`);
  expect(await lab.json("list", "import", other, "--campaign", "next")).toMatchObject({ leadsLoaded: 3 });
  const [lists] = await connection.query(
    "select name, state from list where campaign_id = (select campaign_id from campaign where name = 'next')",
  );
  expect(lists).toEqual([{ name: "other", state: "ready" }]);
  const [[count]] = (await connection.query(
    "select count(*) as leads from campaign_lead where campaign_id = (select campaign_id from campaign where name = 'next')",
  )) as unknown as [[{ leads: number }]];
  expect(count.leads).toBe(3);
  await connection.end();
}, 60_000);

test("NDJSON with several numbers, and leads that are changed by their key", async () => {
  const file = lab.file(
    "crm.ndjson",
    '{"id":"N1","name":"Ann","mobile":"07911 130001","home phone":"020 7946 0101","age":41}\n{"id":"N2","mobile":"12"}\n{"id":',
  );
  expect(await lab.json("list", "import", file, "--campaign", "spring")).toMatchObject({
    format: "ndjson",
    leadsLoaded: 1,
    numbersLoaded: 2,
    rejectedByCode: { "number-impossible": 1, "row-not-json": 1 },
    rejectFile: `${file}.rejects.ndjson`,
  });
  expect(readFileSync(`${file}.rejects.ndjson`, "utf8").split("\n")[0]).toContain(
    '"fairdial_code":"number-impossible"',
  );
  const later = lab.file(
    "later.ndjson",
    '{"id":"N1","mobile":"07911 130002","age":42}\n{"id":"N3","mobile":"07911 130003"}\n',
  );
  const update = ["--on-duplicate", "update"];
  expect(await lab.json("list", "import", later, "--campaign", "spring", ...update)).toMatchObject({
    leadsLoaded: 1,
    leadsChanged: 1,
  });
  const connection = await lab.server.connect({ database: "fairdial_cli" });
  const [numbers] = await connection.query(
    `select n.e164, n.kind, n.permanent_outcome, l.name, json_unquote(json_extract(l.attributes, '$.age')) as age
     from campaign_lead l join lead_number n on n.lead_id = l.lead_id
     where l.external_key = 'N1' order by n.position`,
  );
  await connection.end();
  expect(numbers).toEqual([
    { e164: "+447911130001", kind: "mobile", permanent_outcome: "withdrawn", name: "Ann", age: "42" },
    { e164: "+442079460101", kind: "home", permanent_outcome: "withdrawn", name: "Ann", age: "42" },
    { e164: "+447911130002", kind: "mobile", permanent_outcome: null, name: "Ann", age: "42" },
  ]);
});

test("duplicates elsewhere are looked for, skipped or let through by wish", async () => {
  const known = (
    await lab.json<{ leadsLoaded: number }>(
      ...["list", "import", lab.file("seed.csv", "Id,Phone\nD1,07911 140001\n"), "--campaign", "whole"],
    )
  ).leadsLoaded;
  expect(known).toBe(1);
  const rows = "Id,Phone\nD1,07911 140009\nD2,07911 140001\nD3,07911 140003\nD4,07911 140003\n";
  const load = (name: string, ...flags: string[]) =>
    lab.json(
      "list",
      "import",
      lab.file(`${name}.csv`, `${rows}\n`.replaceAll("14000", "14000")),
      "--campaign",
      "spring",
      "--again",
      "--list",
      name,
      ...flags,
    );
  expect(await load("everywhere", "--duplicates", "all")).toMatchObject({
    leadsLoaded: 1,
    rejectedByCode: { "duplicate-key-elsewhere": 1, "duplicate-number-elsewhere": 1, "duplicate-number-in-file": 1 },
  });
  expect(await load("skipped", "--on-duplicate", "skip")).toMatchObject({
    leadsLoaded: 2,
    rowsSkipped: 2,
    rowsRejected: 0,
  });
  expect(await load("within", "--duplicates", "file", "--duplicate-by", "key")).toMatchObject({ leadsLoaded: 4 });
  for (const [flags, sentence] of [
    [["--duplicates", "everywhere"], "--duplicates is file, list, campaign or all"],
    [["--on-duplicate", "update", "--duplicates", "file"], "looks in the campaign"],
    [["--countries", "GB", "--allow-country", "US"], "give one of the two"],
  ] as const) {
    expect(await lab.run("list", "import", "x.csv", "--campaign", "spring", ...flags)).toMatchObject({
      code: 2,
      err: expect.stringContaining(sentence),
    });
  }
}, 60_000);
