// Lists of millions: how fast one is loaded, and how long a claim takes in it. `npm run -s bench:leads -- --json` prints
// its figures as the last line.

import { parseArgs } from "node:util";
import { startDatabase } from "../lab/database.ts";
import { claimFigures, type ClaimFigures } from "./leads-claims.ts";
import { importFigures, type ImportFigures } from "./leads-import.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rows: { type: "string", default: "1000000" },
    small: { type: "string", default: "20000" },
    large: { type: "string", default: "2000000" },
    claims: { type: "string", default: "250" },
    /** Of these only: `import` or `claims`. */
    only: { type: "string" },
  },
});

const whole = (name: "rows" | "small" | "large" | "claims"): number => {
  const count = Number(values[name]);
  if (!Number.isInteger(count) || count <= 0)
    throw new Error(`--${name} must be a whole number; it is "${values[name]}"`);
  return count;
};

const server = await startDatabase();
try {
  const imported: Partial<ImportFigures> = values.only === "claims" ? {} : await importFigures(server, whole("rows"));
  if (!values.json) console.log(imported);
  const sizes = { leadsSmall: whole("small"), leadsLarge: whole("large"), claims: whole("claims") };
  const claimed: Partial<ClaimFigures> = values.only === "import" ? {} : await claimFigures(server, sizes);
  if (!values.json) console.log(claimed);
  if (values.json) console.log(JSON.stringify({ ...imported, ...claimed }));
} finally {
  await server.stop();
}
