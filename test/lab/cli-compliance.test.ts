// The commands of compliance on a real database: own list, registers, messages, numbers to present, kill switch, alarms.

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CliLab } from "./cli-lab.ts";

const lab = new CliLab();
const DAY_MS = 86_400_000;
const dayAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();
const sql = async (statement: string): Promise<Record<string, unknown>[]> => {
  const connection = await lab.server.connect({ database: "fairdial_cli" });
  const [rows] = await connection.query(statement);
  await connection.end();
  return rows as Record<string, unknown>[];
};
const numbers = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => `0207946${String(from + index).padStart(4, "0")}`).join("\n");

/** Looks again and again, for half a minute at most. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (const begun = Date.now(); Date.now() - begun < 30_000;) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error("it never came to that");
};

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  await lab.must("campaign", "add", "spring", "--trunk", "carrier", "--cli", "+442079460000");
}, 60_000);
afterAll(() => lab.end(), 30_000);

describe("our own list", () => {
  test("a number is suppressed for everybody or for one principal, and each is taken back by itself", async () => {
    expect(await lab.json("suppress", "add", "020 7946 0958", "--channel", "letter")).toMatchObject({ added: 1 });
    expect(await lab.json("suppress", "add", "020 7946 0958", "--principal", "Acme")).toMatchObject({ added: 1 });
    expect(await lab.json("suppress", "add", "020 7946 0958", "--principal", "ACME")).toMatchObject({ added: 0 });
    expect(await lab.run("suppress", "check", "02079460958")).toMatchObject({
      code: 1,
      out: expect.stringContaining("own list (opt-out); own list for Acme (opt-out)"),
    });
    expect(await lab.must("suppress", "remove", "02079460958")).toContain("it still is for Acme");
    expect(await lab.run("suppress", "remove", "02079460958")).toMatchObject({
      code: 1,
      err: expect.stringContaining("It is for Acme. [not-suppressed]"),
    });
    expect((await lab.run("suppress", "check", "02079460958", "--principal", "Other")).code).toBe(0);
    expect((await lab.run("suppress", "check", "02079460958", "--principal", "acme")).code).toBe(1);
    await lab.must("suppress", "remove", "02079460958", "--principal", "Acme");
    expect((await lab.run("suppress", "check", "02079460958")).code).toBe(0);
  });

  test("a file is suppressed whole, with a reason for every line that is not", async () => {
    const file = lab.file(
      "optouts.csv",
      `Name;Phone\nAnn;020 7946 0101\nBob;0207946\nCid;+44 7911 123456\nDee;020 7946 0101\n`,
    );
    const words = ["suppress", "import", file, "--principal", "Acme", "--channel", "web", "--json"];
    const { code, out } = await lab.run(...words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...{ rowsRead: 4, numbersRead: 3, numbers: 2, added: 2, rowsRejected: 1, principal: "Acme" },
      rejectedByCode: { "number-impossible": 1 },
      rejectFile: `${file}.rejects.csv`,
    });
    expect(readFileSync(`${file}.rejects.csv`, "utf8")).toMatch(/^line,code,reason,Name,Phone\n3,number-impossible,/);
    const { latest } = await lab.json<{ latest: { source: string; channel: string }[] }>(
      "suppress",
      "list",
      "--principal",
      "acme",
    );
    expect(latest).toHaveLength(2);
    expect(latest[0]).toMatchObject({
      channel: "web",
      source: expect.stringMatching(/optouts\.csv, SHA-256 [0-9a-f]{16}$/),
    });
    expect(JSON.parse((await lab.run(...words)).out)).toMatchObject({ numbers: 2, added: 0 });
    expect(await lab.must("suppress", "list", "--csv")).toContain("+442079460101,Acme,opt-out,web,");
  });

  test("standard input, and files that are none", async () => {
    const piped = await lab.fairdial(["suppress", "import", "-", "--json"], "02079460201\n02079460202");
    expect(JSON.parse(piped.out)).toMatchObject({ file: "-", added: 2 });
    const refused = async (name: string, content: string | Buffer, ...more: string[]) =>
      (await lab.run("suppress", "import", lab.file(name, content), ...more)).err;
    expect(await refused("empty.txt", "")).toContain("is empty. [file-refused]");
    expect(await refused("words.txt", "hello\nworld\n")).toContain("None of the 1 row");
    expect(await refused("zip.txt", Buffer.from([0x50, 0x4b, 3, 4, 9, 9]))).toContain("is a spreadsheet or a zip file");
    expect(await refused("two.csv", "a,b\n1,2\n")).toContain("[columns-refused]");
    expect(await refused("hashed.txt", `h:${"0".repeat(40)}\n`)).toContain("no numberHashKey");
    expect(await refused("column.csv", "a,b\n1,02079460203\n", "--column", "c")).toContain('has no column "c"');
    expect(await lab.json("suppress", "list", "--reason", "opt-out", "--principal", "everybody")).toMatchObject({
      total: 2,
    });
  });
});

test("an import that is killed suppresses nobody", async () => {
  const file = lab.file(
    "killed.txt",
    `${Array.from({ length: 100_000 }, (_, i) => `+44794${String(i).padStart(7, "0")}`).join("\n")}\nnonsense\n`,
  );
  const child = lab.start(["suppress", "import", file]);
  const closed = new Promise((resolve) => child.on("close", resolve));
  // Its own table is seen by nobody else; but the server says what it is doing.
  await until(
    async () =>
      (
        await sql(
          "select 1 from information_schema.processlist where info like 'insert ignore into suppression_loading%'",
        )
      ).length > 0,
  );
  child.kill("SIGKILL");
  await closed;
  expect(await sql("select count(*) as n from suppression where e164 like '+44794%'")).toEqual([{ n: 0 }]);
  expect(existsSync(`${file}.rejects.csv`)).toBe(false);
}, 60_000);

describe("registers", () => {
  test("a file is put in force whole, and the next one takes its place", async () => {
    const file = lab.file("tps.txt", `${numbers(1_000)}\n`);
    const first = await lab.json("register", "import", "TPS", file, "--file-date", dayAgo(3));
    expect(first).toMatchObject({
      name: "TPS",
      numbers: 1_000,
      rowsRead: 1_000,
      numbersBefore: null,
      loadedBy: "tester",
    });
    expect((await lab.run("register", "check", "020 7946 0999")).code).toBe(1);
    expect((await lab.run("suppress", "check", "020 7946 0999")).out).toContain("register TPS");
    expect((await lab.run("register", "check", "020 7946 1000")).code).toBe(0);
    const next = lab.file("tps2.txt", `${numbers(900, 500)}\n`);
    expect(await lab.json("register", "import", "TPS", next, "--file-date", dayAgo(1))).toMatchObject({
      ...{ numbers: 900, numbersBefore: 1_000, numbersRemoved: 1_000 },
    });
    expect((await lab.run("register", "check", "020 7946 0001")).code).toBe(0);
    expect((await lab.run("register", "check", "020 7946 1399")).code).toBe(1);
    expect(await lab.json("register", "list", "TPS")).toMatchObject([
      { inForce: true, numbers: 900, ageDays: 1 },
      { inForce: false, numbers: 1_000 },
    ]);
    expect(await sql("select count(*) as n from register_number")).toEqual([{ n: 900 }]);
  });

  test("what cannot be meant is refused, and what was in force stays", async () => {
    const refused = async (content: string, date: string, ...more: string[]) =>
      (await lab.run("register", "import", "TPS", lab.file("next.txt", content), "--file-date", date, ...more)).err;
    const whole = `${numbers(900, 500)}\n`;
    expect(await refused(whole, dayAgo(-1))).toContain("has not come yet");
    expect(await refused(whole, dayAgo(2))).toContain("[register-older]");
    expect(await refused(`${numbers(449, 500)}\n`, dayAgo(0))).toContain(
      "is it whole? --force takes it all the same. [register-shrank]",
    );
    expect(await refused(`${numbers(900)}\n${"0207946\n".repeat(20)}`, dayAgo(0))).toContain(
      "20 of 920 rows cannot be read",
    );
    expect(await refused("not\na\nregister\n", dayAgo(0))).toContain("holds a number: nothing was changed");
    expect(await refused(whole, "yesterweek")).toContain("is not a time");
    expect((await lab.run("register", "import", "tps", "x", "--file-date", dayAgo(0))).err).toContain(
      "capital letters",
    );
    expect(await lab.json("register", "list")).toMatchObject([{ name: "TPS", numbers: 900, ageDays: 1 }]);
    expect(await sql("select count(*) as n from register_number")).toEqual([{ n: 900 }]);
    expect(await sql("select count(*) as n from register_file where state = 'loading'")).toEqual([{ n: 0 }]);
    const short = lab.file("short.txt", `${numbers(10)}\n`);
    expect(await lab.json("register", "import", "TPS", short, "--file-date", dayAgo(2), "--force")).toMatchObject({
      numbers: 10,
    });
  });

  test("columns that are joined, and headings", async () => {
    const dnc = lab.file("dnc.csv", "212,5550123\n415,5550199\n");
    const words = ["register", "import", "FTC_DNC", dnc, "--file-date", dayAgo(0), "--country", "US"];
    expect((await lab.run(...words)).err).toContain("[columns-refused]");
    expect(await lab.json(...words, "--column", "1+2")).toMatchObject({ numbers: 2 });
    expect((await lab.run("register", "check", "+12125550123")).code).toBe(1);
    expect(await lab.must("register", "drop", "FTC_DNC")).toContain("2 numbers removed");
    expect((await lab.run("register", "drop", "FTC_DNC")).err).toContain("[unknown-register]");
    expect((await lab.run("register", "list", "TSP")).err).toContain("Loaded: TPS.");
  });

  test("two imports at once: one is told to wait", async () => {
    const file = lab.file(
      "big.txt",
      `${Array.from({ length: 60_000 }, (_, i) => `+44791${String(i).padStart(7, "0")}`).join("\n")}\n`,
    );
    const words = ["register", "import", "CTPS", file, "--file-date", dayAgo(1)];
    const child = lab.start(words);
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    await until(async () => (await sql("select 1 from register_file where state = 'loading'")).length > 0);
    const [connection] = await sql("select is_used_lock(concat('fairdial register CTPS ', database())) as holder");
    expect(connection?.["holder"]).not.toBeNull();
    child.kill("SIGSTOP");
    expect(await lab.run(...words)).toMatchObject({ code: 1, err: expect.stringContaining("[register-busy]") });
    child.kill("SIGCONT");
    expect(await closed).toBe(0);
    expect(await lab.json("register", "list", "CTPS")).toMatchObject([{ numbers: 60_000, inForce: true }]);
  }, 60_000);

  test("an import that is killed is seen by nobody, and cleaned by the next", async () => {
    const file = lab.file(
      "big2.txt",
      `${Array.from({ length: 100_000 }, (_, i) => `+44792${String(i).padStart(7, "0")}`).join("\n")}\n`,
    );
    const child = lab.start(["register", "import", "CTPS", file, "--file-date", dayAgo(0)]);
    const closed = new Promise((resolve) => child.on("close", resolve));
    await until(
      async () => (await sql("select 1 from register_number where number_key like '+44792%' limit 1")).length > 0,
    );
    child.kill("SIGKILL");
    await closed;
    expect(await lab.json("register", "list", "CTPS")).toMatchObject([{ numbers: 60_000 }]);
    expect((await lab.run("register", "check", "+447920000001")).code).toBe(0);
    expect((await sql("select 1 from register_file where state = 'loading'")).length).toBe(1);
    const again = lab.file(
      "again.txt",
      `${Array.from({ length: 40_000 }, (_, i) => `+44793${String(i).padStart(7, "0")}`).join("\n")}\n`,
    );
    await until(async () => (await lab.run("register", "import", "CTPS", again, "--file-date", dayAgo(0))).code === 0);
    expect(await sql("select count(*) as n from register_file where state = 'loading'")).toEqual([{ n: 0 }]);
    expect(await sql("select count(*) as n from register_number where number_key like '+4479%'")).toEqual([
      { n: 40_000 },
    ]);
  }, 60_000);
});
