/**
 * Walks through a flow without a telephone, in virtual time: what would be heard, and what would come of it. Recordings take
 * as long as their words would; whoever listens answers a second after each question, or not at all.
 */
import { advance, beginFlow } from "../../flow/advance.ts";
import type { Flow } from "../../flow/flow.ts";
import type { FlowEffect, FlowEvent, FlowFacts, FlowState } from "../../flow/state.ts";
import { after, msBetween, type Instant } from "../../domain/instant.ts";
import { heardAs, transcripts, type WordsOf } from "./flow-words.ts";

/** A key, or what somebody does instead of pressing one. */
export type Answer = { readonly key: string } | "nothing" | "hangUp";

export interface WalkWishes {
  readonly at: Instant;
  readonly attributes: Readonly<Record<string, string>>;
  readonly answeredBy: FlowFacts["answeredBy"];
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** How long after the wish somebody comes; null when nobody does. */
  readonly agentAfterMs: number | null;
  /** Asked whenever the flow waits for a key. */
  readonly answer: (state: FlowState) => Promise<Answer>;
  /** Told at once, so that somebody at a terminal can follow. */
  readonly tell: (line: WalkLine) => void;
}

export interface WalkLine {
  /** From the answer. */
  readonly atMs: number;
  readonly step: string | null;
  readonly what: "heard" | "pressed" | "silence" | "did" | "ended";
  readonly text: string;
  /** What Asterisk would be given; empty unless something is heard. */
  readonly media: readonly string[];
}

export interface WalkEnd {
  readonly how: Extract<FlowState, { doing: "ended" }>["how"];
  readonly results: Readonly<Record<string, string>>;
  readonly tookMs: number;
}

const START_MS = 100;
/** People say some fourteen letters in a second. */
const LETTER_MS = 70;
const UNKNOWN_RECORDING_MS = 2_000;
const VALUE_MS = 600;
const THINKS_MS = 1_000;
const BEEP_MS = 5_000;
const FIRST_WORD_MS = 1_800;

const lengthMs = (media: string, words: WordsOf): number => {
  const said = words.get(media);
  if (said !== undefined) return Math.max(VALUE_MS, said.length * LETTER_MS);
  return media.startsWith("sound:digits/") || !/^(sound|recording):/.test(media) ? VALUE_MS : UNKNOWN_RECORDING_MS;
};

export class Walk {
  readonly #flow: Flow;
  readonly #wishes: WalkWishes;
  readonly #words: WordsOf;
  readonly #facts: FlowFacts;
  #state: FlowState;
  #now: Instant;
  #coming: FlowEvent[] = [];

  constructor(flow: Flow, wishes: WalkWishes) {
    this.#flow = flow;
    this.#wishes = wishes;
    this.#words = transcripts(flow);
    this.#now = wishes.at;
    this.#state = beginFlow(after(wishes.at, 1));
    const { attributes, answeredBy, today } = wishes;
    this.#facts = { attributes, answeredBy, today, firstWordBy: after(wishes.at, FIRST_WORD_MS) };
  }

  async run(): Promise<WalkEnd> {
    this.#happen({ type: "answered", at: this.#now });
    while (this.#state.doing !== "ended") {
      if (this.#state.doing === "asking" && this.#state.play === null) await this.#askSomebody(this.#state);
      else this.#happen(this.#nextEvent(this.#state.deadlineAt));
    }
    const { how, results } = this.#state;
    return { how, results, tookMs: msBetween(this.#wishes.at, this.#now) };
  }

  async #askSomebody(state: Extract<FlowState, { doing: "asking" }>): Promise<void> {
    const answer = await this.#wishes.answer(state);
    if (answer === "nothing") {
      this.#tell("silence", "nothing is pressed");
      this.#happen({ type: "deadlinePassed", at: state.deadlineAt });
      return;
    }
    const at = after(this.#now, Math.min(THINKS_MS, msBetween(this.#now, state.deadlineAt)));
    this.#tell("pressed", answer === "hangUp" ? "they hang up" : `key ${answer.key}`);
    this.#happen(answer === "hangUp" ? { type: "hungUp", at } : { type: "digit", at, digit: answer.key });
  }

  /** What comes first; the deadline when nothing does. */
  #nextEvent(deadlineAt: Instant): FlowEvent {
    this.#coming.sort((a, b) => a.at - b.at);
    const first = this.#coming[0];
    if (first === undefined || first.at > deadlineAt) return { type: "deadlinePassed", at: deadlineAt };
    this.#coming.shift();
    return first;
  }

  #happen(event: FlowEvent): void {
    this.#now = event.at > this.#now ? event.at : this.#now;
    const before = this.#state;
    const { state, effects } = advance(this.#flow, before, event, this.#facts);
    this.#state = state;
    if (state.doing === "listening" && before.doing !== "listening") {
      this.#coming.push({ type: "beepHeard", at: after(this.#now, BEEP_MS) });
    }
    const from = "step" in before ? before.step : null;
    for (const effect of effects) this.#carryOut(effect, from);
    if (state.doing === "ended") this.#tell("ended", END_TEXT[state.how]);
  }

  #carryOut(effect: FlowEffect, from: string | null): void {
    switch (effect.type) {
      case "play": {
        const { play, media } = effect;
        const length = media.reduce((sum, each) => sum + lengthMs(each, this.#words), 0);
        this.#coming.push({ type: "playStarted", at: after(this.#now, START_MS), play });
        this.#coming.push({ type: "playFinished", at: after(this.#now, START_MS + length), play });
        this.#tell("heard", heardAs(media, this.#words), media);
        return;
      }
      case "stopPlaying":
        this.#coming = this.#coming.filter((event) => !("play" in event && event.play === effect.play));
        return;
      case "requestAgent": {
        const { agentAfterMs } = this.#wishes;
        if (agentAfterMs !== null) this.#coming.push({ type: "agentJoined", at: after(this.#now, agentAfterMs) });
        this.#did(from, "an agent is looked for");
        return;
      }
      case "agentMissed":
        this.#coming = this.#coming.filter(({ type }) => type !== "agentJoined");
        this.#did(from, `no agent came in ${effect.waitedMs / 1_000} s; counts as abandoned where the law says so`);
        return;
      case "setResult":
        this.#did(from, `result ${effect.name} = ${effect.value}`);
        return;
      case "optOut":
        this.#did(from, "the number is suppressed: they object to further calls");
        return;
      case "requestCallback":
        this.#tell(
          "did",
          `a callback is promised${effect.on === null ? "" : ` on ${effect.on}`}${notBefore(effect.afterMs)}`,
        );
        return;
      case "inform":
        this.#did(from, "nothing was heard: the campaign's information message is played");
        return;
      case "hangUp":
        return;
    }
  }

  /** What is done on the way belongs to the step that was left. */
  #did(step: string | null, text: string): void {
    this.#wishes.tell({ atMs: msBetween(this.#wishes.at, this.#now), step, what: "did", text, media: [] });
  }

  #tell(what: WalkLine["what"], text: string, media: readonly string[] = []): void {
    const step = "step" in this.#state ? this.#state.step : null;
    this.#wishes.tell({ atMs: msBetween(this.#wishes.at, this.#now), step, what, text, media });
  }
}

const notBefore = (ms: number | null): string => (ms === null ? "" : `, not before ${ms / 60_000} minutes from now`);

const END_TEXT: Readonly<Record<WalkEnd["how"], string>> = {
  saidAll: "we hang up",
  unheard: "the information message has the word",
  left: "they have hung up",
  withAgent: "an agent talks to them",
  unanswered: "nobody answered",
};
