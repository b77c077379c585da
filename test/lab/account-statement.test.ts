/** The statement of a day whose every figure was worked out by hand, and the published cases that it must not miss. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { AgentId, CampaignId } from "../../src/domain/ids.ts";
import { after, type Instant } from "../../src/domain/instant.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import { addSuppressions } from "../../src/store/index.ts";
import { dateOf } from "../../src/store/rows.ts";
import { anyNumber } from "../contract/store/fixture.ts";
import { AccountLab, at, CLI_NUMBER, MESSAGE, type Dialled, type Life } from "./account-lab.ts";

jest.setTimeout(120_000);

let lab: AccountLab;
beforeAll(async () => {
  lab = await AccountLab.begin("statement");
}, 120_000);
afterAll(() => lab.end(), 30_000);

const OTHER_NUMBER = phoneNumber("+442079460999");
const CONNECTED: Life = { rang: 1_000, answered: 9_000, connected: 9_300, ended: 60_000, endedBy: "farEnd" };
const LATE: Life = { rang: 1_000, answered: 9_000, connected: 11_250, ended: 60_000, endedBy: "agent" };
const INFORMED: Life = { rang: 1_000, answered: 9_000, message: 10_800, ended: 20_000, endedBy: "us" };
const SILENT: Life = { rang: 1_000, answered: 9_000, ended: 12_000, endedBy: "asterisk" };
const LATE_MESSAGE: Life = { rang: 1_000, answered: 9_000, message: 11_100, ended: 20_000, endedBy: "us" };
const LEFT: Life = { rang: 1_000, answered: 9_000, ended: 10_000, endedBy: "farEnd" };
const CUT_SHORT: Life = { rang: 1_000, ended: 8_000, endedBy: "us", endReason: "drain" };
const CANCELLED: Life = { rang: 1_000, ended: 17_000, endedBy: "us", endReason: "optedOut" };
const MACHINE: Life = { rang: 1_000, answered: 9_000, ended: 11_000, endedBy: "us", endReason: "amdMachine" };

interface Document {
  readonly days: readonly {
    readonly day: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly rate: {
      readonly numerator: number;
      readonly denominator: number;
      readonly rateBasisPoints: number | null;
    };
    readonly reached: string | null;
  }[];
  readonly breaches: readonly {
    readonly kind: string;
    readonly ruleId: string | null;
    readonly attemptId: string;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
  readonly counted: Readonly<Record<string, unknown>>;
  readonly accountEqual: boolean;
  readonly rowsDifferent: number;
}

const statement = async (...words: readonly string[]): Promise<Document> =>
  (await lab.json<Document>("report", "compliance", ...words)).document;

describe("a day worked out by hand", () => {
  let spring: CampaignId;
  let autumn: CampaignId;
  let agent: AgentId;
  /** Kind and attempt of every breach that was put in, by time. */
  const broken: [kind: string, rule: string | null, attempt: string][] = [];
  const clock = (time: string): Instant => at(`2026-11-20T${time}:00Z`);

  beforeAll(async () => {
    spring = await lab.fixture.seedCampaign({ name: "spring" });
    autumn = await lab.fixture.seedCampaign({ name: "autumn" });
    agent = await lab.fixture.seedAgent({ campaignIds: [spring, autumn] });
    await recordPapers();
    const dial = (time: string, outcome: Dialled["outcome"], life: Life, more: Partial<Dialled> = {}) =>
      lab.dial({ campaignId: spring, at: clock(time), outcome, life, ...more });

    // 08:30: the CTPS file is 31 days old until a new one is loaded at nine.
    broken.push(["register-stale", "UK-TPS-1", await dial("08:30", "connected", CONNECTED)]);
    for (let minute = 10; minute < 18; minute++) {
      await dial(`10:${minute}`, "connected", CONNECTED, minute === 10 ? { centre: "leeds" } : {});
    }
    for (const minute of [20, 21, 22]) {
      await dial(`10:${minute}`, "connected", CONNECTED, { says: "machine", sayer: agent });
    }
    broken.push(["late-connect", "UK-CLK-1", await dial("11:00", "connected-late", LATE)]);
    const abandonedNumber = anyNumber();
    await dial("12:00", "abandoned-with-message", INFORMED, { number: abandonedNumber });
    broken.push(["silent", "UK-SIL-1", await dial("12:05", "abandoned-silent", SILENT)]);
    broken.push(["late-message", "UK-CLK-1", await dial("12:10", "abandoned-silent", LATE_MESSAGE)]);
    await dial("12:15", "hung-up-early", LEFT);
    broken.push(["short-ring", "UK-RING-1", await dial("12:20", "cancelled-while-ringing", CUT_SHORT)]);
    await dial("12:25", "cancelled-while-ringing", CANCELLED);
    await dial("12:30", "no-answer", { rang: 1_000, ended: 26_000, endedBy: "us", endReason: "ringTimeout" });
    await dial("12:35", "not-placed", { withdrawn: true });
    broken.push([
      "message-not-approved",
      "UK-MSG-1",
      await dial(
        "13:00",
        "busy",
        { ended: 900 },
        { seen: { message: { media: "sound:other", sha256: "b", approvedBy: null } } },
      ),
    ]);
    broken.push([
      "cli-not-owned",
      "UK-CLI-1",
      await dial("13:05", "busy", { ended: 900 }, { cliNumber: OTHER_NUMBER, seen: { cliProof: null } }),
    ]);
    const objector = anyNumber();
    await addSuppressions(lab.db, [{ number: objector, reason: "opt-out", source: "test" }], clock("13:30"));
    broken.push(["suppressed", "UK-SUP-1", await dial("14:00", "busy", { ended: 900 }, { number: objector })]);
    broken.push([
      "no-evidence",
      "UK-EVD-1",
      await dial("14:10", "busy", { ended: 900 }, { seen: { registers: null } }),
    ]);
    broken.push(["outside-window", "UK-HRS-1", await dial("21:30", "busy", { ended: 900 })]);

    // Other campaigns call somebody who was abandoned: one with an agent reserved, one without.
    const again = { campaignId: autumn, outcome: "connected", life: CONNECTED, number: abandonedNumber } as const;
    const winter = await lab.fixture.seedCampaign({ name: "winter" });
    await lab.dial({ ...again, campaignId: winter, at: clock("15:00"), guaranteedBy: agent });
    const unguaranteed = await lab.dial({ ...again, at: clock("16:00") });
    autumnBreach = ["guarantee-broken", "UK-72H-1", unguaranteed];
    await lab.run("account", "close", "--day", "2026-11-20");
  }, 120_000);

  let autumnBreach: (typeof broken)[number];

  const recordPapers = async (): Promise<void> => {
    const register = (name: string, fileDate: string, loadedAt: string) =>
      lab.fixture.loadRegister(
        { name, fileDate: at(fileDate), loadedAt: at(loadedAt), numbers: 0, sha256: "c".repeat(64) },
        [],
      );
    await register("TPS", "2026-11-10", "2026-11-11T08:00:00Z");
    await register("CTPS", "2026-10-20", "2026-10-21T08:00:00Z");
    await register("CTPS", "2026-11-19", "2026-11-20T09:00:00Z");
    await lab.db.write(
      `insert into information_message (media, sha256, transcript, principal, contact_number, added_by, added_at,
         approved_by, approved_at) values (?, ?, 'Acme called.', 'Acme Ltd', '+448000000000', 'bob', ?, ?, ?)`,
      [MESSAGE.media, MESSAGE.sha256, dateOf(at("2026-10-01")), MESSAGE.approvedBy, dateOf(at("2026-10-02"))],
    );
    await lab.db.write("insert into cli_number values (?, 'carrier', 'contract 12', 'bob', ?)", [
      CLI_NUMBER,
      dateOf(at("2026-10-01")),
    ]);
  };

  test("the rate, with every letter of its formula", async () => {
    const { days, accountEqual, rowsDifferent } = await statement("--campaign", "spring", "--day", "2026-11-20");
    expect(days).toHaveLength(1);
    // L = 9 in time and 1 late, Ag = 3, D = 1 + 2: p = 3/13, x = 3 · 10/13 + 1 late = 43/13, y = 9.
    expect(days[0]).toMatchObject({
      day: "2026-11-20",
      hours: 24,
      counts: {
        ...{ connected: 9, connectedLate: 1, machineToAgent: 3, abandonedWithMessage: 1, silent: 2 },
        ...{ hungUpEarly: 1, machineDropped: 0, cancelledShort: 1 },
      },
      rate: {
        inputs: { dropped: 3, silent: 2, live: 10, late: 1, machinesToAgents: 3, machineShare: { over: 3, under: 13 } },
        x: { over: 43, under: 13 },
        y: 9,
        numerator: 43,
        denominator: 160,
        rateBasisPoints: 2_688,
      },
      reached: "ceiling",
      closed: { state: "as-closed", sequence: 0 },
    });
    expect([accountEqual, rowsDifferent]).toEqual([true, 0]);
  });

  test("outcomes kept apart, by who ended the call, and times", async () => {
    const { counted } = await statement("--campaign", "spring", "--day", "2026-11-20");
    const by = (more: object) => ({ us: 0, agent: 0, farEnd: 0, asterisk: 0, unknown: 0, ...more });
    expect(counted).toMatchObject({
      // 9 + 3 + 1 answered by agents, 1 + 2 + 1 not; 3 cancelled or unanswered, 5 refused at once.
      attempts: 25,
      open: 0,
      takenBack: 1,
      answered: 17,
      endings: {
        abandonedWithMessage: by({ us: 1 }),
        silent: by({ asterisk: 1, us: 1 }),
        hungUpEarly: by({ farEnd: 1 }),
        connectedLate: by({ agent: 1 }),
        cancelledWhileRinging: by({ us: 2 }),
      },
      cancelledRangMs: { count: 2, min: 7_000, p50: 7_000, p99: 16_000, max: 16_000 },
      answerToMessageMs: { count: 2, min: 1_800, max: 2_100 },
      answerToAgentMs: { count: 13, min: 300, p50: 300, max: 2_250 },
    });
  });

  test("every breach with its rule and its attempt, and no other", async () => {
    const { breaches } = await statement("--campaign", "spring", "--day", "2026-11-20");
    expect(breaches.map(({ kind, ruleId, attemptId }) => [kind, ruleId, attemptId])).toEqual(broken);
    expect(breaches.find(({ kind }) => kind === "register-stale")?.facts).toMatchObject({
      register: "CTPS",
      fileDate: "2026-10-20T00:00:00.000Z",
      ageMaxDays: 28,
    });
    expect(breaches.find(({ kind }) => kind === "short-ring")?.facts).toMatchObject({ rangMs: 7_000 });
  });

  test("HomeServe 2012, UK-72H-1: who was abandoned is owed an agent, whichever campaign calls", async () => {
    const { breaches } = await statement("--campaign", "autumn", "--day", "2026-11-20");
    expect(breaches.map(({ kind, ruleId, attemptId }) => [kind, ruleId, attemptId])).toEqual([autumnBreach]);
    expect((await statement("--campaign", "winter", "--day", "2026-11-20")).breaches).toEqual([]);
  });

  test("UK-ACR-2: a centre answers for all its campaigns, and the campaign for all its centres", async () => {
    const main = await statement("--centre", "main", "--day", "2026-11-20");
    expect(main.days[0]?.counts).toMatchObject({ connected: 10, connectedLate: 1, machineToAgent: 3, silent: 2 });
    const leeds = await statement("--centre", "leeds", "--day", "2026-11-20");
    expect(leeds.days[0]).toMatchObject({ counts: { connected: 1 }, rate: { rateBasisPoints: 0 }, reached: null });
    expect(await lab.run("report", "compliance", "--centre", "nowhere", "--day", "2026-11-20")).toMatchObject({
      code: 1,
      err: expect.stringContaining("[unknown-centre]"),
    });
  });

  test("on paper, as CSV, and proved", async () => {
    const { code, out } = await lab.run(
      ...["report", "compliance", "--campaign", "spring", "--day", "2026-11-20", "--verify"],
    );
    expect(code).toBe(0);
    for (const part of [
      "COMPLIANCE STATEMENT",
      "days of Europe/London",
      "3.00 %, and no safe harbour below it",
      "26.88 %",
      "1 day of 1 at or above the ceiling level of 3.00 %: 2026-11-20",
      "Breaches: 10",
      "sound:fairdial/sorry",
      "The abandon account equals these attempts.",
      "The chain of days holds",
    ]) {
      expect(out).toContain(part);
    }
    const csv = await lab.run("report", "compliance", "--campaign", "spring", "--day", "2026-11-20", "--csv");
    expect(csv.out.split("\n")[1]).toMatch(
      /^2026-11-20,24,9,1,3,1,2,1,0,1,43,13,9,2688,ceiling,as-closed,[0-9a-f]{64}$/,
    );
    const breaches = await lab.run(
      ...["report", "compliance", "--campaign", "spring", "--day", "2026-11-20", "--csv", "--breaches"],
    );
    expect(breaches.out.trim().split("\n")).toHaveLength(11);
  });

  test("wrong usage is said so", async () => {
    for (const words of [
      ["--day", "2026-11-20"],
      ["--campaign", "spring", "--centre", "main", "--day", "today"],
      ["--campaign", "spring"],
      ["--campaign", "spring", "--day", "2026-11-20", "--from", "2026-11-20"],
      ["--campaign", "spring", "--from", "2026-11-20", "--to", "2026-11-19"],
      ["--campaign", "spring", "--day", "2026-11-20", "--breaches"],
      ["--campaign", "spring", "--day", "2026-11-20", "--anchor", "xyz"],
    ]) {
      expect(await lab.run("report", "compliance", ...words)).toMatchObject({ code: 2, out: "" });
    }
  });
});

