/**
 * The role that CRMs read with: the views named `crm_…` and nothing else. What they want done, they write into four tables,
 * `crm_intake`, `crm_manual_call`, `crm_recording_command` and `crm_transfer_command`, whose verdicts they read and cannot write.
 *
 * A role belongs to the server and not to the database, so two installations on one server share its name, and each
 * adds its own views to it.
 */
import type { Database, Queryable } from "./database.ts";
import { DatabaseError } from "./errors.ts";

export const CRM_ROLE = "fairdial_crm";

export type CrmRoleReport =
  | { readonly granted: true; readonly role: string }
  /** Our user may not do it: an administrator runs these statements. */
  | { readonly granted: false; readonly role: string; readonly statements: readonly string[]; readonly reason: string };

/** What a CRM may fill in; everything else of the table is ours. */
const INTAKE_COLUMNS = [
  ...["action", "campaign", "external_key", "lead_id", "name", "numbers", "attributes", "time_zone", "region"],
  ...["priority", "due_at", "until_at", "agent", "fallback", "reason", "note"],
];

/** Of a call that it asks for. */
const MANUAL_COLUMNS = ["campaign", "agent", "number", "external_key", "lead_id", "name", "time_zone", "region"];

/** Of a recording. */
const RECORDING_COLUMNS = ["what", "attempt_id", "agent"];

/** Of somebody who is to be passed on. */
const TRANSFER_COLUMNS = ["what", "attempt_id", "agent", "to_agent", "to_campaign", "to_number"];

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** What lets the role read, and hand in rows; the same words on both servers. */
export const crmRoleStatements = (database: string, views: readonly string[]): string[] => [
  `create role if not exists ${CRM_ROLE}`,
  ...views.map((view) => `grant select on ${quoted(database)}.${quoted(view)} to ${CRM_ROLE}`),
  `grant select, insert (${INTAKE_COLUMNS.join(", ")}) on ${quoted(database)}.crm_intake to ${CRM_ROLE}`,
  `grant select, insert (${MANUAL_COLUMNS.join(", ")}) on ${quoted(database)}.crm_manual_call to ${CRM_ROLE}`,
  `grant select, insert (${RECORDING_COLUMNS.join(", ")}) on ${quoted(database)}.crm_recording_command to ${CRM_ROLE}`,
  `grant select, insert (${TRANSFER_COLUMNS.join(", ")}) on ${quoted(database)}.crm_transfer_command to ${CRM_ROLE}`,
];

const crmViews = async (db: Queryable): Promise<string[]> => {
  const rows = await db.rows<{ name: string }>(
    `select table_name as name from information_schema.views
     where table_schema = database() and table_name like 'crm\\_%' order by table_name`,
  );
  return rows.map(({ name }) => name);
};

/** Lets the role `fairdial_crm` read the views named `crm_…` and nothing else; `migrate` calls it too. */
export const grantCrmRole = async (db: Database): Promise<CrmRoleReport> => {
  const statements = crmRoleStatements(db.name, await crmViews(db));
  try {
    for (const statement of statements) await db.write(statement);
  } catch (error) {
    // Most databases hand a program its own schema and no more; that is no fault.
    if (!(error instanceof DatabaseError) || error.trouble !== "accessDenied") throw error;
    return { granted: false, role: CRM_ROLE, statements, reason: error.message };
  }
  return { granted: true, role: CRM_ROLE };
};
