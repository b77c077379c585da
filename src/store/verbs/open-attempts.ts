/** What this node had under way: where reconcile begins after a restart. */
import type { AttemptState } from "../../domain/attempt.ts";
import { agentId, campaignId, isAttemptId, leadId, numberId, type NodeId } from "../../domain/ids.ts";
import { phoneNumber } from "../../domain/phone-number.ts";
import { StoreError, type OpenAttempt } from "../../engine/ports.ts";
import { factColumns, factsOf, type FactColumns } from "../attempt-columns.ts";
import type { Queryable } from "../database.ts";
import {
  LEAD_COLUMNS,
  leadToDialOf,
  NUMBER_COLUMNS,
  NUMBER_JOINS,
  type LeadColumns,
  type NumberColumns,
} from "../lead-to-dial.ts";
import { instantOf, parsed } from "../rows.ts";

/** All but `ended`, named, so that the index on node and state is of use. */
const OPEN = ["placing", "dialling", "ringing", "answered", "connecting", "connected", "informing", "ending"];

type OpenRow = FactColumns &
  LeadColumns &
  NumberColumns & {
    readonly attempt_id: string;
    readonly state: AttemptState;
    readonly dialled: string;
    readonly cli_number: string;
    readonly trunk: string;
    readonly reserved_agent_id: number | null;
    readonly decided_at: Date;
    readonly evidence: string;
  };

export const openAttempts = async (db: Queryable, node: NodeId): Promise<OpenAttempt[]> => {
  const rows = await db.rows<OpenRow>(
    `select a.attempt_id, a.state, a.e164 as dialled, a.cli_number, a.trunk, a.reserved_agent_id, a.decided_at,
       a.evidence, ${factColumns("a.")}, ${LEAD_COLUMNS}, ${NUMBER_COLUMNS}
     from attempt a
     join campaign_lead l on l.lead_id = a.lead_id
     join lead_number n on n.number_id = a.number_id
     ${NUMBER_JOINS}
     where a.node_id = ? and a.state in (?)
     order by a.decided_at, a.attempt_id`,
    [node, OPEN],
  );
  return rows.map(openAttemptOf);
};

const openAttemptOf = (row: OpenRow): OpenAttempt => {
  if (!isAttemptId(row.attempt_id)) throw new StoreError("broken", "an attempt's row has no attempt's name");
  return {
    order: {
      attemptId: row.attempt_id,
      campaignId: campaignId(row.campaign_id),
      leadId: leadId(row.lead_id),
      numberId: numberId(row.number_id),
      number: phoneNumber(row.dialled),
      cliNumber: phoneNumber(row.cli_number),
      trunk: row.trunk,
      agentId: row.reserved_agent_id === null ? null : agentId(row.reserved_agent_id),
      decidedAt: instantOf(row.decided_at),
      evidence: parsed(row.evidence) as Readonly<Record<string, unknown>>,
    },
    state: row.state,
    facts: factsOf(row),
    lead: leadToDialOf(row, row),
  };
};
