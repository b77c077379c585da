/** `fairdial dial`: one call, now, for one agent, whatever the campaign's mode; under the same rules as every other. */
import { setTimeout as sleep } from "node:timers/promises";
import { askManualCall, manualAnswer, settleManualCalls, type Database } from "../../store/index.ts";
import { durationOption } from "../arguments/options.ts";
import { CliError } from "../cli-error.ts";
import { command } from "../command.ts";
import { agentNamed, campaignNamed } from "../lookups.ts";
import { lookAtManual } from "../manual/look.ts";

const POLL_MS = 100;
const WAIT_MAX_MS = 60_000;

const answered = async (database: Database, manualId: number, waitMs: number) => {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const answer = await manualAnswer(database, manualId);
    if (answer !== null && (answer.status === "done" || answer.status === "refused")) return answer;
    if (waitedMs >= waitMs) return null;
    await sleep(POLL_MS);
  }
};

export const dial = command({
  words: "dial <number>",
  summary: "Call one number now, for one agent who talks",
  positionals: {
    number: {
      type: "string",
      demandOption: true,
      describe: "As people write it, in the country of the campaign's own",
    },
  },
  flags: {
    campaign: { type: "string", demandOption: true, describe: "For which it is called: its rules hold" },
    agent: { type: "string", demandOption: true, describe: "Who talks: available, or paused with the reason manual" },
    lead: { type: "string", describe: "The CRM's key of the lead; else the lead with this number, or a new one" },
    wait: { type: "string", default: "20s", describe: "How long to wait for the daemon's word; 0 not at all" },
  },
  examples: [
    ["dial '020 7946 0123' --campaign spring --agent alice", "Calls, and puts alice through when they answer"],
  ],
  async run(args, session) {
    const waitMs = durationOption("wait", args.wait, 0, WAIT_MAX_MS) ?? 0;
    const database = await session.database();
    const campaign = await campaignNamed(database, args.campaign);
    const agent = await agentNamed(database, args.agent);
    const who = session.authority();
    const asked = {
      ...{ campaign: campaign.name, agent: agent.name, number: args.number },
      externalKey: args.lead ?? null,
    };
    const manualId = await askManualCall(database, asked, who);
    // Looked at here and now; a daemon that was quicker has done the same.
    const { at } = who;
    await settleManualCalls(database, at, (tx, row) => lookAtManual({ database, at }, tx, row), {
      ...{ limit: 1, only: manualId },
    });
    const answer = await answered(database, manualId, waitMs);
    if (answer === null && waitMs > 0) {
      throw new CliError(
        "no-daemon-answered",
        `No daemon has begun the call within ${args.wait}: is the one with this agent running?`,
      );
    }
    if (answer?.status === "refused") {
      throw new CliError(
        answer.code ?? "refused",
        `${args.number} is not called: ${answer.says ?? "nobody says why."}`,
      );
    }
    const document = { manual: manualId, attempt: answer?.attemptId ?? null, lead: answer?.leadId ?? null };
    session.answer({ ...document, agent: agent.name, campaign: campaign.name }, () =>
      answer === null ? "Asked." : `Calling ${args.number} for ${agent.name} (attempt ${answer.attemptId ?? "?"}).`,
    );
    return undefined;
  },
});
