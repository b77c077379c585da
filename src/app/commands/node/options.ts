/** Finds the node that somebody named. */
import { nodesNow, type Database, type NodeNow } from "../../../store/index.ts";
import { CliError } from "../../cli-error.ts";
import { didYouMean } from "../../nearest.ts";

export const NODE = {
  type: "string",
  demandOption: true,
  describe: "The node, as its configuration names it",
} as const;

export const nodeNamed = async (database: Database, name: string): Promise<NodeNow> => {
  const nodes = await nodesNow(database);
  const found = nodes.find(({ nodeId }) => nodeId === name);
  if (found !== undefined) return found;
  const guess = didYouMean(
    name,
    nodes.map(({ nodeId }) => nodeId),
  );
  throw new CliError("unknown-node", `There is no node "${name}": no daemon of that name ever ran here.${guess}`);
};
