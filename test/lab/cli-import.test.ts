// Lists as people send them: loaded row by row, whole or not at all, with a reason for every row that is not.

import { afterAll, beforeAll, expect, test } from "@jest/globals";
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
      Buffer.from("11,Lou,+1 213 373 4253,,\n"),
    ]),
  );
  const account = await lab.json<{ rejectedByCode: object }>("list", "import", file, "--campaign", "spring");
  expect(account).toMatchObject({
    campaign: "spring",
    list: "march",
    encoding: "utf-8",
    delimiter: ",",
    columns: { number: ["Phone", "Mobile"], name: "Name", key: "Id", timeZone: null, attributes: ["Town"] },
    rowsRead: 12,
    leadsLoaded: 4,
    rowsRejected: 8,
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
  ).toEqual([4, 5, 6, 7, 8, 9, 10, 12]);
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

test("an import that is killed leaves nothing behind", async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => `+4479111${String(index).padStart(5, "0")}`);
  const file = lab.file("killed.csv", `Phone\n${rows.join("\n")}\n`);
  const child = lab.start(["list", "import", file, "--campaign", "spring"]);
  const connection = await lab.server.connect({ database: "fairdial_cli" });
  const begun = Date.now();
  for (;;) {
    const [rowsFound] = await connection.query("select 1 from list where name = 'killed'");
    if ((rowsFound as unknown[]).length > 0 || Date.now() - begun > 20_000) break;
    await sleep(20);
  }
  child.kill("SIGKILL");
  await new Promise((resolve) => child.on("close", resolve));
  await connection.end();
  expect(await listNames()).not.toContain("killed");
  expect(existsSync(`${file}.rejects.csv`)).toBe(false);
  expect(await lab.json("campaign", "list")).toMatchObject([{ leads: { ready: 8 } }]);
}, 60_000);
