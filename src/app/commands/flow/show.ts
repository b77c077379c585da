/** `fairdial flow show`: a flow as a tree, from its file or as it is kept in the database. */
import type { Flow } from "../../../flow/flow.ts";
import { recordingsOf, recordingsOfTable } from "../../../flow/say.ts";
import { findFlow, flowVersions } from "../../../store/index.ts";
import { formatDuration } from "../../arguments/duration.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { requireFlow } from "../../flow/flow-file.ts";
import { flowTree } from "../../flow/flow-tree.ts";
import { didYouMean } from "../../nearest.ts";
import { facts } from "../../print.ts";
import type { Session } from "../../session.ts";

export const flowShow = command({
  words: "show <flow>",
  summary: "What a flow says and asks, as a tree",
  positionals: {
    flow: { type: "string", demandOption: true, describe: "A YAML file; with --stored a name, or name@version" },
  },
  flags: { stored: { type: "boolean", default: false, describe: "Show what is kept in the database" } },
  examples: [["flow show delivery --stored", "The newest version"]],
  async run(args, session) {
    const { flow, version } = args.stored ? await storedFlow(session, args.flow) : requireFlow(args.flow);
    const recordings = recordingsOf(flow);
    const sayRecordings = recordingsOfTable(flow.sayTable);
    session.answer({ version, flow, recordings, sayRecordings }, () => text(flow, version, recordings));
    return undefined;
  },
});

const storedFlow = async (session: Session, wanted: string) => {
  const [name = "", version = null, ...rest] = wanted.split("@");
  if (rest.length > 0 || name === "") throw usageError(`"${wanted}" is neither a name nor name@version.`);
  const database = await session.database();
  const found = await findFlow(database, name, version);
  if (found !== null) return found;
  const known = (await flowVersions(database)).map((each) =>
    version === null ? each.name : `${each.name}@${each.version}`,
  );
  const guess = didYouMean(wanted, [...new Set(known)]);
  throw new CliError(
    "unknown-flow",
    `There is no flow "${wanted}".${guess === "" ? " `fairdial flow list` names them." : guess}`,
  );
};

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
