/** Finds what somebody named, or says what they probably meant. */
import type { Campaign } from "../domain/campaign.ts";
import {
  agentNames,
  agentsNow,
  campaignNames,
  findAgent,
  findCampaign,
  listNames,
  type AgentRecord,
  type Database,
} from "../store/index.ts";
import { CliError } from "./cli-error.ts";
import type { Config } from "./config.ts";
import { didYouMean } from "./nearest.ts";

const KNOWN_SHOWN_MAX = 10;

/** `Did you mean…?`, else the few that exist. */
const hint = (name: string, known: readonly string[], none: string): string => {
  const guess = didYouMean(name, known);
  if (guess !== "") return guess;
  if (known.length === 0) return ` ${none}`;
  return known.length > KNOWN_SHOWN_MAX ? "" : ` Known: ${known.join(", ")}.`;
};

export const campaignNamed = async (database: Database, name: string): Promise<Campaign> => {
  const found = await findCampaign(database, name);
  if (found !== null) return found;
  const known = await campaignNames(database);
  throw new CliError(
    "unknown-campaign",
    `There is no campaign "${name}".${hint(name, known, "There is none at all yet: `fairdial campaign add`.")}`,
  );
};

export const agentNamed = async (database: Database, name: string): Promise<AgentRecord> => {
  const found = await findAgent(database, name);
  if (found !== null) return found;
  const known = await agentNames(database);
  throw new CliError(
    "unknown-agent",
    `There is no agent "${name}".${hint(name, known, "There is none at all yet: `fairdial agent add`.")}`,
  );
};

/** By the phone, as Asterisk names it or without the technology; null where nobody has it. */
export const agentWithEndpoint = async (database: Database, endpoint: string): Promise<AgentRecord | null> =>
  (await agentsNow(database)).find((each) => each.endpoint === endpoint || each.endpoint === `PJSIP/${endpoint}`) ??
  null;

/** All of them, or the first that is unknown is named. */
export const agentsNamed = async (database: Database, names: readonly string[]): Promise<readonly AgentRecord[]> => {
  const agents: AgentRecord[] = [];
  for (const name of names) agents.push(await agentNamed(database, name));
  return agents;
};

export const requireList = async (database: Database, campaign: Campaign, name: string): Promise<void> => {
  const known = await listNames(database, campaign.campaignId);
  if (known.some((candidate) => candidate.toLowerCase() === name.toLowerCase())) return;
  throw new CliError(
    "unknown-list",
    `The campaign "${campaign.name}" has no list "${name}".${hint(name, known, "It has none at all yet: `fairdial list import`.")}`,
  );
};

/** Where the configuration lists trunks; a manager's machine need not know any. */
export const requireTrunk = (config: Config, name: string): void => {
  if (config.trunks.length === 0) return;
  const known = config.trunks.map((trunk) => trunk.name);
  if (known.includes(name)) return;
  throw new CliError("unknown-trunk", `The configuration has no trunk "${name}".${hint(name, known, "")}`);
};
