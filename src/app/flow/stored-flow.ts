/** A flow that is kept, by its name or name@version; or what was probably meant. */
import { findFlow, flowVersions, type Database, type FlowRecord } from "../../store/index.ts";
import { CliError, usageError } from "../cli-error.ts";
import { didYouMean } from "../nearest.ts";

/** The newest version where none is named. Throws a CliError, `unknown-flow` where there is none of that name. */
export const storedFlow = async (database: Database, wanted: string): Promise<FlowRecord> => {
  const [name = "", version = null, ...rest] = wanted.split("@");
  if (rest.length > 0 || name === "") throw usageError(`"${wanted}" is neither a name nor name@version.`);
  const found = await findFlow(database, name, version);
  if (found !== null) return found;
  const known = (await flowVersions(database)).map((each) =>
    version === null ? each.name : `${each.name}@${each.version}`,
  );
  const guess = didYouMean(wanted, [...new Set(known)]);
  throw new CliError(
    "unknown-flow",
    `There is no flow "${wanted}".${guess === "" ? " `fairdial flow list` names them." : guess}`,
  );
};
