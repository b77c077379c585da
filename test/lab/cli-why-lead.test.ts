// `fairdial why lead`: one person, every rule about them, and when they can be dialled next; and the funnel of their campaign.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { instant, type Instant } from "../../src/domain/instant.ts";
import { LEAD_QUEUES } from "../../src/domain/lead.ts";
import { DATABASE_DEFAULTS, leadsStanding, openDatabase, type Database } from "../../src/store/index.ts";
import { dateOf } from "../../src/store/rows.ts";
import { campaignId } from "../../src/domain/ids.ts";
import { CliLab } from "./cli-lab.ts";
import { allowNumber, approveMessage, MESSAGE, PRINCIPAL, putMessageOnRecord } from "./cli-papers.ts";

const lab = new CliLab();
/** A Tuesday in London, where it is nine in the evening in Tokyo. */
const NOON = instant(Date.parse("2026-12-01T12:00:00Z"));
let now: Instant = NOON;
lab.now = () => now;
let db: Database;

interface Lead {
  readonly lead: number;
  readonly answer: { readonly code: string; readonly says: string };
  readonly dialableAt: string | null;
  readonly checks: readonly { rule: string; lets: boolean; says: string; until: string | null }[];
  readonly numbers: readonly {
    readonly screening: { rule: string; until: string | null } | null;
    readonly redial: readonly { rule: string; lets: boolean; until: string | null }[];
    readonly blockers: readonly { rule: string }[];
    readonly dialableAt: string | null;
  }[];
}
const leadsOf = async (...words: readonly string[]) =>
  (await lab.json<{ leads: readonly Lead[] }>("why", "lead", ...words)).leads;
const why = async (...words: readonly string[]): Promise<Lead> => (await leadsOf(...words))[0]!;
const noes = ({ checks }: Lead) => checks.filter(({ lets }) => !lets).map(({ rule }) => rule);

const HEADINGS = "Key,Phone,Mobile,Time zone,age\n";
const ANNA = "A-1,+442079460101,+447400123456,Europe/London,41";
const BORIS = "B-2,+442079460102,,Europe/London,30";
const KEIKO = "K-3,+442079460103,,Asia/Tokyo,50";

beforeAll(async () => {
  await lab.begin();
  await lab.must("migrate");
  const { host, port, user, password } = lab.server.access;
  db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database: "fairdial_cli" });
  await lab.must("agent", "add", "ann", "--endpoint", "PJSIP/1001");
  await allowNumber(lab);
  await putMessageOnRecord(lab);
  await approveMessage(lab);
  for (const name of ["spring", "autumn"]) {
    await lab.must(
      ...["campaign", "add", name, "--trunk", "carrier", "--cli", "020 7946 0000", "--mode", "progressive"],
      ...["--principal", PRINCIPAL, "--message", MESSAGE, "--purpose", "service"],
    );
    await lab.must("campaign", "start", name);
    const list = lab.file(
      `${name}.csv`,
      HEADINGS + [ANNA, BORIS, KEIKO].slice(0, name === "spring" ? 3 : 1).join("\n"),
    );
    await lab.must(
      "list",
      "import",
      list,
      "--campaign",
      name,
      "--list",
      "march",
      "--map",
      "key=Key,number=Phone,number=Mobile",
    );
  }
}, 120_000);
afterAll(async () => {
  await db.close();
  await lab.end();
}, 30_000);
beforeEach(() => {
  now = NOON;
});

const setLead = (key: string, change: string, ...values: (string | number | Date | null)[]) =>
  db.write(`update campaign_lead set ${change} where external_key = ? and campaign_id = 1`, [...values, key]);

