/**
 * `fairdial agent voicemail|hold|resume|pause|available|end-wrap-up|dispose|dial|skip|hang-up|logout`: the same requests that an agent's own keys make.
 * The daemon that has the agent carries them out and says what became of them; this waits for its word.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentCommand } from "../../../agent/agent.ts";
import { isAttemptId, type AttemptId } from "../../../domain/ids.ts";
import { agentCommandResult, requestAgentCommand, type Database } from "../../../store/index.ts";
import { durationOption } from "../../arguments/options.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { agentNamed } from "../../lookups.ts";
import { TRANSFER_RESULTS } from "../../transfer-results.ts";

const POLL_MS = 100;
const WAIT_MAX_MS = 60_000;

/** What the daemon answers, in sentences. Those that mean "it is so now" are no failure. */
const RESULTS: Readonly<Record<string, readonly [isDone: boolean, sentence: string]>> = {
  done: [true, "Done."],
  "no-change": [true, "It was so already, or cannot be so now."],
  "after-this-call": [true, "It will be so when the call in progress is over."],
  "not-logged-in": [false, "is not logged in"],
  "too-late": [false, "was asked more than a minute ago by this machine's clock; set the clocks right and ask again"],
  "not-on-a-call": [false, "is not on a call"],
  ...TRANSFER_RESULTS,
  "on-hold": [false, "has somebody on hold: resume first"],
  "no-voicemail-message": [false, "is on a call of a campaign that has no --voicemail-message"],
  "message-may-not-be-left": [
    false,
    "is on a call whose campaign's voicemail message is not approved, or does not play on this node",
  ],
  "no-call-to-dispose": [false, "has had no call that could get a disposition"],
  "no-preview": [false, "has no lead on the screen"],
  "another-preview": [false, "has another lead on the screen by now"],
  "too-soon": [false, "was shown this lead only just now: nobody can have read it"],
  "unknown-reason": [false, "looks at a lead of a campaign that has no such reason for skipping"],
  "another-call": [false, "is in another call by now"],
  "not-recorded": [false, "is in a call that is not recorded"],
  "skip-limit": [false, "has skipped as often as the campaign allows within an hour"],
  "unknown-disposition": [false, "took that call for a campaign that has no such disposition"],
};

const answered = async (database: Database, commandId: number, waitMs: number): Promise<string | null> => {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const answer = await agentCommandResult(database, commandId);
    if (answer?.result !== null && answer?.result !== undefined) return answer.result;
    if (waitedMs >= waitMs) return null;
    await sleep(POLL_MS);
  }
};

export const NAME = { name: { type: "string", demandOption: true, describe: "The agent" } } as const;
export const FLAGS = {
  wait: { type: "string", default: "5s", describe: "How long to wait for the daemon's word; 0 not at all" },
} as const;

interface Asked {
  readonly name: string;
  readonly wait: string;
}

export type Session = Parameters<ReturnType<typeof command>["run"]>[1];

export const ask = async (asked: Asked, wanted: AgentCommand, session: Session): Promise<undefined> => {
  const result = await askAgent(asked, wanted, session);
  session.answer({ agent: asked.name, command: wanted, result }, () => sentenceOf(result)[1]);
  return undefined;
};

const sentenceOf = (result: string): readonly [isDone: boolean, sentence: string] =>
  result === "asked" ? [true, "Asked."] : (RESULTS[result] ?? [false, `: ${result}`]);

/** Puts it to the daemon that has the agent. Returns its word; a refusal is thrown with it as its code. */
export const askAgent = async ({ name, wait }: Asked, wanted: AgentCommand, session: Session): Promise<string> => {
  const waitMs = durationOption("wait", wait, 0, WAIT_MAX_MS) ?? 0;
  const database = await session.database();
  const agent = await agentNamed(database, name);
  const commandId = await requestAgentCommand(database, agent.agentId, wanted, session.authority());
  const result = waitMs === 0 ? "asked" : await answered(database, commandId, waitMs);
  if (result === null) {
    throw new CliError(
      "no-daemon-answered",
      `No daemon has taken the request within ${wait}: is one running? It stays in the queue.`,
    );
  }
  const [isDone, sentence] = sentenceOf(result);
  if (!isDone) throw new CliError(result, `${agent.name} ${sentence}.`);
  return result;
};

export const plainCommand = (words: string, summary: string, wanted: AgentCommand) =>
  command({
    words: `${words} <name>`,
    summary,
    positionals: NAME,
    flags: FLAGS,
    run: (args, session) => ask(args, wanted, session),
  });

export const agentAvailable = plainCommand("available", "Ready for calls", { type: "makeAvailable" });
export const agentEndWrapUp = plainCommand("end-wrap-up", "Ready before the wrap-up time is over", {
  type: "endWrapUp",
});
export const agentHangUp = plainCommand("hang-up", "End the call that the agent is on", { type: "hangUp" });
export const agentVoicemail = plainCommand(
  "voicemail",
  "It is a machine: leave the campaign's voicemail message on it, and free the agent",
  { type: "voicemail" },
);
export const agentHold = plainCommand("hold", "Music for the person whom the agent talks to", { type: "hold" });
export const agentResume = plainCommand("resume", "Back from hold to the agent", { type: "resume" });
export const agentLogOut = plainCommand("logout", "Hang up the agent's own line", { type: "logOut" });

export const agentPause = command({
  words: "pause <name>",
  summary: "No calls for now; one in progress is finished first",
  positionals: NAME,
  flags: { ...FLAGS, reason: { type: "string", default: "break", describe: "As reports show it" } },
  async run(args, session) {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/.test(args.reason)) {
      throw usageError("--reason must be at most 32 letters, digits, hyphens and underscores.");
    }
    return ask(args, { type: "pause", pauseReason: args.reason }, session);
  },
});

export const agentDispose = command({
  words: "dispose <name> <disposition>",
  summary: "Say what the agent's last conversation was",
  positionals: {
    ...NAME,
    disposition: { type: "string", demandOption: true, describe: "Code of the campaign's disposition" },
  },
  flags: FLAGS,
  run: (args, session) => ask(args, { type: "dispose", dispositionCode: args.disposition }, session),
});

/** As `fairdial why` and CRMs' views name it. */
const PREVIEW = {
  preview: { type: "string", describe: "Only if this is on the screen: its id, as crm_screen has it" },
} as const;

const previewNamed = (text: string | undefined): { readonly attemptId?: AttemptId } => {
  if (text === undefined) return {};
  if (!isAttemptId(text))
    throw usageError(`--preview must be the id of a preview, as crm_screen has it; it is "${text}".`);
  return { attemptId: text };
};

export const agentDial = command({
  words: "dial <name>",
  summary: "Call the lead on the agent's screen",
  positionals: NAME,
  flags: { ...FLAGS, ...PREVIEW },
  run: (args, session) => ask(args, { type: "dial", ...previewNamed(args.preview) }, session),
});

export const agentSkip = command({
  words: "skip <name> <reason>",
  summary: "Do not call the lead on the agent's screen",
  positionals: {
    ...NAME,
    reason: { type: "string", demandOption: true, describe: "Code of the campaign's reason for skipping" },
  },
  flags: { ...FLAGS, ...PREVIEW },
  run: (args, session) => ask(args, { type: "skip", reason: args.reason, ...previewNamed(args.preview) }, session),
});
