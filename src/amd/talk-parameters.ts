/**
 * The parameters of the classifier over talk detection, as data with defaults, and what makes a set of them usable.
 *
 * The rule to remember: every verdict must fall before the connect deadline, or somebody waits in silence for a program.
 */
import type { TalkParameters } from "./talk.ts";

/** Hardly less accurate than the most accurate of those tried, with a third of its false positives: README.md. */
export const DEFAULT_TALK: TalkParameters = {
  silenceMs: 40,
  threshold: 350,
  talkMinMs: 40,
  humanSilenceMs: 400,
  machineSpanMs: 500,
  machineWords: 5,
  unbrokenMs: 600,
  initialSilenceMs: 1_500,
  deadlineMs: 1_750,
};

/**
 * Beside a detector of tones: information tones and ring tone take nearly a second to be told from any other even sound,
 * and until then nobody says that it is none of them.
 */
export const TALK_WITH_TONES: TalkParameters = { ...DEFAULT_TALK, unbrokenMs: 960 };

/** More machines are found, and far more people are taken for one: for whoever loses nothing by that. */
export const EAGER_TALK: TalkParameters = { ...DEFAULT_TALK, humanSilenceMs: 500, machineSpanMs: 800, machineWords: 3 };

/** What is wrong with one parameter, in words that may be shown. */
export interface ParameterProblem {
  readonly parameter: string;
  readonly problem: string;
}

/** A frame of Asterisk's; nothing is heard more finely. */
const FRAME_MS = 20;
/** Loudest mean that a frame of 16 bits can have. */
const THRESHOLD_MAX = 32_767;

/**
 * Every problem of a set; none means that it may be used.
 * @param connectDeadlineMs from the answer to where the call must act: the connect limit less its safety margin
 */
export function checkTalkParameters(
  parameters: TalkParameters,
  connectDeadlineMs: number,
): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  const refuse = (parameter: keyof TalkParameters, problem: string): void => {
    problems.push({ parameter, problem });
  };
  for (const name of Object.keys(DEFAULT_TALK) as (keyof TalkParameters)[]) {
    if (!Number.isSafeInteger(parameters[name]) || parameters[name] < 0) {
      refuse(name, `must be a whole number, not ${parameters[name]}`);
    }
  }
  // What is no number cannot be compared.
  if (problems.length > 0) return problems;
  const { silenceMs, threshold, talkMinMs, humanSilenceMs, initialSilenceMs, deadlineMs } = parameters;
  const { machineSpanMs, machineWords, unbrokenMs } = parameters;
  if (deadlineMs >= connectDeadlineMs) {
    refuse("deadlineMs", `must be below ${connectDeadlineMs} ms, by when the call must act; it is ${deadlineMs} ms`);
  }
  if (silenceMs < FRAME_MS) refuse("silenceMs", `must be at least a frame of ${FRAME_MS} ms; it is ${silenceMs} ms`);
  if (threshold < 1 || threshold > THRESHOLD_MAX) refuse("threshold", `must be from 1 to ${THRESHOLD_MAX}`);
  if (humanSilenceMs < silenceMs) {
    refuse(
      "humanSilenceMs",
      `must be at least silenceMs (${silenceMs} ms): quiet is not told before; it is ${humanSilenceMs} ms`,
    );
  }
  if (initialSilenceMs === 0 || initialSilenceMs > deadlineMs) {
    refuse("initialSilenceMs", `must be from 1 ms to the deadline (${deadlineMs} ms); it is ${initialSilenceMs} ms`);
  }
  if (talkMinMs >= humanSilenceMs) {
    refuse("talkMinMs", `must be below humanSilenceMs (${humanSilenceMs} ms); it is ${talkMinMs} ms`);
  }
  if (machineWords < 1 || machineWords > MACHINE_WORDS_MAX) {
    refuse("machineWords", `must be from 1 to ${MACHINE_WORDS_MAX}; it is ${machineWords}`);
  }
  if (unbrokenMs <= talkMinMs) {
    refuse("unbrokenMs", `must be above talkMinMs (${talkMinMs} ms), or no word is one; it is ${unbrokenMs} ms`);
  }
  if (machineSpanMs < MACHINE_SPAN_MIN_MS) {
    refuse(
      "machineSpanMs",
      `must be at least ${MACHINE_SPAN_MIN_MS} ms, or a person's hello is a machine; it is ${machineSpanMs} ms`,
    );
  } else if (machineSpanMs + silenceMs >= deadlineMs) {
    refuse(
      "machineSpanMs",
      `with silenceMs it must stay below the deadline (${deadlineMs} ms), or no machine is ever found; they are ${machineSpanMs + silenceMs} ms`,
    );
  }
  return problems;
}

/** Nobody says more before the deadline. */
const MACHINE_WORDS_MAX = 10;
/** "Hello?" and one's own name take half a second. */
const MACHINE_SPAN_MIN_MS = 500;