describe("a lead", () => {
  test("is found by key, number or id; in every campaign, or in one", async () => {
    expect((await leadsOf("A-1")).length).toBe(2);
    const { lead } = await why("A-1", "--campaign", "spring");
    expect((await leadsOf("07400 123456", "--campaign", "spring")).map((each) => each.lead)).toEqual([lead]);
    expect((await leadsOf(`#${lead}`)).map((each) => each.lead)).toEqual([lead]);
    expect(await lab.run("why", "lead", "a-1", "--campaign", "spring")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no lead with the key or number "a-1" in the campaign "spring".*\[unknown-lead\]/),
    });
  });

  test("that nothing keeps back says so, and every rule says yes", async () => {
    const lead = await why("A-1", "--campaign", "spring");
    expect(lead).toMatchObject({ answer: { code: "ready" }, dialableAt: new Date(NOON).toISOString() });
    expect(noes(lead)).toEqual([]);
    expect(lead.numbers.length).toBe(2);
    const text = await lab.must("why", "lead", "A-1", "--campaign", "spring");
    expect(text).toMatch(/^#\d+ \(A-1\): It may be dialled now, and waits for its turn/);
    expect(text).toMatch(/\n\+447400123456 \(\w+\): now\n/);
  });

  test("in a zone where it is night waits for the morning there, on its own clock", async () => {
    const lead = await why("K-3");
    expect(lead.answer).toEqual({
      code: "not-yet",
      // The campaign's own hours begin at nine.
      says: expect.stringMatching(/^It may be dialled from Wed 2 Dec 2026 \d\d:\d\d Asia\/Tokyo: .*outside/),
    });
    expect(lead.numbers[0]!.screening).toMatchObject({ rule: "CALLING-WINDOW" });
    expect(Date.parse(lead.dialableAt!)).toBeGreaterThan(NOON);
    now = instant(Date.parse(lead.dialableAt!));
    expect((await why("K-3")).answer.code).toBe("ready");
    now = instant(now - 60_000);
    expect((await why("K-3")).answer.code).toBe("not-yet");
  });

  test("that was tried is kept back by the rules of redialling, each with its moment", async () => {
    await setLead(
      "B-2",
      "queue = 2, due_at = ?, reason = 'no-answer', attempts_counted = 1",
      dateOf(instant(NOON + 7_200_000)),
    );
    const [row] = await db.rows<{ lead_id: number; number_id: number }>(
      `select l.lead_id, n.number_id from campaign_lead l join lead_number n on n.lead_id = l.lead_id
       where l.external_key = 'B-2'`,
    );
    await db.write("insert ignore into node (node_id) values ('lab')");
    await db.write(
      `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
         decided_hour, evidence, state, outcome)
       values (?, 'lab', 1, ?, ?, '+442079460102', '+442079460000', 'carrier', ?, ?, '{}', 'ended', 'no-answer')`,
      ["00000000-0000-7000-8000-000000000001", row!.lead_id, row!.number_id, dateOf(NOON), dateOf(NOON)],
    );
    now = instant(NOON + 1_800_000);
    const lead = await why("B-2");
    expect(lead.answer.code).toBe("not-yet");
    const said = new Map(lead.numbers[0]!.redial.map((each) => [each.rule, each]));
    expect(said.get("delay")).toMatchObject({ lets: false, until: "2026-12-01T14:00:00.000Z" });
    // Eleven to one is the midday, which rests on this day.
    expect(said.get("another-band")).toMatchObject({ lets: false, until: "2026-12-01T13:00:00.000Z" });
    expect(lead.dialableAt).toBe("2026-12-01T14:00:00.000Z");
    expect(noes(lead)).toEqual(["due", "numbers"]);
  });

  test("whose number is suppressed, out, or dialled too often is told by which rule", async () => {
    await lab.must("suppress", "add", "020 7946 0101");
    const lead = await why("A-1", "--campaign", "spring");
    expect(lead.numbers.map(({ screening }) => screening?.rule ?? null).sort()).toEqual([null, "SUPPRESSED"].sort());
    // The other one may be.
    expect(lead.answer.code).toBe("ready");
    await lab.must("suppress", "add", "07400 123456");
    expect((await why("A-1", "--campaign", "spring")).answer).toEqual({
      code: "no-number",
      says: expect.stringMatching(
        /^None of its 2 numbers may be dialled: It is on our own suppression list\. \(UK-SUP-1\)$/,
      ),
    });
    await lab.must("suppress", "remove", "07400 123456");
    await lab.must("suppress", "remove", "020 7946 0101");
  });

  test("that no source takes is told what each of them asks and what the lead has", async () => {
    const { sources } = await lab.json<{ sources: { source: number }[] }>("source", "list", "--campaign", "autumn");
    await lab.must("source", "remove", String(sources[0]!.source));
    await lab.must("segment", "add", "old", 'age >= 50 and region:"SW"');
    await lab.must("source", "add", "--campaign", "autumn", "--segment", "old");
    const lead = await why("A-1", "--campaign", "autumn");
    expect(lead.answer).toEqual({
      code: "no-source",
      says: expect.stringMatching(
        /segment old\): not `age >= 50` \(it has "41"\), not `region = "sw" or .*` \(it has nothing there\)\.$/,
      ),
    });
    expect(lead.dialableAt).toBeNull();
    const funnel = await lab.json<{
      leads: { funnel: unknown };
      besides: { code: string }[];
      answer: { code: string };
    }>(...["why", "campaign", "autumn"]);
    expect(funnel.leads.funnel).toMatchObject([{ step: "no-source", leads: 1 }]);
    expect([funnel.answer, ...funnel.besides].map(({ code }) => code)).toContain("leads-unplaced");
  });

  test("that is done, held or in hand says that before anything else", async () => {
    await setLead("A-1", "state = 'done', reason = 'attempts-exhausted'");
    expect(await why("A-1", "--campaign", "spring")).toMatchObject({
      answer: { code: "lead-done", says: "It is done (attempts-exhausted) and is not dialled any more." },
      dialableAt: null,
    });
    await setLead("A-1", "state = 'held', reason = 'place-refused'");
    expect((await why("A-1", "--campaign", "spring")).answer.says).toContain(
      "`fairdial campaign release spring` does.",
    );
    await setLead("A-1", "state = 'leased', lease_node = 'lab', lease_until = ?", dateOf(instant(NOON + 60_000)));
    expect((await why("A-1", "--campaign", "spring")).answer).toMatchObject({ code: "lead-in-hand" });
    await setLead("A-1", "state = 'ready', reason = null, lease_node = null, lease_until = null");
  });

  test("of a campaign that does not dial could be dialled, and that is said too", async () => {
    await lab.must("campaign", "pause", "spring");
    expect((await why("A-1", "--campaign", "spring")).answer).toEqual({
      code: "campaign-paused",
      says: "The campaign spring is paused. The lead itself could be dialled now.",
    });
    await lab.must("campaign", "start", "spring");
    await lab.must("kill-switch", "on", "--because", "complaints");
    const barred = await why("A-1", "--campaign", "spring");
    expect(barred.answer).toMatchObject({ code: "campaign-barred", says: expect.stringContaining("complaints") });
    expect(barred.numbers.every(({ screening }) => screening === null)).toBe(true);
    await lab.must("kill-switch", "off");
  });
});

