/**
 * A call's life as a text: commands, and what came of them. A scenario is blocks of commands, each followed by `----`
 * and the transcript; README.md beside this file lists the commands. Nothing here decides anything: it only reads,
 * hands on and writes down.
 */
import { beginCall } from "../../src/call/call.ts";
import type { AmdPolicy, Call, CallEffect, CallEvent, CallPolicy } from "../../src/call/call.ts";
import { transition } from "../../src/call/transition.ts";
import type { AttemptFacts, MessageChoice, Stamp } from "../../src/domain/attempt.ts";
import { NOTHING_KNOWN } from "../../src/domain/attempt.ts";
import { AMD_VERDICTS } from "../../src/domain/amd.ts";
import { CLOCK_STARTS } from "../../src/domain/connect-clock.ts";
import type { ConnectClock } from "../../src/domain/connect-clock.ts";
import { agentId } from "../../src/domain/ids.ts";
import type { AttemptId } from "../../src/domain/ids.ts";
import { after, instant, msBetween } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";

const ATTEMPT = "0192f3a4-7b1c-7def-8123-456789abcdef" as AttemptId;
const BEGUN_AT = instant(Date.UTC(2026, 10, 2, 9));

const POLICY: CallPolicy = {
  placeTimeoutMs: 10_000,
  ringTimeoutMs: 20_000,
  ringMinMs: 15_000,
  earlyRingMinMs: 20_000,
  clock: {
    start: "answer",
    limitMs: 2_000,
    safetyMarginMs: 200,
    noSpeechGraceMs: 1_000,
    greetingMaxMs: 3_000,
  },
  talkMaxMs: 3_600_000,
  holdMaxMs: 180_000,
  messageMaxMs: 60_000,
  hangUpRetryMs: 5_000,
  amd: null,
  flowMaxMs: null,
};

const AMD: AmdPolicy = {
  joins: "afterVerdict",
  verdictMaxMs: 1_700,
  onMachine: "hangUp",
  machineQuietMs: 2_000,
  machineGreetingMaxMs: 30_000,
};

/** A call, a clock, and a transcript. */
export class Script {
  #call: Call | null = null;
  #now = BEGUN_AT;
  #policy = POLICY;
  readonly events: CallEvent[] = [];
  readonly states = new Set<string>();
  readonly effects = new Set<string>();

  get call(): Call {
    if (this.#call === null) throw new Error("nothing has begun");
    return this.#call;
  }

  /** Carries out one command and returns what came of it, line by line. */
  run(command: string): string[] {
    const [verb = "", ...words] = command.split(/\s+/);
    if (verb === "clock") return this.#countFrom(words[0] ?? "");
    if (verb === "amd") return this.#listenBy(words);
    if (verb === "begin") return this.#begin(words);
    if (verb === "advance") return this.#advance(durationMs(words[0] ?? ""));
    const { messageChoice } = this.call.facts;
    const asked = messageChoice === null || messageChoice === "flow" ? "campaign" : messageChoice;
    return this.#happens(
      verb === "message" ? messageEventOf(words, asked, this.#now) : eventOf(verb, words, this.#now),
    );
  }

  #countFrom(name: string): string[] {
    const start = CLOCK_STARTS.find((each) => each === name);
    if (start === undefined) throw new Error(`no such clock: ${name}`);
    const clock: ConnectClock = { ...POLICY.clock, start };
    this.#policy = { ...this.#policy, clock };
    return [];
  }

