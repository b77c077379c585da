/**
 * Who listens to each call: one classifier a call, from its answer to its verdict, fed with what telephony says and woken
 * by its own deadline. What a verdict may come to is asked here; what it comes to, the call decides.
 */
import { amdArguments, appAmdVerdict } from "../../amd/app-amd.ts";
import type { AppAmdParameters } from "../../amd/app-amd.ts";
import { beginListening, classify } from "../../amd/talk.ts";
import type { TalkEvent, TalkState } from "../../amd/talk.ts";
import type { Call, CallEvent, DropLicence, LivingCall } from "../../call/call.ts";
import { isTakenForPerson } from "../../domain/amd.ts";
import type { AmdVerdict, OutsideWord } from "../../domain/amd.ts";
import type { AttemptId } from "../../domain/ids.ts";
import { after, msBetween } from "../../domain/instant.ts";
import type { Instant } from "../../domain/instant.ts";
import type { OutsideDetector } from "./amd.ts";
import type { EngineContext } from "../context.ts";
import type { LiveCall } from "./live-call.ts";

export interface VerdictsHost {
  reached(attemptId: AttemptId, event: CallEvent): void;
  /** Whether a valid test allows calls of this campaign to be dropped now. */
  mayDrop(live: LiveCall): boolean;
}

interface Ear {
  readonly live: LiveCall;
  /** Null where Asterisk's AMD() was asked, or a detector outside. */
  state: TalkState | null;
}

const BY_WORD: Readonly<Record<OutsideWord, AmdVerdict>> = {
  person: "human",
  machine: "machine",
  unsure: "unsure",
  screening: "screened",
};

const keyOf = (attemptId: AttemptId): string => `verdict:${attemptId}`;

export class Verdicts {
  readonly #context: EngineContext;
  readonly #host: VerdictsHost;
  readonly #ears = new Map<AttemptId, Ear>();

  constructor(context: EngineContext, host: VerdictsHost) {
    this.#context = context;
    this.#host = host;
  }

  /** Calls that are listened to now. */
  get count(): number {
    return this.#ears.size;
  }

  /** It stands elsewhere, or knows more: an answer begins the listening, a verdict or an end is the end of it. */
  callChanged(live: LiveCall, before: LivingCall, now: Call): void {
    if (live.listens === null) return;
    const { attemptId } = live.order;
    const { answeredAt, verdict } = now.facts;
    if (before.facts.answeredAt === null && answeredAt !== null && isListenedTo(now)) {
      const answerBy = after(answeredAt.at, live.listens.policy.verdictMaxMs);
      if (live.listens.outside !== null) this.#askOutside(live, live.listens.outside, answerBy);
      else if (live.listens.app === null) {
        this.#ears.set(attemptId, { live, state: beginListening(answeredAt.at, live.listens.talk) });
        this.#arm(attemptId);
      } else this.#ask(live, live.listens.app, answerBy);
    }
    if (verdict !== null || !isListenedTo(now)) this.#forget(attemptId);
    if (needsEars(before) && !needsEars(now) && now.state !== "ended") {
      this.#context.telephony.stopListening(attemptId);
    }
  }

  /** What was said, once the call itself knows of it. */
  heard(attemptId: AttemptId, event: CallEvent): void {
    const ear = this.#ears.get(attemptId);
    if (ear === undefined) return;
    if (event.type === "toneHeard") this.#toned(attemptId, ear, event);
    if (ear.state === null) return;
    switch (event.type) {
      case "speechStarted": {
        const { state } = ear;
        const since = state.state === "listening" ? state.talkingSince : null;
        // The end of what they said before was lost: it would be taken for talk that goes on and on.
        if (since !== null && event.stamp.at > since) this.#reached(attemptId, "unsure", "an end was lost");
        else this.#tell(attemptId, ear, { type: "talkingStarted", at: event.stamp.at });
        return;
      }
      case "speechEnded":
        this.#tell(attemptId, ear, { type: "talkingFinished", at: event.stamp.at, durationMs: event.durationMs });
        return;
      default:
    }
  }

  deadlinePassed(attemptId: AttemptId, at: Instant): void {
    const ear = this.#ears.get(attemptId);
    if (ear?.state === null) {
      const { outside = null } = ear.live.listens ?? {};
      this.#reached(attemptId, "unsure", `${outside?.name ?? "AMD()"} did not answer in time`);
    } else if (ear !== undefined) this.#tell(attemptId, ear, { type: "timePassed", at });
  }

