/**
 * What holding does to a call, judged from its commands, their answers and its deadlines: nobody waits for one of them
 * so long that they are left in silence for two seconds, and no hold outlives the campaign's patience.
 */
import type { CallPolicy } from "../../src/call/call.ts";
import { msBetween } from "../../src/domain/instant.ts";
import type { Instant } from "../../src/domain/instant.ts";
import type { Judge, Moment } from "./call-laws.ts";

/** Together, of a command to hold and two to bring back, they must stay below two seconds. */
const HOLD_ANSWER_MAX_MS = 800;
const RESUME_ANSWER_MAX_MS = 500;
const RESUMES_MAX = 2;
const GRACE_MS = 10_000;

const ON_HOLD = new Set(["onHold", "resuming"]);
const COMMANDS = new Set(["hold", "resume", "meet", "handOver"]);
/** Of an outside number; whoever waits for any agent waits for less. */
const RING_MAX_MS = 30_000;

export function judgeHolds(moments: readonly Moment[], policy: CallPolicy, judge: Judge): void {
  /** The music is known to play since then; null where that is not known. */
  let sureSince: Instant | null = null;
  let resumes = 0;
  let asked = 0;
  for (const { before, event, next, effects } of moments) {
    judgeLettingGo({ before, event, next, effects }, { asked, isSure: sureSince !== null }, judge);
    const at = "stamp" in event ? event.stamp.at : event.at;
    if (!ON_HOLD.has(before.state) && next.state === "onHold") {
      const [first, second] = effects;
      judge(
        "nobody on hold is left in silence",
        first?.type === "hold" && (second?.type ?? "callOutside") === "callOutside",
      );
    }
    if (!ON_HOLD.has(before.state) && ON_HOLD.has(next.state)) [sureSince, resumes] = [null, 0];
    if (event.type === "held" && before.state === "onHold" && event.nth === asked) sureSince ??= at;
    for (const effect of effects) {
      if (effect.type === "hold") [sureSince, resumes] = [null, 0];
      if (COMMANDS.has(effect.type)) asked += 1;
      if (effect.type === "resume" || effect.type === "handOver") {
        resumes += 1;
        const isPromised = effect.type === "handOver" || next.state === "ended" || next.heldAgentId === effect.agentId;
        judge("only the promised agent is joined", next.state === "resuming" && isPromised);
      }
    }
    if (next.state === "resuming") sureSince = null;
    judgeSilence({ before, next }, { at, sureSince, resumes }, judge);
    if (next.state === "onHold" && sureSince !== null && next.transfer !== null) {
      const patienceMs = Math.max(policy.holdMaxMs, RING_MAX_MS, GRACE_MS);
      judge("a hold ends in time", next === before || msBetween(at, next.deadlineAt) <= patienceMs);
    } else if (next.state === "onHold" && sureSince !== null) {
      judge(
        "a hold ends in time",
        msBetween(sureSince, next.deadlineAt) <= Math.max(policy.holdMaxMs, msBetween(sureSince, at)) + GRACE_MS,
      );
    }
    // Back with the agent, with the message, or on the way out: nowhere else.
    if (ON_HOLD.has(before.state) && !ON_HOLD.has(next.state)) {
      const isSaid = effects.some(({ type }) => type === "playInformationMessage" || type === "hangUp");
      const isOver = next.state === "ending" || next.state === "ended";
      const isBack = next.state === "connected" && event.type === "resumed" && event.nth === asked;
      judge("nobody on hold is left in silence", isBack || isSaid || isOver);
    }
  }
}

/** Until it is known that the person is elsewhere, the next one would be joined to both of them. */
function judgeLettingGo(
  { before, event, next, effects }: Moment,
  { asked, isSure }: { readonly asked: number; readonly isSure: boolean },
  judge: Judge,
): void {
  if (before.state === "ended" || !ON_HOLD.has(before.state) || next.state === "ended") return;
  const isElsewhere = (event.type === "held" || event.type === "resumed") && event.nth === asked;
  for (const effect of effects) {
    if (effect.type !== "releaseAgent" || effect.agentId !== before.heldAgentId) continue;
    judge("nobody is let go while the person may be with them", isElsewhere || isSure);
  }
}

function judgeSilence(
  { before, next }: Pick<Moment, "before" | "next">,
  { at, sureSince, resumes }: { readonly at: Instant; readonly sureSince: Instant | null; readonly resumes: number },
  judge: Judge,
): void {
  const law = "nobody on hold is left in silence";
  if (next.state === "ended" || next === before) return;
  if (next.state === "onHold" && sureSince === null) judge(law, msBetween(at, next.deadlineAt) <= HOLD_ANSWER_MAX_MS);
  if (next.state !== "resuming") return;
  judge(law, resumes <= RESUMES_MAX && msBetween(at, next.deadlineAt) <= RESUME_ANSWER_MAX_MS);
}
