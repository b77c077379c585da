/**
 * `fairdial recording pause|resume|start`: what an agent does with *5 and *6, from elsewhere. They say "done" only when
 * Asterisk has said so: nobody reads out a card on the strength of a wish.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RecordingAsk } from "../../../agent/agent.ts";
import { isAttemptId, type AttemptId } from "../../../domain/ids.ts";
import type { RecordingState } from "../../../domain/recording.ts";
import { agentInCall, recordings, type Database } from "../../../store/index.ts";
import { durationOption } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentNamed } from "../../lookups.ts";
import { askAgent } from "../agent/ask.ts";

const POLL_MS = 100;
const WAIT_MAX_MS = 60_000;
const BECOMES: Readonly<Record<RecordingAsk, RecordingState>> = {
  start: "recording",
  pause: "paused",
  resume: "recording",
};
const SAYS: Readonly<Record<RecordingAsk, string>> = {
  start: "It is recorded from now on.",
  pause: "Nothing is recorded until it is resumed.",
  resume: "It is recorded again.",
};

interface Whose {
  readonly agent: string;
  readonly attemptId?: AttemptId;
}

const whose = async (database: Database, attempt: string | undefined, agent: string | undefined): Promise<Whose> => {
  if (attempt === undefined) {
    if (agent === undefined) throw usageError("Name the attempt, or the agent with --agent.");
    return { agent: (await agentNamed(database, agent)).name };
  }
  if (!isAttemptId(attempt)) throw usageError(`"${attempt}" is no attempt: give its id, as report attempts shows it.`);
  const found = await agentInCall(database, attempt);
  if (found === null) throw new CliError("not-on-a-call", `No agent is in the call ${attempt} now.`);
  if (agent !== undefined && found !== (await agentNamed(database, agent)).name) {
    throw new CliError("another-call", `The agent of that call is ${found}.`);
  }
  return { agent: found, attemptId: attempt };
};

/** The latest of that agent, or the one that was named. */
const stateNow = async (database: Database, { agent, attemptId }: Whose): Promise<RecordingState | null> => {
  const of = attemptId === undefined ? { agent } : { attemptId };
  const [latest] = await recordings(database, { ...of, limit: 1 });
  return latest?.state ?? null;
};

const asking = (what: RecordingAsk, summary: string) =>
  command({
    words: `${what} [attempt]`,
    summary,
    positionals: { attempt: { type: "string", describe: "The call, by its attempt's id" } },
    flags: {
      agent: { type: "string", describe: "The agent who is in the call" },
      wait: { type: "string", default: "5s", describe: "How long to wait until Asterisk has done it" },
    },
    async run(args, session) {
      const waitMs = durationOption("wait", args.wait, 1_000, WAIT_MAX_MS) ?? 0;
      const database = await session.database();
      const who = await whose(database, args.attempt, args.agent);
      const { by } = session.authority();
      const attempt = who.attemptId === undefined ? {} : { attemptId: who.attemptId };
      const result = await askAgent(
        { name: who.agent, wait: args.wait },
        { type: "recording", what, by, ...attempt },
        session,
      );
      let state = await stateNow(database, who);
      for (let waitedMs = 0; state !== BECOMES[what] && waitedMs < waitMs; waitedMs += POLL_MS) {
        await sleep(POLL_MS);
        state = await stateNow(database, who);
      }
      if (state !== BECOMES[what]) {
        throw new CliError(
          "recording-unconfirmed",
          `It was asked for, and Asterisk has not done it within ${args.wait}: the recording is ${state ?? "not there"}.`,
        );
      }
      session.answer({ ...who, what, result, state }, () => SAYS[what]);
      return undefined;
    },
  });

export const recordingPause = asking("pause", "Make a gap in the recording of a call, for a card payment");
export const recordingResume = asking("resume", "End the gap");
export const recordingStart = asking("start", "Record a call of a campaign that records on demand");