  /** `amd after-verdict|at-once hang-up|message|agent` */
  #listenBy([how, onMachine]: readonly string[]): string[] {
    const joins = { "after-verdict": "afterVerdict", "at-once": "atOnce" } as const;
    const policies = { "hang-up": "hangUp", message: "message", agent: "agent" } as const;
    const found = { joins: joins[how as "at-once"], onMachine: policies[onMachine as "agent"] };
    const amd: AmdPolicy = { ...AMD, ...found, verdictMaxMs: how === "at-once" ? 4_000 : AMD.verdictMaxMs };
    this.#policy = { ...this.#policy, amd };
    return [];
  }

  #begin(words: readonly string[]): string[] {
    const agent = words[0] === "agent" ? agentId(Number(words[1])) : null;
    this.#call = beginCall(ATTEMPT, { ...NOTHING_KNOWN, agentId: agent }, after(this.#now, POLICY.placeTimeoutMs));
    return this.#described([]);
  }

  #happens(event: CallEvent): string[] {
    const before = this.call;
    const { call, effects } = transition(before, event, this.#policy);
    this.#call = call;
    this.events.push(event);
    for (const effect of effects) this.effects.add(effect.type);
    const isSame = JSON.stringify(before) === JSON.stringify(call) && effects.length === 0;
    return isSame ? ["unchanged"] : this.#described(effects);
  }

  /** Time passes, and whatever deadline lies in it comes. */
  #advance(ms: number): string[] {
    const until = after(this.#now, ms);
    const lines: string[] = [];
    while (this.call.state !== "ended" && this.call.deadlineAt <= until) {
      this.#now = this.call.deadlineAt;
      lines.push(`${seconds(this.#now)} deadline`, ...this.#happens({ type: "deadlinePassed", at: this.#now }));
    }
    this.#now = until;
    return lines.length === 0 ? ["unchanged"] : lines;
  }

  #described(effects: readonly CallEffect[]): string[] {
    const { call } = this;
    this.states.add(call.state);
    const head =
      call.state === "ended" ? `ended ${call.outcome}` : `${call.state} (deadline ${seconds(call.deadlineAt)})`;
    return [head, ...effects.map((each) => `  ${describeEffect(each)}`), ...describeEnd(call)];
  }
}

function eventOf(verb: string, words: readonly string[], at: Instant): CallEvent {
  const stamp: Stamp = { at, asteriskAt: null };
  const [first = "", second = ""] = words;
  const code = (text: string): number | null => (text === "" ? null : Number(text));
  switch (`${verb} ${first}`.trim()) {
    case "placed":
      return { type: "placed", stamp, sipCallId: "call-id@pbx" };
    case "place refused":
    case "place unavailable":
    case "place unknown":
    case "place withdrawn":
      return { type: "placeFailed", stamp, failure: first as "unknown", detail: "" };
    case "progress":
      return { type: "progressed", stamp };
    case "ring":
      return { type: "rang", stamp };
    case "answer":
      return { type: "answered", stamp, sipCallId: null };
    case "join":
      return { type: "joined", stamp };
    case "part":
      return { type: "parted", at: stamp.at };
    case "join-fails agent":
      return { type: "bridgeFailed", stamp, agentId: agentId(Number(second)), detail: "" };
    case "speech starts":
      return { type: "speechStarted", stamp };
    case "speech ends":
      return { type: "speechEnded", stamp, durationMs: durationMs(second) };
    case "far-end leaves":
      return { type: "hangupRequested", stamp, by: "farEnd", cause: code(second), sip: code(words[2] ?? "") };
    case "asterisk hangs-up":
      return { type: "hangupRequested", stamp, by: "asterisk", cause: 32, sip: null };
    case "vanished":
      return { type: "vanished", at };
    case "voice":
      return { type: "voiceHeard", stamp };
    case "tone fax":
    case "tone sit":
    case "tone ringback":
      return { type: "toneHeard", stamp, tone: first as "sit", name: second };
    case `verdict ${first}`: {
      const verdict = AMD_VERDICTS.find((each) => each === first);
      if (verdict === undefined) throw new Error(`no such verdict: ${first}`);
      const licence = second === "sampled" || second === "unlicensed" ? second : "allowed";
      const cause = /^[A-Z]+$/.test(second) ? second : "the scenario's";
      return { type: "verdictReached", stamp, verdict, cause, licence };
    }
    case "agent reports-a-machine":
      return { type: "machineReported", at };
    case "agent holds":
      return { type: "holdAsked", at };
    case "agent resumes":
      return { type: "resumeAsked", at };
    case `held ${first}`:
      return { type: "held", at, nth: Number(first) };
    case `resumed ${first}`:
      return { type: "resumed", at, nth: Number(first) };
    case `desk-fails ${first}`:
      return { type: "deskFailed", at, nth: Number(first), detail: "" };
    case "agent hangs-up":
      return { type: "agentHungUp", at };
    case "cancel operator":
    case "cancel drain":
      return { type: "cancelled", at, reason: first as "drain" };
    case "no-agent-likely":
      return { type: "noAgentLikely", at };
    case "opt-out":
      return { type: "optedOut", at };
    case "wake-up":
      return { type: "deadlinePassed", at };
    default:
  }
  if (verb === "destroyed") return { type: "destroyed", stamp, cause: code(first), sip: code(second), sipCallId: null };
  if (verb === "agent" && second === "found") return { type: "agentReserved", at, agentId: agentId(Number(first)) };
  if (verb === "agent" && second === "lost") return { type: "agentLost", at, agentId: agentId(Number(first)) };
  throw new Error(`no such command: ${[verb, ...words].join(" ")}`);
}

