/** `fairdial supervise`: somebody listens to an agent, whispers to them, or joins, by a standing leg of their own. */
import type { AgentCommand } from "../../agent/agent.ts";
import { SUPERVISION_MODES } from "../../domain/supervision.ts";
import { command } from "../command.ts";
import { agentNamed, agentWithEndpoint } from "../lookups.ts";
import { ask, FLAGS } from "./agent/ask.ts";

export const superviseCommand = command({
  words: "supervise <agent>",
  summary: "Listen to an agent's calls, whisper to the agent, or join",
  positionals: { agent: { type: "string", demandOption: true, describe: "Whose calls" } },
  flags: {
    ...FLAGS,
    as: {
      type: "string",
      demandOption: true,
      describe: "Who listens: an agent's name or extension, logged in on the same node and on a pause",
    },
    mode: { type: "string", choices: SUPERVISION_MODES, default: "listen", describe: "Who hears the one who listens" },
    follow: { type: "boolean", default: false, describe: "The agent's next calls, too" },
    stop: { type: "boolean", default: false, describe: "No longer" },
  },
  examples: [
    ["supervise alice --as eve", "Eve hears Alice and whom she talks to; nobody hears Eve"],
    ["supervise alice --as eve --mode whisper", "Alice hears Eve; whom she talks to does not"],
    ["supervise alice --as eve --stop", "Eve hears nobody any more"],
  ],
  async run(args, session) {
    const database = await session.database();
    const supervisor = (await agentWithEndpoint(database, args.as)) ?? (await agentNamed(database, args.as));
    const asked = { name: supervisor.name, wait: args.wait };
    if (args.stop) return ask(asked, { type: "endSupervision" }, session);
    const { agentId } = await agentNamed(database, args.agent);
    // yargs has compared it with the choices.
    const mode = SUPERVISION_MODES.find((each) => each === args.mode) ?? "listen";
    const wanted: AgentCommand = { type: "supervise", agentId, mode, follow: args.follow };
    return ask(asked, wanted, session);
  },
});
