/**
 * Asterisk's own AMD(): its parameters, when it answers at the latest, and what its answer means here.
 *
 * The rule to remember: only words that went on for too long are a machine. AMD() also says MACHINE of a line on which
 * nobody said anything; that is a person who waits, and hanging up on them would be a silent call.
 */
import type { AmdVerdict } from "../domain/amd.ts";
import type { ParameterProblem } from "./talk-parameters.ts";

/** In the order of the application's arguments; milliseconds but for the words and the threshold. */
export interface AppAmdParameters {
  /** Quiet from the beginning on, after which it gives up waiting for a word. */
  readonly initialSilenceMs: number;
  /** Talk in all, without the pauses, that is a machine. */
  readonly greetingMs: number;
  /** Quiet after a greeting that is a person. */
  readonly afterGreetingSilenceMs: number;
  /** After so long it is not sure, whatever was heard. */
  readonly totalAnalysisMs: number;
  readonly wordMinMs: number;
  /** Quiet that ends a word. */
  readonly betweenWordsMs: number;
  /** One word more is a machine. */
  readonly wordsMax: number;
  /** Mean of a 20 ms frame that counts as talking, of 32,767. */
  readonly silenceThreshold: number;
  /** A single word of this length is a machine. */
  readonly wordMaxMs: number;
}

/** The arguments' order, and what Asterisk 22 takes where one is left out and amd.conf says nothing. */
export const APP_AMD_DEFAULTS: AppAmdParameters = {
  initialSilenceMs: 2_500,
  greetingMs: 1_500,
  afterGreetingSilenceMs: 800,
  totalAnalysisMs: 5_000,
  wordMinMs: 100,
  betweenWordsMs: 50,
  wordsMax: 2,
  silenceThreshold: 256,
  wordMaxMs: 5_000,
};

/** What we give it: found on the tuning half of the audio set (README.md). */
export const APP_AMD_TUNED: AppAmdParameters = {
  initialSilenceMs: 1_600,
  greetingMs: 1_000,
  afterGreetingSilenceMs: 350,
  totalAnalysisMs: 1_740,
  wordMinMs: 100,
  betweenWordsMs: 120,
  wordsMax: 2,
  silenceThreshold: 256,
  wordMaxMs: 900,
};

/** A message that is sent before it, the way into the dialplan, and the way back, at most on a busy machine (measured: 20 to 90). */
export const APP_AMD_WAY_MS = 120;

/** The same within the two seconds that a regime allows, with the way there and back, and time to join somebody. */
export const APP_AMD_IN_TIME: AppAmdParameters = {
  ...APP_AMD_TUNED,
  initialSilenceMs: 1_400,
  totalAnalysisMs: 1_520,
};

/** As the dialplan wants it: `AMD(2500,1500,…)` takes what this returns between its brackets. */
export const amdArguments = (parameters: AppAmdParameters): string =>
  NAMES.map((name) => String(parameters[name])).join(",");

const NAMES = Object.keys(APP_AMD_DEFAULTS) as readonly (keyof AppAmdParameters)[];

/** Times are counted in frames, and one of them may be missing at the end. */
const FRAME_MS = 20;

/**
 * When it answers at the latest, in milliseconds from its start. A person's greeting takes `initialSilenceMs`,
 * `greetingMs` and `afterGreetingSilenceMs` at the worst, and any number of pauses within: `totalAnalysisMs` alone is a
 * bound. A line without packets is timed by the clock, and comes to the same.
 */
export const worstVerdictMs = ({ totalAnalysisMs }: Pick<AppAmdParameters, "totalAnalysisMs">): number =>
  (Math.ceil(totalAnalysisMs / FRAME_MS) + 1) * FRAME_MS;

/** The longest that it listens to a greeting without a pause before it says HUMAN; more than it has means NOTSURE. */
export const longestGreetingMs = (parameters: AppAmdParameters): number =>
  parameters.initialSilenceMs + parameters.greetingMs + parameters.afterGreetingSilenceMs;

/**
 * Every problem of a set; none means that it may be used.
 * @param deadlineMs from its start to where its verdict must be known
 */
export function checkAppAmdParameters(parameters: AppAmdParameters, deadlineMs: number): readonly ParameterProblem[] {
  const problems: ParameterProblem[] = [];
  const refuse = (parameter: keyof AppAmdParameters, problem: string): void => {
    problems.push({ parameter, problem });
  };
  for (const name of NAMES) {
    const value = parameters[name];
    // Asterisk takes a nought for what it is: greeting 0 makes a machine of everybody.
    if (!Number.isSafeInteger(value) || value < 1) refuse(name, `must be a whole number from 1, not ${value}`);
  }
  if (problems.length > 0) return problems;
  const worstMs = worstVerdictMs(parameters);
  if (worstMs >= deadlineMs) {
    refuse("totalAnalysisMs", `its verdict may take ${worstMs} ms, and must be known before ${deadlineMs} ms`);
  }
  for (const name of ["initialSilenceMs", "greetingMs", "afterGreetingSilenceMs", "wordMaxMs"] as const) {
    if (parameters[name] >= parameters.totalAnalysisMs) {
      refuse(
        name,
        `must be below totalAnalysisMs (${parameters.totalAnalysisMs} ms), or it never counts; it is ${parameters[name]} ms`,
      );
    }
  }
  const { wordMinMs, wordMaxMs, betweenWordsMs, afterGreetingSilenceMs, greetingMs } = parameters;
  if (wordMinMs >= wordMaxMs) refuse("wordMinMs", `must be below wordMaxMs (${wordMaxMs} ms); it is ${wordMinMs} ms`);
  if (wordMinMs >= greetingMs)
    refuse("wordMinMs", `must be below greetingMs (${greetingMs} ms); it is ${wordMinMs} ms`);
  if (betweenWordsMs > afterGreetingSilenceMs) {
    refuse(
      "betweenWordsMs",
      `must not be above afterGreetingSilenceMs (${afterGreetingSilenceMs} ms); it is ${betweenWordsMs} ms`,
    );
  }
  return problems;
}

export interface AppAmdVerdict {
  readonly verdict: AmdVerdict;
  /** AMDCAUSE without its figures, e.g. `MAXWORDS`; `HANGUP`, or `none` where it said nothing. */
  readonly cause: string;
}

/** What AMDSTATUS and AMDCAUSE mean. Whatever is empty, new or cut short is unsure: AMD() failed, and a person may be there. */
export function appAmdVerdict(status: string, cause: string): AppAmdVerdict {
  const [name = ""] = cause.trim().toUpperCase().split("-");
  switch (status.trim().toUpperCase()) {
    case "HUMAN":
      return { verdict: "human", cause: name || "none" };
    case "MACHINE":
      // Without a known cause nobody has said that there were words.
      if (name === "INITIALSILENCE") return { verdict: "silence", cause: name };
      return { verdict: MACHINE_CAUSES.has(name) ? "machine" : "unsure", cause: name || "none" };
    case "HANGUP":
      return { verdict: "unsure", cause: "HANGUP" };
    default:
      return { verdict: "unsure", cause: name || "none" };
  }
}

const MACHINE_CAUSES: ReadonlySet<string> = new Set(["LONGGREETING", "MAXWORDS", "MAXWORDLENGTH"]);
