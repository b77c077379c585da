/**
 * Person or machine, from nothing but when somebody talks: what Asterisk's talk detection says, and the time that passes.
 *
 * The rule to remember: talk counts when it is known. While nobody has said that it ended, it may have ended as long ago as
 * the detector waits for quiet, so a machine is never named for a greeting shorter than `machineSpanMs`, and whatever is not
 * sure by the deadline is unsure, which is a person to everybody else.
 */
import type { AmdVerdict, HeardTone } from "../domain/amd.ts";
import { after, earliest, isBefore, latest, msBetween } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";

/** All in milliseconds but the threshold. Checked by `checkTalkParameters`. */
export interface TalkParameters {
  /** So long must it be quiet for talking to have ended: the first argument of TALK_DETECT. Short, it divides words. */
  readonly silenceMs: number;
  /** Mean of a 20 ms frame that counts as talking, of 32,767: its second argument. */
  readonly threshold: number;
  /** Shorter sounds are clicks: no greeting is over because of one. */
  readonly talkMinMs: number;
  /** Quiet after the last word from which on it was the whole of a greeting. */
  readonly humanSilenceMs: number;
  /** From the first word to the last that is known of, pauses included: nobody who is a person greets for so long. */
  readonly machineSpanMs: number;
  /** And so many words at least: sounds that a pause of `silenceMs` divides. */
  readonly machineWords: number;
  /** A sound so long without the least pause is no voice: noise, or ring tone. Somebody may be behind it. */
  readonly unbrokenMs: number;
  /** From the answer without a word to the verdict `silence`. */
  readonly initialSilenceMs: number;
  /** From the answer to a verdict, whatever it is by then. */
  readonly deadlineMs: number;
}

/** What talk detection said, in the past tense, on our clock. `durationMs` is Asterisk's: without the quiet after it. */
export type TalkEvent =
  | { readonly type: "talkingStarted"; readonly at: Instant }
  | { readonly type: "talkingFinished"; readonly at: Instant; readonly durationMs: number }
  /** A detector of tones heard one for as long as it was told to wait for. */
  | { readonly type: "toneHeard"; readonly at: Instant; readonly tone: HeardTone | "tone"; readonly name?: string }
  | { readonly type: "timePassed"; readonly at: Instant };

/**
 * `short-greeting`: words, and then quiet. `long-greeting`: they go on. `unbroken-sound`: no voice is so even. `no-word`: nothing
 * was said. `tone-heard`: a detector of tones said so, if it did not say which. `deadline`: nothing was sure by then.
 */
export type TalkCause = "short-greeting" | "long-greeting" | "unbroken-sound" | "no-word" | "tone-heard" | "deadline";

export interface Listening {
  readonly state: "listening";
  readonly answeredAt: Instant;
  /** Words that have ended, in all; clicks are none. */
  readonly talkedMs: number;
  readonly words: number;
  /** When the first of them began; null before it has ended. */
  readonly greetingSince: Instant | null;
  /** Since when they talk now; null while it is quiet. */
  readonly talkingSince: Instant | null;
  /** End of the last talk that was no click; null before it. */
  readonly quietSince: Instant | null;
  /** When an end was told last: what happened before is told already. */
  readonly finishedAt: Instant | null;
  /** When time alone decides, unless something is heard before. Arm a timer for it, and send `timePassed` then. */
  readonly decidesAt: Instant;
}

export interface Decided {
  readonly state: "decided";
  readonly answeredAt: Instant;
  readonly verdict: AmdVerdict;
  /** Of a tone, what its detector calls it. */
  readonly cause: TalkCause | (string & {});
  /** When it was certain, by the instants of the events; never after the deadline, however late a timer is. */
  readonly verdictAt: Instant;
  /** Words that were known of by then, without pauses. */
  readonly talkedMs: number;
  readonly words: number;
}

export type TalkState = Listening | Decided;

/** A line that has just been answered. Nobody is heard to talk yet; sounds before the answer are none of ours. */
export const beginListening = (answeredAt: Instant, parameters: TalkParameters): Listening =>
  armed(
    { answeredAt, talkedMs: 0, words: 0, greetingSince: null, talkingSince: null, quietSince: null, finishedAt: null },
    answeredAt,
    parameters,
  );

/** What is known after one more event. A verdict is final; events that repeat, or come too late, change nothing. */
export function classify(state: TalkState, event: TalkEvent, parameters: TalkParameters): TalkState {
  if (state.state === "decided") return state;
  // What time alone decided before this event stays decided: a timer that is late must not make a difference.
  if (!isBefore(event.at, state.decidesAt)) return decidedByTime(state, parameters);
  switch (event.type) {
    case "talkingStarted":
      return started(state, event.at, parameters);
    case "talkingFinished":
      return finished(state, event.at, event.durationMs, parameters);
    case "toneHeard":
      return isBefore(event.at, state.answeredAt)
        ? state
        : decide(state, event.tone, event.name ?? "tone-heard", event.at);
    case "timePassed":
      return state;
  }
}

function started(state: Listening, at: Instant, parameters: TalkParameters): Listening {
  // Talking already, or a start that was overtaken by its own end.
  if (state.talkingSince !== null) return state;
  if (state.finishedAt !== null && !isBefore(state.finishedAt, at)) return state;
  return armed({ ...state, talkingSince: latest(at, state.answeredAt) }, at, parameters);
}

