/** What this node had under way: where reconcile begins after a restart. */
import type { AttemptState } from "../../domain/attempt.ts";
import type { ConnectClock } from "../../domain/connect-clock.ts";
import { agentId, campaignId, isAttemptId, leadId, numberId, type NodeId } from "../../domain/ids.ts";
import { earliest, type Instant } from "../../domain/instant.ts";
import type { NumberFacts } from "../../domain/number-facts.ts";
import { isPhoneNumber, phoneNumber, type PhoneNumber } from "../../domain/phone-number.ts";
import { StoreError, type LeadToDial, type OpenAttempt } from "../../engine/ports.ts";
import { factColumns, factsOf, type FactColumns } from "../attempt-columns.ts";
import type { Queryable } from "../database.ts";
import { LEAD_COLUMNS, leadsToDial, type LeadColumns } from "../lead-to-dial.ts";
import type { NumberHashKey } from "../number-key.ts";
import { instantOf, parsed } from "../rows.ts";
import { OPEN_STATES } from "./accounts.ts";

type OpenRow = FactColumns &
  LeadColumns & {
    readonly number_id: number;
    readonly attempt_source_id: number | null;
    readonly callback_id: number | null;
    readonly attempt_id: string;
    readonly state: AttemptState;
    readonly dialled: string;
    readonly cli_number: string;
    readonly trunk: string;
    readonly reserved_agent_id: number | null;
    readonly decided_at: Date;
    readonly evidence: string;
    readonly principal: string;
    readonly centre: string;
    readonly overdial: number;
    readonly profile: string | null;
    readonly profile_version: string | null;
    readonly clock: string | null;
  };

/** For rows of a program that had no clocks yet: the strictest that any profile has. */
const CLOCK_BEFORE: ConnectClock = {
  start: "answer",
  limitMs: 2_000,
  safetyMarginMs: 200,
  noSpeechGraceMs: 2_000,
  greetingMaxMs: 10_000,
};

export const openAttempts = async (db: Queryable, node: NodeId, hashKey: NumberHashKey): Promise<OpenAttempt[]> => {
  const rows = await db.rows<OpenRow>(
    `select a.attempt_id, a.state, a.number_id, a.source_id as attempt_source_id, a.callback_id, a.e164 as dialled, a.cli_number, a.trunk, a.reserved_agent_id, a.decided_at,
       a.evidence, a.principal, a.centre, a.overdial, a.profile, a.profile_version, a.clock,
       ${factColumns("a.")}, ${LEAD_COLUMNS}
     from attempt a
     join campaign_lead l on l.lead_id = a.lead_id
     where a.node_id = ? and a.state in (?)
     order by a.decided_at, a.attempt_id`,
    [node, OPEN_STATES],
  );
  const leads = new Map<number, LeadToDial>();
  for (const principal of new Set(rows.map((row) => row.principal))) {
    const some = rows.filter((row) => row.principal === principal);
    const at = some.map(({ decided_at }) => instantOf(decided_at)).reduce(earliest);
    const dialled = new Map(some.map(({ lead_id, number_id }) => [lead_id, number_id]));
    for (const lead of await leadsToDial(db, some, { principal, at, hashKey }, dialled)) leads.set(lead.leadId, lead);
  }
  return rows.map((row) => openAttemptOf(row, numberDialled(row), leads.get(row.lead_id)));
};

/** As it was when the lead was claimed: without this very attempt. */
const before = (facts: NumberFacts, decidedAt: Instant): NumberFacts => ({
  ...facts,
  attemptsAt: facts.attemptsAt.filter((at) => at < decidedAt),
  onTheLineAt: null,
});

const leadBefore = (lead: LeadToDial, decidedAt: Instant): LeadToDial => ({
  ...lead,
  facts: before(lead.facts, decidedAt),
  numbers: lead.numbers.map((number) => ({ ...number, facts: before(number.facts, decidedAt) })),
});

/** Only ended attempts are erased. */
const numberDialled = ({ dialled }: OpenRow): PhoneNumber => {
  if (!isPhoneNumber(dialled)) throw new StoreError("broken", "an attempt that is not over has lost its number");
  return dialled;
};

const openAttemptOf = (row: OpenRow, number: PhoneNumber, lead: LeadToDial | undefined): OpenAttempt => {
  if (lead === undefined) throw new StoreError("broken", "an attempt that is not over has lost its number");
  if (!isAttemptId(row.attempt_id)) throw new StoreError("broken", "an attempt's row has no attempt's name");
  return {
    order: {
      attemptId: row.attempt_id,
      campaignId: campaignId(row.campaign_id),
      leadId: leadId(row.lead_id),
      numberId: numberId(row.number_id),
      number,
      cliNumber: phoneNumber(row.cli_number),
      trunk: row.trunk,
      principal: row.principal,
      centre: row.centre,
      agentId: row.reserved_agent_id === null ? null : agentId(row.reserved_agent_id),
      overdial: row.overdial === 1,
      profile: row.profile ?? "",
      profileVersion: row.profile_version ?? "",
      sourceId: row.attempt_source_id,
      callbackId: row.callback_id,
      clock: row.clock === null ? CLOCK_BEFORE : (parsed(row.clock) as ConnectClock),
      decidedAt: instantOf(row.decided_at),
      evidence: parsed(row.evidence) as Readonly<Record<string, unknown>>,
    },
    state: row.state,
    facts: factsOf(row),
    lead: leadBefore(lead, instantOf(row.decided_at)),
  };
};
