/** `fairdial amd review`: calls that were taken for machines, for somebody to listen to; and what they heard. */
import { AMD_LABELS_DAYS } from "../../../domain/amd-label.ts";
import { isAttemptId } from "../../../domain/ids.ts";
import { after } from "../../../domain/instant.ts";
import { amdSamples, reviewAmd } from "../../../store/index.ts";
import { countOption } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { campaignNamed } from "../../lookups.ts";
import { localTime, table } from "../../print.ts";
import { iso } from "../../session.ts";

const DAY_MS = 86_400_000;
const HEARD = ["person", "machine"] as const;

export const amdReview = command({
  words: "review <campaign>",
  summary: "Calls taken for machines that agents got all the same: list them, say what they were",
  positionals: { campaign: { type: "string", demandOption: true, describe: "The campaign" } },
  flags: {
    attempt: { type: "string", describe: "One of them, as the list shows it" },
    heard: { type: "string", choices: HEARD, describe: "What it was; counts before the agent's word" },
    all: { type: "boolean", default: false, describe: "Also those of which somebody has said what they were" },
    limit: { type: "string", default: "50", describe: "At most so many" },
  },
  examples: [["amd review spring --attempt 0192f3a4-7b1c-7def-8123-456789abcdef --heard machine", "One is a machine"]],
  async run(args, session) {
    const { attempt, heard } = args;
    if ((attempt === undefined) !== (heard === undefined)) {
      throw usageError("--attempt and --heard belong together: which call, and what was heard.");
    }
    const limit = countOption("limit", args.limit, 1, 100_000) ?? 50;
    const database = await session.database();
    const { campaignId, name } = await campaignNamed(database, args.campaign);
    if (attempt !== undefined) {
      if (!isAttemptId(attempt)) throw usageError(`"${attempt}" is not the name of an attempt.`);
      const result = await reviewAmd(database, attempt, heard === "person", session.authority());
      if (result === "unknown") throw new CliError("unknown-attempt", `There is no attempt ${attempt}.`);
      if (result === "not-sampled") {
        throw new CliError(
          "not-sampled",
          `${attempt} was not taken for a machine and passed to an agent: what it was says nothing of the test.`,
        );
      }
      session.answer({ attempt, heard }, () => `${attempt}: a ${heard ?? ""}.`);
      return undefined;
    }
    const since = after(session.world.now(), -AMD_LABELS_DAYS * DAY_MS);
    const samples = await amdSamples(database, { campaignId, since, labelledToo: args.all }, limit);
    session.answer(
      samples.map((each) => ({ ...each, decidedAt: iso(each.decidedAt) })),
      () =>
        samples.length === 0
          ? `Nothing of ${name} waits to be listened to.`
          : table(
              ["attempt", "called", "because", "agent", "said", "it was"],
              samples.map((each) => [
                ...[each.attemptId, localTime(each.decidedAt), each.cause, each.agent, each.disposition],
                each.isPerson === null ? null : each.isPerson ? "a person" : "a machine",
              ]),
            ),
    );
    return undefined;
  },
});
