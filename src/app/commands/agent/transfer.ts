/** `fairdial agent transfer|complete|three-way|take-back`: whom an agent talks to goes to somebody else. */
import type { AgentCommand } from "../../../agent/agent.ts";
import type { TransferTarget } from "../../../domain/transfer.ts";
import { numberArgument } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentNamed, campaignNamed } from "../../lookups.ts";
import { ask, FLAGS, NAME, plainCommand, type Session } from "./ask.ts";

interface Targets {
  readonly "to-agent": string | undefined;
  readonly "to-campaign": string | undefined;
  readonly "to-number": string | undefined;
  readonly country: string;
}

const targetOf = async (args: Targets, session: Session): Promise<TransferTarget> => {
  const { "to-agent": agent, "to-campaign": campaign, "to-number": number, country } = args;
  if ([agent, campaign, number].filter((each) => each !== undefined).length !== 1) {
    throw usageError("Give one of --to-agent, --to-campaign and --to-number.");
  }
  if (number !== undefined) return { number: numberArgument("--to-number", number, country) };
  const database = await session.database();
  if (agent !== undefined) return { agentId: (await agentNamed(database, agent)).agentId };
  return { campaignId: (await campaignNamed(database, campaign ?? "")).campaignId };
};

export const agentTransfer = command({
  words: "transfer <name>",
  summary: "Pass on whom the agent talks to: at once, or with --consult after a word with the other",
  positionals: NAME,
  flags: {
    ...FLAGS,
    "to-agent": { type: "string", describe: "This agent, who must be free" },
    "to-campaign": { type: "string", describe: "Whoever is free of this campaign's agents" },
    "to-number": { type: "string", describe: "A number of the campaign's --outside-number" },
    country: { type: "string", default: "GB", describe: "Country of --to-number when written nationally" },
    consult: {
      type: "boolean",
      default: false,
      describe: "The agent talks with the other first; the person hears music",
    },
  },
  examples: [
    ["agent transfer alice --to-agent bob", "Bob has them at once"],
    ["agent transfer alice --to-campaign retention --consult", "Alice talks with somebody of retention first"],
  ],
  async run(args, session) {
    const wanted: AgentCommand = {
      type: "transfer",
      kind: args.consult ? "consulted" : "blind",
      to: await targetOf(args, session),
    };
    return ask(args, wanted, session);
  },
});

export const agentComplete = plainCommand("complete", "The other has the person, and the agent is out of it", {
  type: "completeTransfer",
});
export const agentThreeWay = plainCommand("three-way", "The person joins the agent and the other: all three talk", {
  type: "threeWay",
});
export const agentTakeBack = plainCommand("take-back", "The person comes back to the agent, without the other", {
  type: "takeBack",
});
