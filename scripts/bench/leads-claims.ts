// How long a claim of a hundred leads takes, in a small and a large campaign by turns, so that whoever else uses the
// machine is in the way of both. Nine leads in ten were worked; of those one in nine is due again, two in nine later.
//
// The data are made on the server, and each claim is followed by what a daemon does next: twenty attempts written and
// ended, eighty leads given back. All come due again at once, so that both campaigns stay as they are.

import { loadavg } from "node:os";
import { after, instant } from "../../src/domain/instant.ts";
import { campaignId, isAttemptId, nodeId, type AttemptId, type CampaignId } from "../../src/domain/ids.ts";
import type { AttemptOrder } from "../../src/domain/attempt.ts";
import { NOTHING_KNOWN } from "../../src/domain/attempt.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import type { LeadToDial } from "../../src/engine/ports.ts";
import { DATABASE_DEFAULTS, migrate, openDatabase, SqlStore, type Database } from "../../src/store/index.ts";
import type { LabDatabase } from "../lab/database.ts";

export interface ClaimFigures {
  readonly leadsSmall: number;
  readonly claimMsP50Small: number;
  readonly claimMsP99Small: number;
  readonly leadsLarge: number;
  readonly claimMsP50Large: number;
  readonly claimMsP99Large: number;
  readonly claims: number;
  /** Of the machine, one minute's, when it was over. */
  readonly claimLoad: number;
}

const CLAIMED = 100;
const DIALLED = 20;
const ZONES = ["Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles"];
const NODE = nodeId("bench");
const AT = instant(Date.UTC(2026, 10, 23, 18));
const BUFFER_POOL_BYTES = 1_073_741_824;

interface Site {
  readonly db: Database;
  readonly store: SqlStore;
  readonly campaign: CampaignId;
  readonly tookMs: number[];
}

const seed = async (server: LabDatabase, name: string, leads: number): Promise<Site> => {
  const { host, port, user, password, database } = await server.createDatabase(name);
  const db = openDatabase({ ...DATABASE_DEFAULTS, host, port, user, password, database });
  await migrate(db);
  const long = await db.hold({ queryTimeoutMs: null });
  const now = new Date(AT);
  const { insertId: campaign } = await long.write(
    `insert into campaign (name, mode, desired_state, trunk, cli_number, ring_timeout_ms, connect_timeout_ms,
       connect_safety_margin_ms, information_message, wrap_up_ms, talk_max_ms, calling_hours, redial, dispositions,
       added_at, changed_at, changed_by)
     values ('bench', 'progressive', 'stopped', 't', '+442079460000', 1, 1, 1, 'm', 1, 1, '[]', '{}', '[]', ?, ?, 'bench')`,
    [now, now],
  );
  await long.write("insert into time_zone (name) values ?", [ZONES.map((zone) => [zone])]);
  for (const [index, share] of [0.5, 0.3, 0.2].entries()) {
    const { insertId: list } = await long.write(
      `insert into list (campaign_id, name, imported_by, imported_at, state, leads_loaded)
       values (?, ?, 'bench', ?, 'ready', ?)`,
      [campaign, `list ${index}`, now, leads * share],
    );
    await long.write(
      `insert into campaign_source (source_id, campaign_id, position, list_id, weight, state, added_at, changed_at, changed_by)
       values (?, ?, ?, ?, ?, 'ready', ?, ?, 'bench')`,
      [list, campaign, list, list, 3 - index, now, now],
    );
    // In tenths: 0 fresh, 1 due again, 2 and 3 later, the others done. Scattered, as work goes through a list.
    await long.write(
      `insert into campaign_lead (list_id, campaign_id, line, external_key, name, attributes, priority, state, reason,
         due_at, attempts_counted, changed_at, queue, source_id, zone_id, turn)
       select ?, ?, seq, concat('K', ?, '-', seq), concat('Person ', seq), '{"plan": "gold", "town": "Leeds"}', 0,
         if(part > 3, 'done', 'ready'), if(part = 0, null, if(part > 3, 'done', 'no-answer')),
         if(part in (2, 3), ? + interval seq % 700000 + 60 second, ? - interval 1 + seq % 3600 second), if(part = 0, 0, 1), ?,
         if(part = 0, 0, 2), ?, 1 + (seq * 7919) % 4, if(part = 0, crc32(seq), 0)
       from (select seq, crc32(seq * 31) % 10 as part from seq_1_to_${Math.round(leads * share)}) x`,
      [list, campaign, list, now, now, now, list],
    );
  }
  await long.write(
    `insert into lead_number (lead_id, campaign_id, position, e164, number_type, time_zone, kind, attempts_counted)
     select l.lead_id, l.campaign_id, p.seq, concat('+4477', 100000000 + l.lead_id * 2 + p.seq), 'mobile', z.name,
       if(p.seq = 1, 'mobile', 'home'), if(p.seq = 1, l.attempts_counted, 0)
     from campaign_lead l join time_zone z on z.zone_id = l.zone_id join seq_1_to_2 p on p.seq = 1 or l.lead_id % 5 = 0`,
  );
  const store = new SqlStore(db);
  await store.holdNode(NODE, "bench", AT, 86_400_000);
  // Those that are due again were tried once, and so says the table of attempts.
  await long.write(
    `insert into attempt (attempt_id, node_id, campaign_id, lead_id, number_id, e164, cli_number, trunk, decided_at,
       decided_hour, evidence, state, principal, centre, overdial, outcome, counts_as_attempt, live_voice, permanent,
       charges_carrier_health, retry_class)
     select concat('00000000-0000-7000-8000-', lpad(hex(l.lead_id), 12, '0')), ?, l.campaign_id, l.lead_id, n.number_id, n.e164,
       '+442079460000', 't', ? - interval 1 day, ? - interval 1 day, '{}', 'ended', '', 'main', 0, 'no-answer', 1, 0, 0,
       0, 'no-answer'
     from campaign_lead l join lead_number n on n.lead_id = l.lead_id and n.position = 1
     where l.queue = 2 and l.state = 'ready' and l.due_at <= ?`,
    [NODE, now, now, now],
  );
  await long.write("analyze table campaign_lead, lead_number, attempt").catch(() => undefined);
  long.release();
  return { db, store, campaign: campaignId(campaign), tookMs: [] };
};

