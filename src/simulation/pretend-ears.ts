/**
 * What a node hears of its calls whole, pretended: tones at random, where a weather asks for them, and the word of a detector
 * outside. One rule to remember: whatever is heard is told as a real line would tell it, and also where it makes no sense.
 */
import type { CallEvent } from "../call/call.ts";
import type { OutsideWord } from "../domain/amd.ts";
import type { AttemptId } from "../domain/ids.ts";
import { after } from "../domain/instant.ts";
import { DEFAULT_DETECTORS } from "../engine/calls/amd.ts";
import type { Detectors } from "../engine/calls/amd.ts";
import type { AmdAnswer, OutsideAnswer } from "../engine/ports.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { VirtualClock } from "./virtual-clock.ts";

type Tone = Pick<Extract<CallEvent, { type: "toneHeard" }>, "tone" | "name">;

const EARLY: readonly Tone[] = [
  { tone: "sit", name: "sit-vacant" },
  { tone: "sit", name: "sit-no-circuit" },
  { tone: "sit", name: "sit" },
];
const ANSWERED: readonly Tone[] = [
  { tone: "ringback", name: "ringback" },
  { tone: "fax", name: "ced" },
  { tone: "fax", name: "cng" },
  { tone: "sit", name: "sit-intercept" },
];
/** By when a tone is told, and a voice after ring tone, in ms. */
const TONE_WITHIN_MS = 1_500;
const VOICE_WITHIN_MS = 30_000;

export interface PretendEarsPorts {
  readonly clock: Pick<VirtualClock, "now" | "wakeAt">;
  readonly random: SeededRandom;
  readonly tell: (attemptId: AttemptId, event: CallEvent) => void;
}

export class PretendEars {
  readonly #ports: PretendEarsPorts;
  /** Of a hundred calls, as a share, how many have tones; of those before and behind the answer alike. */
  readonly #rate: number;

  constructor(rate: number, ports: PretendEarsPorts) {
    this.#rate = rate;
    this.#ports = ports;
  }

  hears(attemptId: AttemptId, { type }: CallEvent): void {
    const { random } = this.#ports;
    // No dice where none are asked for: other weathers stay as they are.
    if (this.#rate === 0 || (type !== "progressed" && type !== "answered") || !random.chance(this.#rate)) return;
    const told = type === "progressed" ? EARLY : ANSWERED;
    const tone = told[random.below(told.length)] ?? { tone: "sit", name: "sit" };
    const inMs = random.between(100, TONE_WITHIN_MS);
    this.#in(attemptId, inMs, (stamp) => ({ type: "toneHeard", stamp, ...tone }));
    if (tone.tone !== "ringback" || random.chance(0.5)) return;
    this.#in(attemptId, inMs + random.between(500, VOICE_WITHIN_MS), (stamp) => ({ type: "voiceHeard", stamp }));
  }

  #in(
    attemptId: AttemptId,
    ms: number,
    event: (stamp: Extract<CallEvent, { type: "voiceHeard" }>["stamp"]) => CallEvent,
  ): void {
    const { clock, tell } = this.#ports;
    clock.wakeAt(after(clock.now(), ms), () => {
      tell(attemptId, event({ at: clock.now(), asteriskAt: null }));
    });
  }
}

/** By what a pretended node listens: with a detector outside, which goes by what the pretended AMD() hears. */
export const PRETEND_DETECTORS: Detectors = { ...DEFAULT_DETECTORS, outside: { name: "pretend", version: "1" } };

/** A detector outside that goes by what the pretended AMD() makes of a line. */
export function outsideAnswerOf(answer: AmdAnswer): OutsideAnswer {
  if (!answer.ok) return answer;
  const words: Readonly<Record<string, OutsideWord>> = { HUMAN: "person", MACHINE: "machine" };
  const verdict = answer.cause === "INITIALSILENCE" ? "unsure" : (words[answer.status] ?? "unsure");
  return { ok: true, verdict, cause: answer.cause };
}
