/** `fairdial judge --database`: rows, abandon account, suppressions and shared numbers of a real database, against a journal. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AttemptId, CampaignId } from "../../src/domain/ids.ts";
import { after, type Instant } from "../../src/domain/instant.ts";
import type { JournalEntry } from "../../src/judge/entries.ts";
import { addSuppressions, attemptsOf, type AttemptOfDay } from "../../src/store/index.ts";
import { anyNumber } from "../contract/store/fixture.ts";
import { AccountLab, at, type Life } from "./account-lab.ts";

jest.setTimeout(120_000);

const CONNECTED: Life = { rang: 1_000, answered: 9_000, connected: 9_300, ended: 60_000, endedBy: "farEnd" };
const INFORMED: Life = { rang: 1_000, answered: 9_000, message: 10_800, ended: 20_000, endedBy: "us" };
const BUSY: Life = { ended: 900 };
const noon = at("2026-11-20T12:00:00Z");
const minute = (count: number): Instant => after(noon, count * 60_000);

let lab: AccountLab;
let folder = "";
let campaignId: CampaignId;
const attempts: AttemptId[] = [];
const number = anyNumber();

/** As the daemon would have told of these rows. */
const journalOf = async (): Promise<JournalEntry[]> => {
  const wanted = { campaignId, centre: null, fromDay: "2026-11-20", toDay: "2026-11-20", from: noon, to: minute(600) };
  const rows: (AttemptOfDay & { leadId: number; numberId: number })[] = [];
  for await (const row of attemptsOf(lab.db, wanted)) {
    const [ids] = await lab.db.rows<{ lead_id: number; number_id: number }>(
      "select lead_id, number_id from attempt where attempt_id = ?",
      [row.attemptId],
    );
    rows.push({ ...row, leadId: ids!.lead_id, numberId: ids!.number_id });
  }
  const nodeId = rows[0]!.nodeId;
  const ofRow = (row: (typeof rows)[number]): JournalEntry[] => {
    const { attemptId, leadId, numberId, decidedAt, facts, outcome, entry, day } = row;
    const { centre, principal, overdial, profile, profileVersion, clock, evidence } = row;
    const decision = { centre, principal, overdial, profile, profileVersion, clock, evidence, agentId: null };
    const event = { type: "placed", stamp: { at: after(decidedAt, 100), asteriskAt: null }, sipCallId: null };
    const moved = { event, before: "placing", after: "dialling", deadlineAt: after(decidedAt, 30_000), effects: [] };
    const account = entry === null ? null : { entry, day };
    return [
      {
        at: decidedAt,
        kind: "attempt-decided",
        attemptId,
        campaignId,
        leadId,
        numberId,
        trunk: "carrier",
        ...decision,
      },
      { at: decidedAt, kind: "pacing", campaignId, wanted: 1, allowed: 1, placed: 1, linesMax: 10 },
      { at: after(decidedAt, 100), kind: "call", attemptId, ...moved },
      { at: facts.endedAt!.at, kind: "attempt-ended", attemptId, outcome, facts, verdict: {}, account },
    ];
  };
  return [
    { at: after(noon, -1_000), kind: "engine", what: "started", nodeId, open: 0 },
    { at: after(noon, -900), kind: "connection", state: "up" },
    ...rows.sort((a, b) => a.decidedAt - b.decidedAt).flatMap(ofRow),
    { at: minute(100), kind: "engine", what: "stopped" },
  ];
};

interface Document {
  readonly breaches: readonly {
    readonly invariant: string;
    readonly says: string;
    readonly attemptId: string | null;
  }[];
  readonly invariants: readonly { readonly invariant: string; readonly looked: number }[];
}

/** The promises that only a database can show broken. */
const OF_THE_DATABASE = ["rows-equal-journal", "account-equals-rows", "allowed-when-dialled", "within-frequency-caps"];

let file = "";
const judge = async (...words: readonly string[]): Promise<Document> =>
  (await lab.json<Document>("judge", file, ...words)).document;
const brokenByRows = async (): Promise<readonly string[]> =>
  (await judge("--database")).breaches
    .filter(({ invariant }) => OF_THE_DATABASE.includes(invariant))
    .map(({ invariant, says }) => `${invariant}: ${says}`);

beforeAll(async () => {
  lab = await AccountLab.begin("judge");
  folder = mkdtempSync(join(tmpdir(), "fairdial-judge-"));
  file = join(folder, "journal-2026-11-20.jsonl");
  campaignId = await lab.fixture.seedCampaign({ name: "spring" });
  const agent = await lab.fixture.seedAgent({ campaignIds: [campaignId] });
  attempts.push(await lab.dial({ campaignId, at: minute(0), outcome: "connected", life: CONNECTED, number }));
  attempts.push(await lab.dial({ campaignId, at: minute(5), outcome: "abandoned-with-message", life: INFORMED }));
  attempts.push(await lab.dial({ campaignId, at: minute(10), outcome: "busy", life: BUSY }));
  const says = { says: "machine", sayer: agent };
  attempts.push(await lab.dial({ campaignId, at: minute(15), outcome: "connected", life: CONNECTED, ...says }));
  const entries = await journalOf();
  writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.end();
}, 30_000);

test("rows and account that equal the journal are found to", async () => {
  const { invariants } = await judge("--database");
  const looked = new Map(invariants.map((each) => [each.invariant, each.looked]));
  expect(looked.get("rows-equal-journal")).toBe(4);
  expect(looked.get("account-equals-rows")).toBe(1);
  expect(await brokenByRows()).toEqual([]);
});

test("an account that somebody has changed is not", async () => {
  const change = (by: number) =>
    lab.db.write("update abandon_account set calls = calls + ? where entry = 'abandonedWithMessage'", [by]);
  await change(1);
  expect(await brokenByRows()).toEqual(["account-equals-rows: the abandon account is not what the rows add up to"]);
  await change(-1);
});

test("nor a row, nor one that is gone, nor one that nobody journalled", async () => {
  const change = (outcome: string) =>
    lab.db.write("update attempt set outcome = ? where attempt_id = ?", [outcome, attempts[2]!]);
  await change("no-answer");
  expect(await brokenByRows()).toEqual(["rows-equal-journal: a row ended otherwise than the journal says"]);
  await change("busy");
  await lab.dial({ campaignId, at: minute(20), outcome: "busy", life: BUSY });
  expect(await brokenByRows()).toEqual(["rows-equal-journal: a row whose decision nobody journalled"]);
});

test("a number that had been suppressed when it was dialled is known by the database alone", async () => {
  await addSuppressions(lab.db, [{ number, reason: "opt-out", source: "test" }], after(noon, -60_000));
  expect(await brokenByRows()).toContain("allowed-when-dialled: a suppressed number was dialled");
  expect((await judge()).breaches.map(({ says }) => says)).not.toContain("a suppressed number was dialled");
});