let attempts = 0;
const nextAttempt = (): AttemptId => {
  const id = `00000000-0000-7000-9000-${(attempts += 1).toString(16).padStart(12, "0")}`;
  if (!isAttemptId(id)) throw new Error(`not an attempt id: ${id}`);
  return id;
};

const orderFor = (lead: LeadToDial): AttemptOrder => ({
  attemptId: nextAttempt(),
  campaignId: lead.campaignId,
  leadId: lead.leadId,
  numberId: lead.numberId,
  number: lead.number,
  cliNumber: phoneNumber("+442079460000"),
  trunk: "t",
  principal: "",
  centre: "main",
  agentId: null,
  sourceId: lead.sourceId,
  callbackId: null,
  overdial: false,
  profile: "UK",
  profileVersion: "0123456789abcdef",
  clock: { start: "answer", limitMs: 2_000, safetyMarginMs: 200, noSpeechGraceMs: 2_000, greetingMaxMs: 10_000 },
  decidedAt: AT,
  evidence: { rule: "UK-HRS-1" },
});

const claimOnce = async ({ store, campaign, tookMs }: Site): Promise<void> => {
  const began = performance.now();
  const leads = await store.claimLeads({
    ...{ campaignId: campaign, nodeId: NODE, limit: CLAIMED, callbacksMax: CLAIMED, at: AT, leaseMs: 600_000 },
    ...{ newSharePercent: 50, isOpen: (zone: string | null) => zone !== ZONES[3] },
  });
  tookMs.push(performance.now() - began);
  if (leads.length !== CLAIMED) throw new Error(`${String(leads.length)} leads were claimed`);
  const dialled = leads.slice(0, DIALLED);
  const orders = dialled.map(orderFor);
  await store.insertAttempts(NODE, orders, { mayDial: () => true, overdial: null });
  // Behind all others that are due, so that it is not always the same leads.
  const again = {
    type: "retry",
    at: after(AT, Math.min(0, tookMs.length - 1_000)),
    because: "no-answer",
    queue: "redial",
  } as const;
  await inTens(orders, async (order, index) => {
    const numberId = dialled[index]?.numberId ?? order.numberId;
    await store.endAttempt({
      ...{ attemptId: order.attemptId, leadId: order.leadId, numberId, outcome: "no-answer", facts: NOTHING_KNOWN },
      ...{ verdict: { ...again, numberId }, account: null, guaranteedOnlyUntil: null },
      contact: { kind: "mobile", weekday: 1, hour: 18, isLive: false },
    });
  });
  await inTens(leads.slice(DIALLED), async ({ leadId, numberId, isFresh }) => {
    const queue = isFresh ? "putOff" : "redial";
    await store.releaseLead(NODE, leadId, { ...again, queue, numberId }, AT);
  });
};

const inTens = async <Item>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> => {
  for (let from = 0; from < items.length; from += 10) {
    await Promise.all(items.slice(from, from + 10).map((item, index) => work(item, from + index)));
  }
};

/** The first few find nothing in memory, on either side. */
const WARM_UP = 10;

export const claimFigures = async (
  server: LabDatabase,
  {
    leadsSmall,
    leadsLarge,
    claims,
  }: { readonly leadsSmall: number; readonly leadsLarge: number; readonly claims: number },
): Promise<ClaimFigures> => {
  const root = await server.connect();
  // As whoever has two million leads would; the lab's own is for small tests.
  await root.query(`set global innodb_buffer_pool_size = ${String(BUFFER_POOL_BYTES)}`);
  await root.end();
  const small = await seed(server, "bench_small", leadsSmall);
  const large = await seed(server, "bench_large", leadsLarge);
  try {
    for (let round = 0; round < claims + WARM_UP; round += 1) {
      if (round === WARM_UP) for (const { tookMs } of [small, large]) tookMs.length = 0;
      for (const site of round % 2 === 0 ? [small, large] : [large, small]) await claimOnce(site);
    }
    return {
      leadsSmall,
      claimMsP50Small: percentile(small.tookMs, 0.5),
      claimMsP99Small: percentile(small.tookMs, 0.99),
      leadsLarge,
      claimMsP50Large: percentile(large.tookMs, 0.5),
      claimMsP99Large: percentile(large.tookMs, 0.99),
      claims,
      claimLoad: Number((loadavg()[0] ?? 0).toFixed(1)),
    };
  } finally {
    await small.db.close();
    await large.db.close();
  }
};

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1));
};
