/** `fairdial segment add`: a filter gets a name; with --replace, another filter gets it. */
import { addSegment, attributeNames, changeSegment, findSegment, type AssignmentReport } from "../../../store/index.ts";
import { newName } from "../../arguments/options.ts";
import { assignWithBar, describeAssignment } from "../../assigning.ts";
import { CliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { filterArgument, strangeAttributes } from "../../segment-filter.ts";

export const segmentAdd = command({
  words: "add <name> <filter>",
  summary: "Give a filter over leads a name, for the sources of campaigns",
  positionals: {
    name: { type: "string", demandOption: true, describe: "Letters, digits, hyphens, underscores" },
    filter: { type: "string", demandOption: true, describe: "Such as 'region:\"SW\" and age >= 40'" },
  },
  flags: { replace: { type: "boolean", default: false, describe: "Put this filter in place of the segment's" } },
  examples: [["segment add south 'region:\"SW\" and age >= 40 and attempts = 0'", "Then: segment test, source add"]],
  async run(args, session) {
    const name = newName("a segment", args.name);
    const database = await session.database();
    const attributes = await attributeNames(database, null);
    const draft = { name, ...filterArgument(args.filter, attributes) };
    for (const sentence of strangeAttributes(draft.filter, attributes)) session.remark(`warning: ${sentence}`);
    const who = session.authority();
    const before = await findSegment(database, name);
    if (before !== null && !args.replace) {
      throw new CliError(
        "segment-exists",
        `There is already a segment "${before.name}": ${before.text}. --replace changes it.`,
      );
    }
    const campaigns = before === null ? [] : await changeSegment(database, draft, who);
    if (before === null) await addSegment(database, draft, who);
    if (campaigns === null) throw new CliError("unknown-segment", `Somebody removed the segment "${name}" meanwhile.`);
    const reports: (AssignmentReport | null)[] = [];
    for (const campaign of campaigns) reports.push(await assignWithBar(session, database, campaign));
    const { text, asksHistory, asksClock } = draft;
    const result = before === null ? "added" : "changed";
    session.answer({ name, filter: text, asksHistory, asksClock, result, assigned: reports }, () =>
      [`The segment ${name} is ${result}: ${text}`, ...reports.map(describeAssignment)].join("\n"),
    );
    return undefined;
  },
});
