/** What can be said about agentless campaigns: the flow that is carried out on their calls. */
import type { ComplianceProfile } from "../../../compliance/profile.ts";
import type { Campaign } from "../../../domain/campaign.ts";
import { checkFlow, USUAL_DEMANDS } from "../../../flow/check-flow.ts";
import { flowById, type Database } from "../../../store/index.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { storedFlow } from "../../flow/stored-flow.ts";

export const FLOW_FLAGS = {
  flow: {
    type: "string",
    describe: "Agentless mode: the flow of its calls, NAME or NAME@VERSION; the newest otherwise",
  },
} as const;

/** Nothing where it was not said. */
export const flowNamed = async (
  database: Database,
  wanted: string | undefined,
): Promise<Partial<Pick<Campaign, "flow">>> => {
  if (wanted === undefined) return {};
  const { flowId, name, version } = await storedFlow(database, wanted);
  return { flow: { flowId, name, version } };
};

/** What no option can say alone. */
export const checkAgentless = ({ mode, flow, amd }: Pick<Campaign, "mode" | "flow" | "amd">): void => {
  if (mode !== "agentless") return;
  if (flow === null) throw usageError("--mode agentless needs --flow: what is said and asked on its calls.");
  if (amd.kind !== "off" && amd.onMachine !== "agent") {
    throw usageError(
      "In agentless mode the flow says what a machine hears (leaveMessage, and branch on answeredBy): --on-machine agent.",
    );
  }
};

/** Throws `flow-refused` where its flow may not be used under the profile; a flow that is kept was checked under another, or none. */
export const requireSoundFlow = async (
  database: Database,
  { mode, flow }: Pick<Campaign, "mode" | "flow">,
  { message, name }: Pick<ComplianceProfile, "message" | "name">,
): Promise<void> => {
  if (mode !== "agentless" || flow === null) return;
  const record = await flowById(database, flow.flowId);
  const demands = { ...USUAL_DEMANDS, mustOfferOptOut: message.mustOfferKeyOptOut };
  const [problem] = record === null ? [] : checkFlow(record.flow, demands);
  if (problem === undefined) return;
  const where = problem.step === null ? "" : `step ${problem.step}: `;
  throw new CliError(
    "flow-refused",
    `The flow ${flow.name}@${flow.version} may not be used under the profile ${name}: ${where}${problem.says}`,
  );
};
