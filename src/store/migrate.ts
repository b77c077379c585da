/** Brings the schema up to this program's, forward only. */
import type { Database } from "./database.ts";

export interface MigrateReport {
  /** File names of what was done now, in order; empty when there was nothing to do. */
  readonly applied: readonly string[];
  /** Number of the newest migration in the database afterwards. */
  readonly version: number;
  readonly crmRole: CrmRoleReport;
}

export type CrmRoleReport =
  | { readonly granted: true; readonly role: string }
  /** Our user may not do it: an administrator runs these statements. */
  | { readonly granted: false; readonly role: string; readonly statements: readonly string[]; readonly reason: string };

/** `behind` and `empty`: run `fairdial migrate`. `ahead`: this program is older. `changed`: a file is not what was run. */
export interface SchemaState {
  readonly state: "empty" | "behind" | "current" | "ahead" | "changed";
  readonly version: number;
  readonly expected: number;
  /** File names not applied yet. */
  readonly pending: readonly string[];
  /** File names whose text differs from what was applied. */
  readonly changed: readonly string[];
}

/** Rejects with StoreError `broken` when the schema is `ahead` or `changed`; two processes take turns. */
export const migrate = async (_database: Database): Promise<MigrateReport> => {
  throw new Error("not built");
};

export const schemaState = async (_database: Database): Promise<SchemaState> => {
  throw new Error("not built");
};

/** Lets the role `fairdial_crm` read the views named `crm_…` and nothing else; called by {@link migrate} too. */
export const grantCrmRole = async (_database: Database): Promise<CrmRoleReport> => {
  throw new Error("not built");
};
