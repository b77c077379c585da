/** The contract suite's fixture on a real database: seeds as a manager would, reads back past the store. */
import {
  agentId as asAgentId,
  campaignId as asCampaignId,
  isAttemptId,
  leadId as asLeadId,
  nodeId,
} from "../../src/domain/ids.ts";
import { LEAD_QUEUES } from "../../src/domain/lead.ts";
import { phoneNumber } from "../../src/domain/phone-number.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { Press, PreviewEnded } from "../../src/domain/preview.ts";
import type { AccountEntry } from "../../src/domain/account.ts";
import type { AttemptState } from "../../src/domain/attempt.ts";
import type { AgentStateName } from "../../src/agent/agent.ts";
import {
  addFlow,
  addAgent,
  addCampaign,
  agentCommandResult,
  assignAgents,
  beginImport,
  pacingSaid,
  requestAgentCommand,
  SqlStore,
  type Database,
} from "../../src/store/index.ts";
import { factColumns, factsOf, type FactColumns } from "../../src/store/attempt-columns.ts";
import { numberKeyOf } from "../../src/store/number-key.ts";
import { dateOf, instantOf, instantOrNull } from "../../src/store/rows.ts";
import { anyCampaign, T0, type StoreFixture } from "../contract/store/fixture.ts";

const WHO = { by: "contract", at: T0 };
let serial = 0;
const next = (): number => (serial += 1);

