/**
 * What AMD may do to a call, judged from what it was told and what it did: the promise that no doubt costs anybody their
 * call. The facts of the call are its own word, and are asked only for whether it says that it dropped somebody.
 */
import type { CallEffect, CallEvent, CallPolicy } from "../../src/call/call.ts";
import type { Judge, Moment } from "./call-laws.ts";
import { latestServiceAt } from "./connect-clock-oracle.ts";

/** Joined within so long, or not in time: what must be left when the listening ends. */
const JOIN_RESERVE_MS = 100;
const NO_PERSON = new Set(["machine", "fax", "sit", "tone"]);
const MESSAGES = new Set(["machine", "tone"]);

const wants = (effects: readonly CallEffect[], type: CallEffect["type"]): boolean =>
  effects.some((each) => each.type === type);

interface Told {
  readonly events: CallEvent[];
  answeredAt: number | null;
  verdict: Extract<CallEvent, { type: "verdictReached" }> | null;
  /** An agent who talked to it said so. */
  reported: boolean;
}

/** By what was told alone: the first verdict after the answer, sure, in time, and licensed. */
function mayDrop({ answeredAt, verdict }: Told, { amd }: CallPolicy): boolean {
  if (amd === null || answeredAt === null || verdict === null || amd.onMachine === "agent") return false;
  const isInTime = verdict.stamp.at <= answeredAt + amd.verdictMaxMs;
  return isInTime && NO_PERSON.has(verdict.verdict) && verdict.licence === "allowed";
}

export function judgeVerdicts(moments: readonly Moment[], policy: CallPolicy, judge: Judge): void {
  const told: Told = { events: [], answeredAt: null, verdict: null, reported: false };
  const left = { asked: 0, mayBeJoined: false, informed: false };
  for (const { before, event, next, effects } of moments) {
    if (before.state === "ended") return;
    told.events.push(event);
    if (event.type === "answered") told.answeredAt ??= event.stamp.at;
    if (event.type === "verdictReached" && told.answeredAt !== null) told.verdict ??= event;
    if (event.type === "machineReported" && before.state === "connected") told.reported = true;
    judgeDrop(told, { before, event, next, effects }, policy, judge);
    judgeListening(told, next, policy, judge);
    judgeLeaving(told, left, { before, event, next, effects }, policy, judge);
  }
}

function judgeDrop(told: Told, { next, effects }: Moment, policy: CallPolicy, judge: Judge): void {
  const drops =
    next.state === "leaving" ||
    next.facts.verdictAct === "dropped" ||
    wants(effects, "playVoicemailMessage") ||
    effects.some((each) => each.type === "hangUp" && (each.reason === "amdMachine" || each.reason === "amdMessage"));
  judge(
    "only a sure and licensed verdict in time costs a call its agent",
    !drops || told.reported || mayDrop(told, policy),
  );
  // An agent's word is no verdict of AMD, and is never written down as one.
  judge(
    "only a sure and licensed verdict in time costs a call its agent",
    next.facts.verdictAct !== "dropped" || mayDrop(told, policy),
  );
}

function judgeListening(told: Told, next: Moment["next"], policy: CallPolicy, judge: Judge): void {
  if (next.state !== "listening") return;
  const law = "nobody is listened to beyond the time for it";
  const answeredAt = told.answeredAt ?? Infinity;
  const latest = Math.min(
    answeredAt + (policy.amd?.verdictMaxMs ?? 0),
    latestServiceAt(told.events, policy.clock) - JOIN_RESERVE_MS,
  );
  judge(law, policy.amd?.joins === "afterVerdict" && next.deadlineAt === Math.max(answeredAt, latest));
}

function judgeLeaving(
  told: Told,
  left: { asked: number; mayBeJoined: boolean; informed: boolean },
  { before, event, next, effects }: Moment,
  policy: CallPolicy,
  judge: Judge,
): void {
  const law = "a message is left whole, once, and to a machine alone";
  // Out of the bridge for certain, or nobody there any more to hear it.
  const isHeld = before.state !== "ended" && before.heldAgentId !== null;
  if (event.type === "parted") left.mayBeJoined = false;
  if (event.type === "agentLost" && isHeld && before.heldAgentId === event.agentId) left.mayBeJoined = false;
  for (const effect of effects) {
    if (effect.type === "bridge") left.mayBeJoined = true;
    if (effect.type === "releaseAgent") left.mayBeJoined = false;
    if (effect.type === "playInformationMessage") left.informed = true;
    if (effect.type === "playVoicemailMessage") {
      left.asked += 1;
      const isTakenOut = !left.mayBeJoined && next.state === "leaving" && next.heldAgentId === null;
      const isMachine = told.verdict !== null && MESSAGES.has(told.verdict.verdict);
      const isByVerdict = isMachine && policy.amd?.onMachine === "message";
      judge(law, left.asked === 1 && !left.informed && isTakenOut && (told.reported || isByVerdict));
    }
    const plays = before.state === "leaving" && before.facts.messageChoice === "voicemail";
    if (effect.type === "hangUp" && plays) {
      const isOver = event.type === "messageFinished" || event.type === "messageFailed";
      judge(law, (isOver && event.choice === "voicemail") || event.type === "deadlinePassed");
    }
  }
}
