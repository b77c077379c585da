/** `fairdial flow check`: whether a flow may be let loose on people, and if not, what is wrong and on which line. */
import { command } from "../../command.ts";
import { plural, printable } from "../../print.ts";
import { problemText, readFlowFile } from "../../flow/flow-file.ts";
import { demandsOf, PROFILE } from "./options.ts";

export const flowCheck = command({
  words: "check <file..>",
  summary: "Read flows as the daemon would, and say what is wrong",
  positionals: { file: { type: "string", array: true, demandOption: true, describe: "YAML files" } },
  flags: { profile: PROFILE },
  examples: [["flow check delivery.yaml --profile US", "Before it is added"]],
  async run(args, session) {
    const demands = demandsOf(session, args.profile);
    const files = args.file.map((file) => {
      const result = readFlowFile(file, demands);
      if (!result.ok) return { file, ok: false, flow: null, version: null, steps: null, problems: result.problems };
      const { flow, version } = result.read;
      return { file, ok: true, flow: flow.title, version, steps: Object.keys(flow.steps).length, problems: [] };
    });
    const isSound = files.every(({ ok }) => ok);
    session.answer({ ok: isSound, files }, () =>
      files
        .flatMap(({ file, flow, version, steps, problems }) =>
          flow === null
            ? problems.map((each) => `${file}: ${printable(problemText(each))} [${each.code}]`)
            : [`${file}: nothing is wrong. ${flow}, version ${version}, ${plural(steps, "step")}.`],
        )
        .join("\n"),
    );
    return isSound ? undefined : 1;
  },
});
