/** `fairdial agent add`: somebody who takes calls, known by their phone. */
import { addAgent, assignAgents } from "../../../store/index.ts";
import { namesOption, newName } from "../../arguments/options.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { readPin } from "../../pin.ts";
import { readEndpoint, taken } from "./options.ts";

export const agentAdd = command({
  words: "add <name>",
  summary: "Make an agent, known by their phone",
  positionals: { name: { type: "string", demandOption: true, describe: "Letters, digits, hyphens, underscores" } },
  flags: {
    endpoint: { type: "string", demandOption: true, describe: "Their phone as Asterisk names it: PJSIP/1001" },
    campaigns: { type: "array", string: true, describe: "Campaigns whose calls they take: a,b" },
    "pin-file": { type: "string", describe: "File with the PIN to be keyed at login; - reads standard input" },
  },
  async run(args, session) {
    const name = newName("an agent", args.name);
    const endpoint = readEndpoint(args.endpoint);
    const pin = (await readPin(args["pin-file"], session.world)) ?? null;
    const database = await session.database();
    const campaigns = [];
    for (const campaign of namesOption("campaigns", args.campaigns) ?? [])
      campaigns.push(await campaignNamed(database, campaign));
    const at = session.world.now();
    const agentId = await addAgent(database, { name, endpoint, pin }, at).catch(taken);
    for (const { campaignId } of campaigns) await assignAgents(database, campaignId, [agentId], at);
    const document = { agentId, name, endpoint, hasPin: pin !== null, campaigns: campaigns.map((each) => each.name) };
    session.answer({ agent: document }, () => `Made the agent ${name} with the phone ${endpoint}.`);
    return undefined;
  },
});
