/** What every part of the engine is handed: the ports, the loop, and the settings that do not change while it runs. */
import type { ComplianceProfile } from "../compliance/profile.ts";
import type { AppAmdParameters } from "../amd/app-amd.ts";
import type { TalkParameters } from "../amd/talk.ts";
import type { NodeId } from "../domain/ids.ts";
import type { OutsideDetector } from "./calls/amd.ts";
import type { ContactBook } from "./calls/contact-book.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Clock, Journal, Load, Log, Random, Store, Telephony } from "./ports.ts";
import type { Spool } from "./ports/spool.ts";
import type { TollGuard } from "./rules/toll-guard.ts";
import type { WriteBehind } from "./rows/write-behind.ts";

/** What the engine is given of the world. */
export interface EnginePorts {
  readonly telephony: Telephony;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly load: Load;
  readonly spool: Spool;
}

/** Where a node stops asking for more. */
export interface OverloadSettings {
  /** Calls at once, of all trunks together and both ways. */
  readonly callsMax: number;
  /** Asterisk's answers, in ms: later than this fewer calls are placed, and none later than that. */
  readonly asteriskSlowMs: number;
  readonly asteriskStalledMs: number;
  /** How late this process may come round, in ms, before it places nothing. */
  readonly loopDelayMaxMs: number;
  /** A leg that is older is hung up, whoever it belongs to; in ms. */
  readonly legAgeMaxMs: number;
}

/** 150 ms and a second: measured beside an Asterisk that was asked for more and more, where it began to pile up, and did. */
export const DEFAULT_OVERLOAD: OverloadSettings = {
  callsMax: 1_000,
  asteriskSlowMs: 150,
  asteriskStalledMs: 1_000,
  loopDelayMaxMs: 500,
  legAgeMaxMs: 12 * 3_600_000,
};

export interface EngineSettings {
  readonly nodeId: NodeId;
  /** Names this process among those that ever held the node's name. */
  readonly holder: string;
  /** So many rows that neither the store nor the disk takes are kept in memory. */
  readonly memoryRowsMax: number;
  /** Whether an agent who logs in takes calls at once. */
  readonly startAvailable: boolean;
  /** Phone digit to pause reason. */
  readonly pauseReasons: Readonly<Record<string, string>>;
  /** What an agent with a PIN hears when it is asked for, and when it was wrong. */
  readonly pinPrompt: string;
  readonly pinRefusedPrompt: string;
  /** What an agent hears when a lead comes on their screen (null: nothing), and when a press or a skip is not obeyed. */
  readonly previewPrompt: string | null;
  readonly previewRefusedPrompt: string;
  /** What an agent hears whose person has been on hold for as long as they may be. */
  readonly holdPrompt: string;
  /** What an agent hears when a gap in the recording begins and ends, when it does not, and when it has become a long one. */
  readonly recordingPrompts: Readonly<Record<"paused" | "resumed" | "refused" | "reminder", string>>;
  /** What agents hear who are not talking when their node is drained, and when it goes on. */
  readonly drainPrompts: Readonly<Record<"drained" | "resumed", string>>;
  /** What is played when the campaign's own message fails; a media name that Asterisk knows. */
  readonly builtInMessage: string;
  /** So many people who call back are served at once; the rest is left to the dialplan. */
  readonly returnCallsMax: number;
  /** The call centre whose account this node's calls are in, beside the campaign's. */
  readonly centre: string;
  /** By what AMD listens on this node. */
  readonly talk: TalkParameters;
  readonly appAmd: AppAmdParameters;
  readonly toll: TollGuard;
  /** Whether it hears tones, and which program outside it may ask; neither where they are left out. */
  readonly tones?: boolean;
  readonly outside?: OutsideDetector | null;
  /** By name, resolved. A campaign that names none of them is stopped. */
  readonly profiles: ReadonlyMap<string, ComplianceProfile>;
  readonly timings: EngineTimings;
  readonly overload: OverloadSettings;
}

/** All in milliseconds. */
export interface EngineTimings {
  /** How often desired state is read: a manager's change is obeyed within a second. */
  readonly desiredStateMs: number;
  /** The slow tick under the event-driven ones. */
  readonly tickMs: number;
  /** From one round of placing to the next: what is decided within it goes into one transaction. */
  readonly roundMs: number;
  readonly reconcileMs: number;
  /** Between two looks before a missing leg is believed to be gone: its last event may still be on the way. */
  readonly reconcileAgainMs: number;
  readonly leaseMs: number;
  /** A daemon that does not renew its hold on the node's name for so long has lost it. */
  readonly nodeHoldMs: number;
  readonly placeTimeoutMs: number;
  readonly messageMaxMs: number;
  readonly hangUpRetryMs: number;
  /** How often the abandon accounts of running campaigns are read. */
  readonly accountsMs: number;
  /** How long a test-play of a message is believed, and how soon one that failed is tried again. */
  readonly messageTestMs: number;
  readonly messageRetestMs: number;
  /** A decision older than this is taken back: whoever objected since, or a window that closed, must be seen. */
  readonly decisionMaxMs: number;
  /** What managers want and people objected to, read longer ago than this, is no licence to dial. */
  readonly desiredStaleMs: number;
}

export const DEFAULT_TIMINGS: EngineTimings = {
  desiredStateMs: 300,
  tickMs: 500,
  roundMs: 200,
  reconcileMs: 30_000,
  reconcileAgainMs: 2_000,
  leaseMs: 600_000,
  nodeHoldMs: 10_000,
  placeTimeoutMs: 10_000,
  messageMaxMs: 60_000,
  hangUpRetryMs: 2_000,
  accountsMs: 1_000,
  messageTestMs: 6 * 3_600_000,
  messageRetestMs: 60_000,
  decisionMaxMs: 1_000,
  desiredStaleMs: 5_000,
};

export interface EngineContext extends Omit<EnginePorts, "spool"> {
  readonly settings: EngineSettings;
  readonly mailbox: Mailbox;
  readonly deadlines: Deadlines;
  readonly writeBehind: WriteBehind;
  readonly contacts: ContactBook;
}
