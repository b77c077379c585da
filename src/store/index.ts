/** What other rooms may use of the store. */
export type { Database, Queryable } from "./database.ts";
export { DATABASE_DEFAULTS, openDatabase, type DatabaseConfig } from "./pool.ts";
export { DatabaseError, type DatabaseTrouble } from "./errors.ts";
export { isHashedNumber, numberKeyOf, numberKeysOf } from "./number-key.ts";
export { CRM_ROLE, grantCrmRole, type CrmRoleReport } from "./crm-role.ts";
export { migrate, schemaState, type MigrateReport, type SchemaState } from "./migrate.ts";
export { readComplianceState } from "./compliance-state.ts";
export { SqlStore } from "./sql-store.ts";
export { DAEMON_BELIEF } from "./verbs/desired-state.ts";
export * from "./admin/accounts.ts";
export { atOneMoment, attemptsOf, type AttemptOfDay, type AttemptsWanted } from "./admin/accounts-attempts.ts";
export * from "./admin/agents.ts";
export * from "./admin/agent-commands.ts";
export * from "./admin/alarms.ts";
export * from "./admin/amd-review.ts";
export * from "./admin/assign.ts";
export {
  assignmentState,
  pendingAssignments,
  requestAssignment,
  type AssignmentState,
} from "./admin/assignment-state.ts";
export * from "./admin/attempts.ts";
export * from "./admin/callbacks.ts";
export * from "./admin/campaigns.ts";
export * from "./admin/cli-change.ts";
export * from "./admin/cli-numbers.ts";
export * from "./admin/erase.ts";
export * from "./admin/return-calls.ts";
export * from "./admin/flows.ts";
export * from "./admin/funnel.ts";
export * from "./admin/hash-key.ts";
export { commandsWaiting } from "./admin/commands-waiting.ts";
export * from "./admin/compliance-day.ts";
export * from "./admin/compliance-report.ts";
export * from "./admin/import-list.ts";
export * from "./admin/intake.ts";
export * from "./admin/manual-calls.ts";
export * from "./admin/recordings.ts";
export * from "./admin/transfer-commands.ts";
export { addIntakeLead, BY_HAND_LIST, changeIntakeLead, INTAKE_LIST, suppressNumbers } from "./admin/intake-leads.ts";
export { leadByKey } from "./admin/lead-change.ts";
export * from "./admin/import-types.ts";
export type { ImportProgress } from "./admin/import-unfinished.ts";
export * from "./admin/judged.ts";
export * from "./admin/kill-switch.ts";
export type { LeadCounts } from "./admin/lead-counts.ts";
export * from "./admin/lead-file.ts";
export * from "./admin/lists.ts";
export * from "./admin/messages.ts";
export * from "./admin/missed-callbacks.ts";
export * from "./admin/nodes.ts";
export * from "./admin/number-state.ts";
export * from "./admin/pacing-reports.ts";
export { readPastDay, type PastDay } from "./admin/past-day.ts";
export * from "./admin/outcomes-by.ts";
export * from "./admin/penetration.ts";
export * from "./admin/redial-attempts.ts";
export type { Period } from "./admin/period.ts";
export * from "./admin/recycle.ts";
export * from "./admin/register-import.ts";
export * from "./admin/registers.ts";
export * from "./admin/reports.ts";
export * from "./admin/retention.ts";
export * from "./admin/segment-leads.ts";
export {
  addSegment,
  campaignsAskingClock,
  changeSegment,
  findSegment,
  removeSegment,
  segments,
  type SegmentDraft,
  type SegmentRecord,
} from "./admin/segments.ts";
export * from "./admin/server.ts";
export * from "./admin/sources.ts";
export * from "./admin/suppression-import.ts";
export * from "./admin/suppressions.ts";
export { raiseAlarm } from "./verbs/alarms.ts";
export { readAccounts } from "./verbs/accounts.ts";
export { contactRates } from "./verbs/contact-rates.ts";