  /** What is said from now on is missed, and quiet would be taken for silence. */
  connectionLost(): void {
    for (const attemptId of [...this.#ears.keys()]) this.#reached(attemptId, "unsure", "nothing could be heard");
  }

  /** A person until it says otherwise in time, whatever becomes of the question. */
  #ask(live: LiveCall, parameters: AppAmdParameters, answerBy: Instant): void {
    const { attemptId } = live.order;
    const { mailbox, telephony, deadlines, clock } = this.#context;
    this.#ears.set(attemptId, { live, state: null });
    deadlines.set(keyOf(attemptId), answerBy);
    const patienceMs = Math.max(0, msBetween(clock.now(), answerBy));
    mailbox.await(
      "AMD() answered",
      telephony.askAmd(attemptId, { amdArguments: amdArguments(parameters), patienceMs }),
      (answer) => {
        if (!answer.ok) this.#reached(attemptId, "unsure", `AMD() was not asked: ${answer.kind}`);
        else {
          const { verdict, cause } = appAmdVerdict(answer.status, answer.cause);
          this.#reached(attemptId, verdict, cause);
        }
      },
      () => {
        this.#reached(attemptId, "unsure", "AMD() was not asked: unknown");
      },
    );
  }

  /** The same of a program that is none of ours; its name stands before whatever it says. */
  #askOutside(live: LiveCall, { name, version }: OutsideDetector, answerBy: Instant): void {
    const { attemptId } = live.order;
    const { mailbox, telephony, deadlines, clock } = this.#context;
    this.#ears.set(attemptId, { live, state: null });
    deadlines.set(keyOf(attemptId), answerBy);
    const patienceMs = Math.max(0, msBetween(clock.now(), answerBy));
    const says = (verdict: AmdVerdict, cause: string): void => {
      this.#reached(attemptId, verdict, `${name} ${version}: ${cause}`);
    };
    mailbox.await(
      "the detector outside answered",
      telephony.askOutside(attemptId, { patienceMs }),
      (answer) => {
        if (answer.ok) says(BY_WORD[answer.verdict], answer.cause);
        else says("unsure", answer.detail);
      },
      () => {
        says("unsure", "was not asked");
      },
    );
  }

  /** To the classifier a tone is one thing heard among others; whoever else was asked is not waited for any longer. */
  #toned(attemptId: AttemptId, ear: Ear, event: Extract<CallEvent, { type: "toneHeard" }>): void {
    const { tone, name, stamp } = event;
    if (ear.state !== null) this.#tell(attemptId, ear, { type: "toneHeard", at: stamp.at, tone, name });
    // AMD() has the leg, and nobody could be joined to it yet.
    else if (tone !== "ringback" || ear.live.listens?.app === null) this.#reached(attemptId, tone, name);
  }

  #tell(attemptId: AttemptId, ear: Ear, event: TalkEvent): void {
    const { listens } = ear.live;
    if (listens === null || ear.state === null) return;
    ear.state = classify(ear.state, event, listens.talk);
    if (ear.state.state === "decided") {
      this.#reached(attemptId, ear.state.verdict, ear.state.cause);
    } else this.#arm(attemptId);
  }

  #reached(attemptId: AttemptId, verdict: AmdVerdict, cause: string): void {
    const ear = this.#ears.get(attemptId);
    if (ear === undefined) return;
    this.#forget(attemptId);
    const licence = isTakenForPerson(verdict) ? "allowed" : this.#licence(ear.live);
    // Dated by when it can be acted on: what was certain in time and is read late may have become a conversation.
    this.#host.reached(attemptId, {
      type: "verdictReached",
      stamp: { at: this.#context.clock.now(), asteriskAt: null },
      verdict,
      cause,
      licence,
    });
  }

  #licence(live: LiveCall): DropLicence {
    const isDrawn = this.#context.random.next() * 100 < live.campaign.amd.samplePercent;
    if (!this.#host.mayDrop(live)) return "unlicensed";
    return isDrawn ? "sampled" : "allowed";
  }

  #arm(attemptId: AttemptId): void {
    const state = this.#ears.get(attemptId)?.state;
    if (state?.state === "listening") this.#context.deadlines.set(keyOf(attemptId), state.decidesAt);
  }

  #forget(attemptId: AttemptId): void {
    if (this.#ears.delete(attemptId)) this.#context.deadlines.clear(keyOf(attemptId));
  }
}

/** A verdict could still make a difference to it. */
const isListenedTo = ({ state }: Call): boolean =>
  state === "listening" ||
  state === "inFlow" ||
  state === "answered" ||
  state === "connecting" ||
  state === "connected";

/** For a verdict, or to know when a machine has said its say. Before the answer nobody is to be told to stop. */
const needsEars = (call: Call): boolean => {
  if (call.facts.answeredAt === null) return call.state !== "ended";
  // A flow may have to know when a machine has said its say.
  if (call.state === "inFlow") return true;
  return call.state === "leaving"
    ? call.facts.messageChoice === null
    : isListenedTo(call) && call.facts.verdict === null;
};
