/** `fairdial migrate`: makes the database's tables what this program expects. Safe to run twice, and twice at once. */
import { migrate } from "../../store/index.ts";
import { command } from "../command.ts";
import { plural } from "../print.ts";

export const migrateCommand = command({
  words: "migrate",
  summary: "Make or update the tables, the CRM's views and its role",
  async run(_args, session) {
    const report = await migrate(session.rawDatabase());
    const { applied, version, crmRole } = report;
    session.answer(report, () =>
      [
        applied.length === 0
          ? `The tables are up to date (version ${version}).`
          : `Applied ${plural(applied.length, "migration")}: ${applied.join(", ")}. The tables are at version ${version}.`,
        ...(crmRole.granted
          ? [`The role ${crmRole.role} may read the crm_ views and nothing else.`]
          : [
              `The role ${crmRole.role} could not be made: ${crmRole.reason.replace(/\.?$/, ".")} An administrator of the database can run:`,
              ...crmRole.statements.map((statement) => `  ${statement.replace(/;?$/, ";")}`),
            ]),
      ].join("\n"),
    );
    return undefined;
  },
});
