/** `fairdial flow add`: keeps a flow under a name. What is kept never changes; another version may follow. */
import { addFlow, flowVersions } from "../../../store/index.ts";
import { newName } from "../../arguments/options.ts";
import { command } from "../../command.ts";
import { requireFlow } from "../../flow/flow-file.ts";
import { demandsOf, FLOW_FILE, PROFILE } from "./options.ts";

export const flowAdd = command({
  words: "add <name> <file>",
  summary: "Check a flow and keep this version of it under a name",
  positionals: {
    name: { type: "string", demandOption: true, describe: "Letters, digits, hyphens, underscores" },
    ...FLOW_FILE,
  },
  flags: { profile: PROFILE },
  examples: [["flow add delivery delivery.yaml --profile UK", "The same file again changes nothing"]],
  async run(args, session) {
    const name = newName("a flow", args.name);
    const { flow, version, source } = requireFlow(args.file, demandsOf(session, args.profile));
    const database = await session.database();
    const { flowId, isNew } = await addFlow(database, { name, version, flow, source }, session.authority());
    const versions = (await flowVersions(database)).filter((each) => each.name.toLowerCase() === name.toLowerCase());
    const isNewest = versions[0]?.flowId === flowId;
    session.answer({ name, version, flowId, isNew, isNewest, versions: versions.length }, () => {
      if (isNew) return `The flow ${name} is kept, version ${version}.`;
      const newer = isNewest
        ? ""
        : ` A newer one is kept as well, ${versions[0]?.version ?? ""}: name the version that you mean.`;
      return `This version of ${name}, ${version}, was kept before; nothing changed.${newer}`;
    });
    return undefined;
  },
});
