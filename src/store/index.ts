/** What other rooms may use of the store. */
export type { Database } from "./database.ts";
export { DATABASE_DEFAULTS, openDatabase, type DatabaseConfig } from "./pool.ts";
export { DatabaseError, type DatabaseTrouble } from "./errors.ts";
export { CRM_ROLE, grantCrmRole, type CrmRoleReport } from "./crm-role.ts";
export { migrate, schemaState, type MigrateReport, type SchemaState } from "./migrate.ts";
export { SqlStore } from "./sql-store.ts";
export * from "./admin/agents.ts";
export * from "./admin/agent-commands.ts";
export * from "./admin/attempts.ts";
export * from "./admin/campaigns.ts";
export * from "./admin/import-list.ts";
export type * from "./admin/import-chunk.ts";
export type { LeadCounts } from "./admin/lead-counts.ts";
export * from "./admin/lists.ts";
export type { Period } from "./admin/period.ts";
export * from "./admin/reports.ts";
export * from "./admin/server.ts";
export * from "./admin/suppressions.ts";