function finished(state: Listening, at: Instant, durationMs: number, parameters: TalkParameters): TalkState {
  if (state.finishedAt !== null && !isBefore(state.finishedAt, at)) return state;
  const endedAt = latest(state.answeredAt, after(at, -parameters.silenceMs));
  // Whoever was talking when they answered has no start; nobody has talked for longer than they have been on the line.
  const told = Number.isFinite(durationMs) ? Math.max(0, durationMs) : 0;
  const since = latest(
    latest(state.finishedAt ?? state.answeredAt, state.answeredAt),
    state.talkingSince ?? after(endedAt, -told),
  );
  const talkMs = Math.max(0, msBetween(since, endedAt));
  // What was over before the answer is not even a click.
  const isWord = talkMs > 0 && talkMs >= parameters.talkMinMs;
  const next: Heard = {
    answeredAt: state.answeredAt,
    talkedMs: isWord ? state.talkedMs + talkMs : state.talkedMs,
    words: isWord ? state.words + 1 : state.words,
    greetingSince: isWord ? (state.greetingSince ?? since) : state.greetingSince,
    talkingSince: null,
    finishedAt: at,
    quietSince: isWord ? endedAt : state.quietSince,
  };
  // Where a start was never told, no timer was armed for these.
  if (talkMs >= parameters.unbrokenMs) return decide(next, "unsure", "unbroken-sound", at);
  if (isWord && isLong(next, endedAt, parameters)) return decide(next, "machine", "long-greeting", at);
  const listening = armed(next, at, parameters);
  // The detector waits as long as we do: at its word the quiet is long enough already.
  return isBefore(at, listening.decidesAt) ? listening : decidedByTime(listening, parameters);
}

const isLong = ({ greetingSince, words }: Heard, endedAt: Instant, parameters: TalkParameters): boolean =>
  greetingSince !== null &&
  msBetween(greetingSince, endedAt) >= parameters.machineSpanMs &&
  words >= parameters.machineWords;

/* ------------------------------------------------------------------ What time alone decides */

interface Due {
  readonly at: Instant;
  readonly verdict: AmdVerdict;
  readonly cause: TalkCause;
}

type Heard = Omit<Listening, "state" | "decidesAt">;

/** Never before `at`, when the last event was: what is known only now was not decided before. */
const armed = (heard: Heard, at: Instant, parameters: TalkParameters): Listening => ({
  state: "listening",
  ...heard,
  decidesAt: earliest(latest(at, due(heard, parameters).at), deadlineOf(heard, parameters)),
});

const deadlineOf = ({ answeredAt }: Heard, { deadlineMs }: TalkParameters): Instant => after(answeredAt, deadlineMs);

function due(heard: Heard, parameters: TalkParameters): Due {
  const sure = surest(heard, parameters);
  const deadlineAt = deadlineOf(heard, parameters);
  // At the deadline itself, being sure goes first.
  return isBefore(deadlineAt, sure.at) ? { at: deadlineAt, verdict: "unsure", cause: "deadline" } : sure;
}

function surest(heard: Heard, parameters: TalkParameters): Due {
  const { answeredAt, talkingSince, quietSince } = heard;
  if (talkingSince !== null) return longest(heard, talkingSince, parameters);
  return quietSince === null
    ? { at: after(answeredAt, parameters.initialSilenceMs), verdict: "silence", cause: "no-word" }
    : { at: after(quietSince, parameters.humanSilenceMs), verdict: "human", cause: "short-greeting" };
}

/** While they talk: by when it is a machine, or no voice at all, should they go on like this. */
function longest(heard: Heard, talkingSince: Instant, parameters: TalkParameters): Due {
  const { silenceMs, talkMinMs, machineSpanMs, machineWords, unbrokenMs } = parameters;
  const spanAt = after(heard.greetingSince ?? talkingSince, machineSpanMs);
  // A start alone is no word yet, even where every sound is one.
  const wordAt = after(talkingSince, Math.max(1, talkMinMs));
  const unbrokenAt = after(talkingSince, unbrokenMs);
  const machineAt = latest(spanAt, wordAt);
  // In doubt between the two it is no machine.
  return heard.words + 1 >= machineWords && isBefore(machineAt, unbrokenAt)
    ? { at: after(machineAt, silenceMs), verdict: "machine", cause: "long-greeting" }
    : { at: after(unbrokenAt, silenceMs), verdict: "unsure", cause: "unbroken-sound" };
}

function decidedByTime(state: Listening, parameters: TalkParameters): Decided {
  const { verdict, cause } = due(state, parameters);
  const at = state.decidesAt;
  const { talkingSince } = state;
  // Talk that goes on is known up to where its end would have been told.
  const goingOnMs = talkingSince === null ? 0 : Math.max(0, msBetween(talkingSince, at) - parameters.silenceMs);
  const isWord = goingOnMs > 0 && goingOnMs >= parameters.talkMinMs;
  const heard = isWord ? { ...state, talkedMs: state.talkedMs + goingOnMs, words: state.words + 1 } : state;
  return decide(heard, verdict, cause, at);
}

const decide = (heard: Heard, verdict: AmdVerdict, cause: Decided["cause"], verdictAt: Instant): Decided => {
  const { answeredAt, talkedMs, words } = heard;
  return { state: "decided", answeredAt, verdict, cause, verdictAt, talkedMs, words };
};
