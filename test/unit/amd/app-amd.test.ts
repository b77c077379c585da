/** Asterisk's AMD(): its arguments, its worst case, and what its answers mean. */
import { describe, expect, test } from "@jest/globals";
import {
  amdArguments,
  APP_AMD_DEFAULTS,
  APP_AMD_TUNED,
  appAmdVerdict,
  checkAppAmdParameters,
  longestGreetingMs,
  worstVerdictMs,
} from "../../../src/amd/app-amd.ts";
import type { AppAmdParameters } from "../../../src/amd/app-amd.ts";

const DEADLINE_MS = 1_800;

test("the arguments are in the application's order", () => {
  expect(amdArguments(APP_AMD_DEFAULTS)).toBe("2500,1500,800,5000,100,50,2,256,5000");
});

test("the defaults take far too long, and the tuned ones do not", () => {
  expect(worstVerdictMs(APP_AMD_DEFAULTS)).toBe(5_020);
  expect(checkAppAmdParameters(APP_AMD_DEFAULTS, DEADLINE_MS).map(({ parameter }) => parameter)).toContain(
    "totalAnalysisMs",
  );
  expect(checkAppAmdParameters(APP_AMD_TUNED, DEADLINE_MS)).toEqual([]);
});

test("the longest greeting of the defaults is longer than the limit of two seconds, twice over", () => {
  expect(longestGreetingMs(APP_AMD_DEFAULTS)).toBe(4_800);
});

test.each<[change: Partial<AppAmdParameters>, parameter: string, says: RegExp]>([
  [{ totalAnalysisMs: 1_790 }, "totalAnalysisMs", /may take 1820 ms, and must be known before 1800 ms/],
  [{ totalAnalysisMs: 1_000 }, "greetingMs", /below totalAnalysisMs \(1000 ms\)/],
  [{ initialSilenceMs: 1_740 }, "initialSilenceMs", /never counts/],
  [{ afterGreetingSilenceMs: 1_800 }, "afterGreetingSilenceMs", /never counts/],
  [{ wordMaxMs: 1_740 }, "wordMaxMs", /never counts/],
  [{ wordMinMs: 1_500 }, "wordMinMs", /below wordMaxMs/],
  [{ wordMinMs: 1_200 }, "wordMinMs", /below greetingMs/],
  [{ betweenWordsMs: 600 }, "betweenWordsMs", /not be above afterGreetingSilenceMs/],
  [{ greetingMs: 0 }, "greetingMs", /whole number from 1/],
  [{ wordsMax: 2.5 }, "wordsMax", /whole number from 1/],
])("%p is refused", (change, parameter, says) => {
  const problems = checkAppAmdParameters({ ...APP_AMD_TUNED, ...change }, DEADLINE_MS);
  expect(problems).toContainEqual({ parameter, problem: expect.stringMatching(says) });
});

describe("what it says", () => {
  test.each<[status: string, cause: string, verdict: string, cause: string]>([
    ["HUMAN", "HUMAN-800-800", "human", "HUMAN"],
    ["MACHINE", "LONGGREETING-1500-1500", "machine", "LONGGREETING"],
    ["MACHINE", "MAXWORDS-3-2", "machine", "MAXWORDS"],
    ["MACHINE", "MAXWORDLENGTH-1500", "machine", "MAXWORDLENGTH"],
    ["NOTSURE", "TOOLONG-1900", "unsure", "TOOLONG"],
    ["NOTSURE", "NOAUDIODATA-1900", "unsure", "NOAUDIODATA"],
    // Whoever waits in silence is no machine, whatever it says.
    ["MACHINE", "INITIALSILENCE-2500-2500", "silence", "INITIALSILENCE"],
    // They hung up, or it could not listen at all.
    ["HANGUP", "", "unsure", "HANGUP"],
    ["", "", "unsure", "none"],
    // Of a cause that nobody knows, nobody knows that there were words.
    ["MACHINE", "", "unsure", "none"],
    ["MACHINE", "SOMETHINGNEW-1", "unsure", "SOMETHINGNEW"],
    ["ROBOT", "MAXWORDS-3-2", "unsure", "MAXWORDS"],
    [" machine ", " maxwords-3-2", "machine", "MAXWORDS"],
  ])("%s, %s: %s", (status, cause, verdict, name) => {
    expect(appAmdVerdict(status, cause)).toEqual({ verdict, cause: name });
  });
});