describe("published cases", () => {
  const noon = (day: number): Instant => after(at("2026-02-01T12:00:00Z"), day * 86_400_000);

  test("npower: one bad day is reported although the average is fine", async () => {
    const campaignId = await lab.fixture.seedCampaign({ name: "npower" });
    await lab.dial({ campaignId, at: noon(0), outcome: "abandoned-with-message", life: INFORMED });
    await lab.dial({ campaignId, at: noon(0), outcome: "connected", life: CONNECTED });
    for (let count = 0; count < 50; count++) {
      await lab.dial({ campaignId, at: noon(1), outcome: "connected", life: CONNECTED });
    }
    const { days } = await statement("--campaign", "npower", "--from", "2026-02-01", "--to", "2026-02-02");
    expect(days.map(({ reached, rate }) => [reached, rate.rateBasisPoints])).toEqual([
      ["ceiling", 5_000],
      [null, 0],
    ]);
    const { out } = await lab.run(
      ...["report", "compliance", "--campaign", "npower", "--from", "2026-02-01", "--to", "2026-02-02"],
    );
    expect(out).toContain("1 day of 2 at or above the ceiling level of 3.00 %: 2026-02-01");
  });

  test("HomeServe 2012: each of 42 days in seven weeks is reported", async () => {
    const campaignId = await lab.fixture.seedCampaign({ name: "homeserve" });
    for (let day = 0; day < 49; day++) {
      await lab.dial({ campaignId, at: noon(day), outcome: "connected", life: CONNECTED });
      if (day % 7 === 6) continue;
      await lab.dial({ campaignId, at: noon(day), outcome: "abandoned-with-message", life: INFORMED });
    }
    const { days } = await statement("--campaign", "homeserve", "--from", "2026-02-01", "--to", "2026-03-21");
    expect(days).toHaveLength(49);
    expect(days.filter(({ reached }) => reached === "ceiling")).toHaveLength(42);
    expect(new Set(days.map(({ reached }) => reached))).toEqual(new Set(["ceiling", null]));
  });

  test("TalkTalk 2013, UK-ACR-4: without an estimate every drop counts as a person, and each is a breach", async () => {
    const campaignId = await lab.fixture.seedCampaign({ name: "talktalk" });
    const seen = { amdDrops: true, amdTest: null };
    const dropped = await lab.dial({ campaignId, at: noon(3), outcome: "machine-hung-up", life: MACHINE, seen });
    await lab.dial({ campaignId, at: noon(3), outcome: "connected", life: CONNECTED, seen: { amdDrops: false } });
    const { days, breaches } = await statement("--campaign", "talktalk", "--day", "2026-02-04");
    expect(days[0]).toMatchObject({
      counts: { machineDropped: 1, connected: 1 },
      rate: { estimateMissing: true, numerator: 1, denominator: 2, rateBasisPoints: 5_000 },
    });
    const amd = breaches.filter(({ kind }) => kind === "amd-no-estimate");
    expect(amd.map(({ ruleId, attemptId }) => [ruleId, attemptId])).toEqual([["UK-ACR-4", dropped]]);
  });
});
