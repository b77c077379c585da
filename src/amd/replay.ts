/**
 * Recordings judged without a telephone: a model of Asterisk's talk detection, and one of its AMD(), on frames of 20 ms.
 *
 * The rule to remember: a recording begins with the answer, and after its end the line is quiet. How far the models are
 * from a real Asterisk is measured, not assumed (README.md).
 */
import type { AmdVerdict } from "../domain/amd.ts";
import { instant, msBetween } from "../domain/instant.ts";
import { appAmdVerdict } from "./app-amd.ts";
import type { AppAmdParameters } from "./app-amd.ts";
import { FRAME_MS } from "./frames.ts";
import { beginListening, classify } from "./talk.ts";
import type { TalkEvent, TalkParameters, TalkState } from "./talk.ts";
import { hearTones, NO_TONES, TONE_FRAME_MS, TONE_FRAME_SAMPLES } from "./tones.ts";

/** What was decided, and how long after the answer. */
export interface Replayed {
  readonly verdict: AmdVerdict;
  readonly cause: string;
  readonly verdictMs: number;
}

/** The events of talk detection, `at` in milliseconds from the answer; the line is quiet after the last frame. */
export function talkEvents(
  means: readonly number[],
  { silenceMs, threshold }: Pick<TalkParameters, "silenceMs" | "threshold">,
): readonly TalkEvent[] {
  const events: TalkEvent[] = [];
  let talkingFrom: number | null = null;
  let quietMs = 0;
  const frames = means.length + Math.ceil(silenceMs / FRAME_MS);
  for (let frame = 0; frame < frames; frame += 1) {
    // A frame is heard when it is over.
    const at = (frame + 1) * FRAME_MS;
    if ((means[frame] ?? 0) >= threshold) {
      quietMs = 0;
      if (talkingFrom !== null) continue;
      talkingFrom = at;
      events.push({ type: "talkingStarted", at: instant(at) });
      continue;
    }
    quietMs += FRAME_MS;
    if (talkingFrom === null || quietMs < silenceMs) continue;
    events.push({ type: "talkingFinished", at: instant(at), durationMs: at - talkingFrom - silenceMs });
    talkingFrom = null;
  }
  return events;
}

/** What a detector of tones says of a recording of 8,000 samples a second. */
export function toneEvents(samples: Int16Array): readonly TalkEvent[] {
  const events: TalkEvent[] = [];
  let tones = NO_TONES;
  for (let from = 0; from + TONE_FRAME_SAMPLES <= samples.length; from += TONE_FRAME_SAMPLES) {
    const next = hearTones(tones, samples.subarray(from, from + TONE_FRAME_SAMPLES));
    tones = next.tones;
    const at = instant((from / TONE_FRAME_SAMPLES + 1) * TONE_FRAME_MS);
    for (const each of next.heard) {
      if (each.type === "tone") events.push({ type: "toneHeard", at, tone: each.tone, name: each.name });
    }
  }
  return events;
}

/** A recording through talk detection and the classifier; and with what a detector of tones said of it, if one listened. */
export function replayTalk(
  means: readonly number[],
  parameters: TalkParameters,
  tones: readonly TalkEvent[] = [],
): Replayed {
  const answeredAt = instant(0);
  let state: TalkState = beginListening(answeredAt, parameters);
  const events = [...talkEvents(means, parameters), ...tones].sort((a, b) => a.at - b.at);
  for (const event of events) {
    if (state.state === "decided") break;
    state = classify(state, event, parameters);
  }
  // Nothing more is heard: a deadline, which every state has, decides in one step.
  if (state.state === "listening") state = classify(state, { type: "timePassed", at: state.decidesAt }, parameters);
  if (state.state === "listening") throw new Error("time alone did not decide");
  return { verdict: state.verdict, cause: state.cause, verdictMs: msBetween(answeredAt, state.verdictAt) };
}

/**
 * A recording through AMD(), by what Asterisk 22 was seen to do: it counts as in a word until there was a pause, voice adds
 * up over pauses, and any verdict waits for a frame.
 */
export function replayAppAmd(means: readonly number[], parameters: AppAmdParameters): Replayed {
  let voiceMs = 0;
  let runMs = 0;
  let quietMs = 0;
  let words = 0;
  let isInWord = true;
  let hasGreeted = false;
  for (let at = FRAME_MS; ; at += FRAME_MS) {
    const said = (status: string, cause: string): Replayed => ({ ...appAmdVerdict(status, cause), verdictMs: at });
    // The frame that uses up the time is not listened to any more.
    if (at >= parameters.totalAnalysisMs) return said("NOTSURE", "TOOLONG");
    if ((means[at / FRAME_MS - 1] ?? 0) < parameters.silenceThreshold) {
      quietMs += FRAME_MS;
      if (quietMs >= parameters.betweenWordsMs) {
        isInWord = false;
        runMs = 0;
      }
      if (!hasGreeted && quietMs >= parameters.initialSilenceMs) return said("MACHINE", "INITIALSILENCE");
      if (hasGreeted && quietMs >= parameters.afterGreetingSilenceMs) return said("HUMAN", "HUMAN");
      continue;
    }
    quietMs = 0;
    runMs += FRAME_MS;
    voiceMs += FRAME_MS;
    if (runMs >= parameters.wordMinMs && !isInWord) {
      words += 1;
      isInWord = true;
    }
    if (runMs >= parameters.wordMaxMs) return said("MACHINE", "MAXWORDLENGTH");
    if (words > parameters.wordsMax) return said("MACHINE", "MAXWORDS");
    if (hasGreeted && voiceMs >= parameters.greetingMs) return said("MACHINE", "LONGGREETING");
    if (runMs >= parameters.wordMinMs) hasGreeted = true;
  }
}