test("the funnel adds up to the list on random leads, read by one question", async () => {
  const id = campaignId(1);
  let seed = 7;
  const any = <Item>(items: readonly Item[]): Item => {
    seed = (seed * 16_807) % 2_147_483_647;
    return items[seed % items.length]!;
  };
  const rows = Array.from({ length: 600 }, (_, index) => [
    ...[1, 1, 1_000 + index, "{}", any(["ready", "ready", "ready", "leased", "dialling", "held", "done"])],
    ...[any([null, "busy", "invalid", "CALLING-WINDOW"]), dateOf(instant(NOON + any([-1, 0, 1, 60_000])))],
    ...[any([0, 1, 1, 99]), any([0, 1, 2, 3]), any([0, 1, 2]), dateOf(NOON)],
  ]);
  await db.write(
    `insert into campaign_lead (list_id, campaign_id, line, attributes, state, reason, due_at, source_id, queue, zone_id,
       changed_at)
     values ?`,
    [rows],
  );
  const standing = await leadsStanding(db, id, NOON);
  const [all] = await db.rows<{ leads: number }>("select count(*) as leads from campaign_lead where campaign_id = 1");
  expect(standing.reduce((sum, { leads }) => sum + leads, 0)).toBe(all!.leads);
  for (const queue of LEAD_QUEUES) {
    const [due] = await db.rows<{ leads: number }>(
      "select count(*) as leads from campaign_lead where campaign_id = 1 and state = 'ready' and queue = ? and due_at <= ?",
      [LEAD_QUEUES.indexOf(queue), dateOf(NOON)],
    );
    const counted = standing.filter((each) => each.state === "ready" && each.queue === queue && each.isDue);
    expect(counted.reduce((sum, { leads }) => sum + leads, 0)).toBe(due!.leads);
  }
  const { leads } = await lab.json<{ leads: Record<string, number> & { funnel: { leads: number }[] } }>(
    ...["why", "campaign", "spring"],
  );
  expect(leads["total"]).toBe(all!.leads);
  expect(leads.funnel.reduce((sum, part) => sum + part.leads, 0)).toBe(all!.leads);
  const { now: ready, later, unplaced, inHand, dialling, held, done } = leads as Record<string, number>;
  expect(ready! + later! + unplaced! + inHand! + dialling! + held! + done!).toBe(all!.leads);
  const text = await lab.must("why", "campaign", "spring");
  expect(text).toMatch(new RegExp(`\\n${all!.leads} +in all\\n$`));
});
