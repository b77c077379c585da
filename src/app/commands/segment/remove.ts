/** `fairdial segment remove`: a filter that no campaign uses any more. */
import { removeSegment } from "../../../store/index.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { segmentNamed } from "../../segment-filter.ts";

export const segmentRemove = command({
  words: "remove <name>",
  summary: "Take a segment away; refused while a campaign uses it",
  positionals: { name: { type: "string", demandOption: true, describe: "The segment" } },
  async run(args, session) {
    const database = await session.database();
    const { name, campaigns } = await segmentNamed(database, args.name);
    switch (await removeSegment(database, name)) {
      case "used":
        throw new CliError(
          "segment-in-use",
          `The segment ${name} is used by ${campaigns.join(", ")}: remove its sources first (\`fairdial source list\`).`,
        );
      case "unknown":
      case "removed":
        session.answer({ name, removed: true }, () => `The segment ${name} is removed.`);
        return undefined;
    }
  },
});
