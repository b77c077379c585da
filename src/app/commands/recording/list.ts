/** `fairdial recording list|show`: which conversations were recorded, where their files are, and the gaps in them. */
import { isAttemptId } from "../../../domain/ids.ts";
import type { Instant } from "../../../domain/instant.ts";
import { toIso } from "../../../domain/instant.ts";
import { RECORDING_STATES } from "../../../domain/recording.ts";
import { gapsOf, recordings, type RecordingRecord } from "../../../store/index.ts";
import { countOption } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentNamed, campaignNamed } from "../../lookups.ts";
import { facts, localTime, plural, table } from "../../print.ts";

const iso = (at: Instant | null): string | null => (at === null ? null : toIso(at));

const documentOf = (each: RecordingRecord) => ({
  ...each,
  startedAt: iso(each.startedAt),
  endedAt: iso(each.endedAt),
  eraseWantedAt: iso(each.eraseWantedAt),
  erasedAt: iso(each.erasedAt),
});

const fileText = ({ erasedAt, eraseWantedAt }: RecordingRecord): string => {
  if (erasedAt !== null) return "removed";
  return eraseWantedAt === null ? "kept" : "to be removed";
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
const gapsText = ({ gaps, gapsMs }: RecordingRecord): string =>
  gaps === 0 ? "none" : `${plural(gaps, "gap")}, ${seconds(gapsMs)}`;

export const recordingList = command({
  words: "list",
  summary: "Recordings, the latest first",
  flags: {
    campaign: { type: "string", describe: "Only this campaign's" },
    agent: { type: "string", describe: "Only this agent's" },
    state: { type: "string", choices: RECORDING_STATES, describe: "Only those that are so" },
    limit: { type: "string", default: "100", describe: "At most so many" },
  },
  async run(args, session) {
    const limit = countOption("limit", args.limit, 1, 100_000) ?? 100;
    const database = await session.database();
    const campaign = args.campaign === undefined ? null : await campaignNamed(database, args.campaign);
    const agent = args.agent === undefined ? null : await agentNamed(database, args.agent);
    const state = RECORDING_STATES.find((each) => each === args.state);
    const found = await recordings(database, {
      limit,
      ...(campaign === null ? {} : { campaignId: campaign.campaignId }),
      ...(agent === null ? {} : { agent: agent.name }),
      ...(state === undefined ? {} : { state }),
    });
    session.answer(found.map(documentOf), () =>
      found.length === 0
        ? "Nothing was recorded."
        : table(
            ["attempt", "campaign", "agent", "started", "state", "gaps", "file"],
            found.map((each) => [
              ...[each.attemptId, each.campaign, each.agent, localTime(each.startedAt), each.state],
              ...[gapsText(each), fileText(each)],
            ]),
          ),
    );
    return undefined;
  },
});

export const recordingShow = command({
  words: "show <attempt>",
  summary: "One recording: its file and every gap in it",
  positionals: { attempt: { type: "string", demandOption: true, describe: "The attempt's id" } },
  async run(args, session) {
    if (!isAttemptId(args.attempt)) throw usageError(`"${args.attempt}" is no attempt's id.`);
    const database = await session.database();
    const [found] = await recordings(database, { attemptId: args.attempt, limit: 1 });
    if (found === undefined) throw new CliError("no-recording", `The attempt ${args.attempt} was not recorded.`);
    const gaps = await gapsOf(database, args.attempt);
    const document = {
      ...documentOf(found),
      gaps: gaps.map((gap) => ({ ...gap, from: iso(gap.from), until: iso(gap.until) })),
    };
    session.answer(document, () =>
      [
        facts([
          ["attempt", found.attemptId],
          ["campaign", found.campaign],
          ["agent", found.agent],
          ["state", found.state],
          ...(found.says === null ? [] : [["because", found.says] as const]),
          ["started", localTime(found.startedAt)],
          ["ended", localTime(found.endedAt)],
          ["file", `${found.file} on ${found.node}, ${fileText(found)}`],
          ["bytes", found.bytes],
          ["sha256", found.sha256],
        ]),
        gaps.length === 0
          ? "There is no gap in it."
          : table(
              ["from", "until", "lasted", "made by", "ended by"],
              gaps.map(({ from, until, by, how, endedBy, endedHow }) => [
                ...[localTime(from), localTime(until), until === null ? "still" : seconds(until - from)],
                ...[`${by} (${how})`, endedHow === null ? null : `${endedBy ?? ""} (${endedHow})`],
              ]),
            ),
      ].join("\n\n"),
    );
    return undefined;
  },
});