export const sqlFixture = (db: Database, close: () => Promise<void>): StoreFixture => ({
  store: new SqlStore(db),
  propertyRuns: 25,
  close,

  seedCampaign: (change) => addCampaign(db, anyCampaign(change), WHO),

  seedList: async (campaign, leads) => {
    const list = await beginImport(db, {
      campaignId: asCampaignId(campaign),
      name: `list ${next()}`,
      fileName: null,
      fileHash: null,
      importedBy: "contract",
      importedAt: T0,
      defaultTimeZone: null,
    });
    const rows = leads.map(({ numbers, priority, region, consent, attributes }, index) => ({
      line: index + 2,
      externalKey: null,
      name: null,
      priority: priority ?? 0,
      attributes: attributes ?? {},
      region: region ?? null,
      consent: consent ?? null,
      numbers: numbers.map(({ number, timeZone }) => ({ number, type: "mobile", timeZone: timeZone ?? null })),
    }));
    const imported = await list.add(rows);
    await list.commit({ rowsRead: rows.length, rowsRejected: 0 });
    const ids = imported.map(({ leadId }) => leadId ?? asLeadId(0));
    for (const [index, { dueAt }] of leads.entries()) {
      if (dueAt === undefined) continue;
      await db.write("update campaign_lead set due_at = ? where lead_id = ?", [dateOf(dueAt), ids[index] ?? 0]);
    }
    return ids;
  },

  changeSource: async (lead, { weight, isReady }) => {
    await db.write(
      `update campaign_source s join campaign_lead l on l.source_id = s.source_id
       set s.weight = coalesce(?, s.weight), s.state = coalesce(?, s.state) where l.lead_id = ?`,
      [weight ?? null, isReady === undefined ? null : isReady ? "ready" : "loading", lead],
    );
  },

  waitIn: async (queue, leads) => {
    await db.write("update campaign_lead set queue = ?, turn = 0 where lead_id in (?)", [
      LEAD_QUEUES.indexOf(queue),
      leads,
    ]);
  },

  promise: async (lead, { agentId, dueAt, untilAt, fallback }) => {
    const { insertId } = await db.write(
      `insert into callback (campaign_id, lead_id, agent_id, due_at, until_at, fallback, state, asked_by, asked_at)
       select campaign_id, lead_id, ?, ?, ?, ?, 'waiting', 'contract', ? from campaign_lead where lead_id = ?`,
      [agentId, dateOf(dueAt), dateOf(untilAt), fallback, dateOf(T0), lead],
    );
    await db.write("update campaign_lead set queue = 3, turn = 0, due_at = ? where lead_id = ?", [dateOf(dueAt), lead]);
    return insertId;
  },

  promiseState: async (callbackId) => {
    const [row] = await db.rows<{ state: "waiting" }>("select state from callback where callback_id = ?", [callbackId]);
    if (row === undefined) throw new Error("no such callback");
    return row.state;
  },

  seedAgent: async ({ endpoint, pin, campaignIds }) => {
    const name = `agent ${process.pid}-${next()}`;
    const agent = await addAgent(db, { name, endpoint: endpoint ?? `PJSIP/${name}`, pin: pin ?? null }, T0);
    for (const campaign of campaignIds) await assignAgents(db, campaign, [agent], T0);
    return agent;
  },

  suppress: async (number, principal = "") => {
    await db.write(
      "insert into suppression (e164, principal, reason, source, added_at) values (?, ?, 'dnc', 'contract', ?)",
      [numberKeyOf(number, db.numberHashKey), principal, dateOf(T0)],
    );
  },

  loadRegister: async ({ name, fileDate, loadedAt, sha256 }, numbers) => {
    const { insertId } = await db.write(
      `insert into register_file (name, file_name, sha256, file_date, loaded_at, loaded_by, numbers, state)
       values (?, 'contract', ?, ?, ?, 'contract', ?, 'ready')`,
      [name, sha256, dateOf(fileDate), dateOf(loadedAt), numbers.length],
    );
    if (numbers.length > 0) {
      await db.write("insert into register_number (file_id, number_key) values ?", [
        numbers.map((number) => [insertId, numberKeyOf(number, db.numberHashKey)]),
      ]);
    }
    await db.write("insert into register (name, file_id) values (?, ?) on duplicate key update file_id = ?", [
      ...[name, insertId, insertId],
    ]);
  },

  setKillSwitch: async (on) => {
    if (!on) await db.write("delete from kill_switch");
    else await db.write("insert into kill_switch values (1, ?, 'anna', 'a fire')", [dateOf(T0)]);
  },

  recount: async ({ campaignId, centre, fromDay, toDay }) => {
    const rows = await db.rows<{ entry: AccountEntry; calls: number }>(
      `select if(account_entry in ('connected', 'connectedLate')
           and coalesce(disposition_kind, '') in ('machine-reported', 'machine-callback'),
         'machineToAgent', account_entry) as entry, count(*) as calls
       from attempt
       where account_day between ? and ? and (? is null or campaign_id = ?) and (? is null or centre = ?)
       group by 1`,
      [fromDay, toDay, campaignId, campaignId, centre, centre],
    );
    return Object.fromEntries(rows.map(({ entry, calls }) => [entry, calls]));
  },

  alarms: async (campaign) => {
    const rows = await db.rows<{ code: string; attempt_id: string | null; says: string; times: number }>(
      "select code, attempt_id, says, times from alarm where campaign_key = ? order by alarm_id",
      [campaign ?? 0],
    );
    return rows.map(({ code, attempt_id, says, times }) => ({
      code,
      attemptId: attempt_id !== null && isAttemptId(attempt_id) ? attempt_id : null,
      says,
      times,
    }));
  },

  pacingSaid: async (campaign, node) => {
    const said = (await pacingSaid(db, campaign)).find(({ nodeId }) => nodeId === node);
    return said === undefined ? null : { at: said.at, because: said.because, says: said.says, facts: said.facts };
  },

  requestAgentCommand: (agent, command) => requestAgentCommand(db, agent, command, WHO),
  previewEnd: async (attempt) => {
    const [row] = await db.rows<{ ended_as: PreviewEnded["end"] | null; press: Press | null; because: string | null }>(
      "select ended_as, press, because from preview where attempt_id = ?",
      [attempt],
    );
    if (row === undefined) return undefined;
    const { ended_as: end, press, because } = row;
    return end === null ? null : { end, press, because };
  },
  deskWork: async (attempt) => {
    const rows = await db.rows<{
      agent_id: number;
      kind: "hold";
      begun_at: Date;
      asked_by: "key";
      ended_at: Date | null;
      ended_as: string | null;
    }>(
      "select agent_id, kind, begun_at, asked_by, ended_at, ended_as from desk_work where attempt_id = ? order by begun_at",
      [attempt],
    );
    return rows.map((row) => ({
      ...{ attemptId: attempt, agentId: asAgentId(row.agent_id), kind: row.kind, at: instantOf(row.begun_at) },
      ...{ by: row.asked_by, endedAt: instantOrNull(row.ended_at), endedAs: row.ended_as },
    }));
  },
  transfers: async (attempt) => {
    const rows = await db.rows<{
      agent_id: number;
      kind: "blind";
      begun_at: Date;
      asked_by: "key";
      to_agent_id: number | null;
      to_number: string | null;
      met_at: Date | null;
      together_at: Date | null;
      ended_at: Date | null;
      ended_as: string | null;
    }>("select * from transfer where attempt_id = ? order by begun_at", [attempt]);
    return rows.map((row) => ({
      ...{ attemptId: attempt, agentId: asAgentId(row.agent_id), kind: row.kind, at: instantOf(row.begun_at) },
      ...{ by: row.asked_by, toAgentId: row.to_agent_id === null ? null : asAgentId(row.to_agent_id) },
      toNumber: row.to_number === null ? null : phoneNumber(row.to_number),
      ...{ metAt: instantOrNull(row.met_at), togetherAt: instantOrNull(row.together_at) },
      ...{ endedAt: instantOrNull(row.ended_at), endedAs: row.ended_as },
    }));
  },
  supervisions: async (attempt) => {
    const rows = await db.rows<{
      supervisor_id: number;
      agent_id: number;
      mode: "listen";
      begun_at: Date;
      ended_at: Date | null;
      ended_as: string | null;
    }>("select * from supervision where attempt_id = ? order by begun_at", [attempt]);
    return rows.map((row) => ({
      ...{ attemptId: attempt, agentId: asAgentId(row.agent_id), supervisorId: asAgentId(row.supervisor_id) },
      ...{ mode: row.mode, at: instantOf(row.begun_at) },
      ...{ endedAt: instantOrNull(row.ended_at), endedAs: row.ended_as },
    }));
  },
  seedFlow: async (flow) => {
    const name = `flow-${String(next())}`;
    const version = "0123456789abcdef";
    const { flowId } = await addFlow(db, { name, version, flow, source: "of a test" }, WHO);
    return { flowId, name, version };
  },
  flowResults: async (attempt) => {
    const rows = await db.rows<{ result: string; value: string }>(
      "select result, value from crm_flow_result where attempt_id = ?",
      [attempt],
    );
    return Object.fromEntries(rows.map(({ result, value }) => [result, value]));
  },
  commandResult: async (commandId) => (await agentCommandResult(db, commandId))?.result ?? null,

  leadState: async (lead) => {
    const [row] = await db.rows<{ state: "ready"; due_at: Date; reason: string | null }>(
      "select state, due_at, reason from campaign_lead where lead_id = ?",
      [lead],
    );
    if (row === undefined) throw new Error("no such lead");
    return { state: row.state, dueAt: instantOf(row.due_at), because: row.reason };
  },

  attemptRow: async (attempt) => {
    const [row] = await db.rows<
      FactColumns & {
        node_id: string;
        lead_id: number;
        e164: string;
        state: AttemptState;
        outcome: Outcome | null;
        disposition: string | null;
        account_entry: AccountEntry | null;
        day: string | null;
      }
    >(
      `select node_id, lead_id, e164, state, outcome, disposition, account_entry, cast(account_day as char) as day,
         ${factColumns("")}
       from attempt where attempt_id = ?`,
      [attempt],
    );
    return row === undefined
      ? null
      : {
          nodeId: nodeId(row.node_id),
          leadId: asLeadId(row.lead_id),
          number: phoneNumber(row.e164),
          state: row.state,
          facts: factsOf(row),
          outcome: row.outcome,
          disposition: row.disposition,
          account: row.account_entry === null || row.day === null ? null : { entry: row.account_entry, day: row.day },
        };
  },

  permanentOutcome: async (number) => {
    const [row] = await db.rows<{ permanent_outcome: string }>(
      "select permanent_outcome from number_status where e164 = ?",
      [number],
    );
    return row?.permanent_outcome ?? null;
  },

  agentState: async (agent) => {
    const [row] = await db.rows<{
      state: AgentStateName;
      since: Date;
      attempt_id: string | null;
      pause_reason: string | null;
    }>("select state, since, attempt_id, pause_reason from agent_live where agent_id = ?", [agent]);
    if (row === undefined) throw new Error("the agent was never heard of");
    const attemptId = row.attempt_id !== null && isAttemptId(row.attempt_id) ? row.attempt_id : null;
    return { state: row.state, since: instantOf(row.since), attemptId, pauseReason: row.pause_reason };
  },
});