/** Of the message that was asked for last, unless it is said of which. */
function messageEventOf(words: readonly string[], asked: MessageChoice, at: Instant): CallEvent {
  const stamp: Stamp = { at, asteriskAt: null };
  const [what = "", which = asked] = words;
  if (which !== "campaign" && which !== "builtIn" && which !== "voicemail")
    throw new Error(`no such message: ${which}`);
  switch (what) {
    case "starts":
      return { type: "messageStarted", stamp, choice: which };
    case "ends":
      return { type: "messageFinished", stamp, choice: which };
    case "fails":
      return { type: "messageFailed", stamp, choice: which, detail: "" };
    case "unheard":
      return { type: "messageUnheard", at };
    default:
      throw new Error(`no such command: message ${words.join(" ")}`);
  }
}

function durationMs(text: string): number {
  const [, number, unit] = /^([0-9.]+)(ms|s|min|h)$/.exec(text) ?? [];
  const msOf = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };
  if (number === undefined || unit === undefined) throw new Error(`no such duration: ${text}`);
  return Number(number) * msOf[unit as keyof typeof msOf];
}

/** Since the beginning. To a tenth, and to the millisecond where that matters. */
function seconds(at: Instant): string {
  const ms = msBetween(BEGUN_AT, at);
  return `${(ms / 1_000).toFixed(ms % 100 === 0 ? 1 : 3)}s`;
}

function describeEffect(effect: CallEffect): string {
  switch (effect.type) {
    case "reserveAgent":
      return effect.except === null ? "reserveAgent" : `reserveAgent except ${effect.except}`;
    case "releaseAgent":
      return `releaseAgent ${effect.agentId}${effect.talked ? " who talked" : ""}`;
    case "bridge":
      return `bridge ${effect.agentId}`;
    case "hangUp":
      return `hangUp ${effect.reason}`;
    case "hold":
      return `hold (${effect.nth})`;
    case "resume":
      return `resume ${effect.agentId} (${effect.nth})`;
    case "warnAgent":
      return `warnAgent ${effect.agentId}`;
    case "playInformationMessage":
      return `playInformationMessage ${effect.choice}`;
    default:
      return effect.type;
  }
}

/** The row as it will stand. */
function describeEnd(call: Call): string[] {
  if (call.state !== "ended") return [];
  const { facts } = call;
  const moments = (
    [
      "placedAt",
      "progressAt",
      "ringingAt",
      "answeredAt",
      "speechStartedAt",
      "greetingEndedAt",
      "verdictAt",
      "voiceAt",
      "machineReportedAt",
      "connectedAt",
      "messageAt",
      "endedAt",
    ] as const
  )
    .filter((name) => facts[name] !== null)
    .map((name) => `${name.slice(0, -2)} ${seconds(facts[name]?.at ?? BEGUN_AT)}`);
  return [`  row: ${[...moments, ...describeFacts(facts)].join(", ")}`];
}

function describeFacts(facts: AttemptFacts): string[] {
  return [
    facts.verdict === null ? "" : `taken for ${facts.verdict}: ${facts.verdictAct ?? ""}`,
    facts.messageChoice === null ? "" : `${facts.messageChoice} message: ${facts.message}`,
    `ended by ${facts.endedBy ?? "nobody knows"}${facts.endReason === null ? "" : ` (${facts.endReason})`}`,
    facts.placeFailure === null ? "" : `placing ${facts.placeFailure}`,
    facts.cause === null ? "" : `cause ${facts.cause}`,
    facts.sip === null ? "" : `sip ${facts.sip}`,
    facts.agentLegFailed ? "agent leg failed" : "",
  ].filter((each) => each !== "");
}

/** Runs a scenario and returns its text with the transcripts as they are now. */
export function rewritten(text: string, script: Script): string {
  const lines: string[] = [];
  let transcript: string[] = [];
  let inTranscript = false;
  for (const [index, line] of text.split("\n").entries()) {
    if (inTranscript) {
      // A transcript ends with an empty line; what it said before does not matter.
      if (line !== "") continue;
      inTranscript = false;
    }
    lines.push(line);
    const command = line.replace(/#.*$/, "").trim();
    if (command === "----") {
      lines.push(...transcript);
      transcript = [];
      inTranscript = true;
    } else if (command !== "") {
      try {
        transcript.push(...script.run(command));
      } catch (error) {
        throw new Error(`line ${index + 1}: ${String(error)}`, { cause: error });
      }
    }
  }
  if (transcript.length > 0) throw new Error("the last commands have no ---- after them");
  return lines.join("\n");
}
