/** `fairdial flow show`: a flow as a tree, from its file or as it is kept in the database. */
import type { Flow } from "../../../flow/flow.ts";
import { recordingsOf, recordingsOfTable } from "../../../flow/say.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { command } from "../../command.ts";
import { requireFlow } from "../../flow/flow-file.ts";
import { flowTree } from "../../flow/flow-tree.ts";
import { storedFlow } from "../../flow/stored-flow.ts";
import { facts } from "../../print.ts";

export const flowShow = command({
  words: "show <flow>",
  summary: "What a flow says and asks, as a tree",
  positionals: {
    flow: { type: "string", demandOption: true, describe: "A YAML file; with --stored a name, or name@version" },
  },
  flags: { stored: { type: "boolean", default: false, describe: "Show what is kept in the database" } },
  examples: [["flow show delivery --stored", "The newest version"]],
  async run(args, session) {
    const { flow, version } = args.stored
      ? await storedFlow(await session.database(), args.flow)
      : requireFlow(args.flow);
    const recordings = recordingsOf(flow);
    const sayRecordings = recordingsOfTable(flow.sayTable);
    session.answer({ version, flow, recordings, sayRecordings }, () => text(flow, version, recordings));
    return undefined;
  },
});

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

const text = (flow: Flow, version: string, recordings: readonly string[]): string =>
  [
    facts([
      ["flow", flow.title],
      ["version", version],
      ["language", flow.sayTable.language],
      ["takes at most", `${formatDuration(flow.lengthMaxMs)}, each step ${flow.visitsMax} times`],
      [
        "attributes",
        list(
          Object.entries(flow.attributes).map(
            ([name, { kind, isPrivate }]) => `${name} (${kind}${isPrivate ? ", private" : ""})`,
          ),
        ),
      ],
      [
        "results",
        list(
          Object.entries(flow.results).map(
            ([name, result]) => `${name} (${result.kind === "choice" ? result.values.join(" | ") : result.kind})`,
          ),
        ),
      ],
      ["recordings", list(recordings)],
    ]),
    flowTree(flow),
  ].join("\n\n");
