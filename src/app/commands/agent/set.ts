/** `fairdial agent set`: another phone or PIN, or no calls for now. */
import { changeAgent } from "../../../store/index.ts";
import { newName } from "../../arguments/options.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentNamed } from "../../lookups.ts";
import { readPin } from "../../pin.ts";
import { readEndpoint, taken } from "./options.ts";

export const agentSet = command({
  words: "set <name>",
  summary: "Change an agent's phone, PIN or name, or whether they may log in",
  positionals: { name: { type: "string", demandOption: true, describe: "The agent" } },
  flags: {
    "new-name": { type: "string", describe: "Another name" },
    endpoint: { type: "string", describe: "Another phone: PJSIP/1001" },
    "pin-file": { type: "string", describe: "File with a new PIN; - reads standard input" },
    "without-pin": { type: "boolean", conflicts: "pin-file", describe: "Log in without a PIN" },
    enable: { type: "boolean", conflicts: "disable", describe: "May log in" },
    disable: { type: "boolean", conflicts: "enable", describe: "May not log in" },
  },
  async run(args, session) {
    const pin = args["without-pin"] === true ? null : await readPin(args["pin-file"], session.world);
    const enabled = args.enable === true ? true : args.disable === true ? false : undefined;
    const change = {
      ...(args["new-name"] === undefined ? {} : { name: newName("an agent", args["new-name"]) }),
      ...(args.endpoint === undefined ? {} : { endpoint: readEndpoint(args.endpoint) }),
      ...(pin === undefined ? {} : { pin }),
      ...(enabled === undefined ? {} : { enabled }),
    };
    if (Object.keys(change).length === 0) {
      throw usageError("Say what to change: `fairdial agent set --help` lists it.");
    }
    const database = await session.database();
    const agent = await agentNamed(database, args.name);
    await changeAgent(database, agent.agentId, change, session.world.now()).catch(taken);
    const changed = Object.keys(change);
    session.answer({ agent: agent.name, changed }, () => `Changed the agent ${agent.name}: ${changed.join(", ")}.`);
    return undefined;
  },
});
