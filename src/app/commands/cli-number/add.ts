/** `fairdial cli-number add`: a number that may be presented, and why it is ours to present. */
import { cliProblem } from "../../../compliance/cli-check.ts";
import { putCliNumber } from "../../../store/index.ts";
import { numberArgument } from "../../arguments/options.ts";
import { neededText } from "../../arguments/text.ts";
import { command } from "../../command.ts";
import { requireTrunk } from "../../lookups.ts";
import { readProfiles } from "../../profiles.ts";
import { CLI_NUMBER, COUNTRY, trunkName } from "./options.ts";

export const cliNumberAdd = command({
  words: "add <number>",
  summary: "Let campaigns present a number on a trunk",
  positionals: CLI_NUMBER,
  flags: {
    trunk: { type: "string", demandOption: true, describe: "Trunk on which the carrier lets us present it" },
    proof: {
      type: "string",
      demandOption: true,
      describe: "Why it is ours: a contract, the carrier's letter, its date",
    },
    country: COUNTRY,
  },
  examples: [["cli-number add '020 7946 0000' --trunk carrier --proof 'order 4711 of 2 March'", ""]],
  async run(args, session) {
    const cliNumber = numberArgument("The number", args.number, args.country);
    const trunk = trunkName(args.trunk);
    const proof = neededText("proof", args.proof, 500);
    requireTrunk(session.config, trunk);
    const isNew = await putCliNumber(await session.database(), { cliNumber, trunk, proof }, session.authority());
    const profiles = readProfiles(session.config.profiles, session.world.now());
    const problems = [...profiles.values()].flatMap((profile) => {
      const problem = cliProblem(cliNumber, profile);
      return problem === null ? [] : [{ profile: profile.name, problem }];
    });
    session.answer({ cliNumber, trunk, proof, isNew, problems }, () =>
      [
        isNew ? `${cliNumber} may be presented on ${trunk}.` : `${cliNumber} on ${trunk} has a new proof.`,
        ...problems.map(({ profile, problem }) => `Not under the profile ${profile}: ${problem}`),
      ].join("\n"),
    );
    return undefined;
  },
});
