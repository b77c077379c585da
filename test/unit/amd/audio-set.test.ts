/** The plan of the audio set, and the models that judge recordings: what figures rest on. */
import { describe, expect, test } from "@jest/globals";
import { planClips } from "../../../scripts/amd/plan.ts";
import type { Clip } from "../../../scripts/amd/plan.ts";
import { noise, tone, toTelephone, withPauses } from "../../../scripts/amd/sound.ts";
import { APP_AMD_DEFAULTS } from "../../../src/amd/app-amd.ts";
import { frameMeans } from "../../../src/amd/frames.ts";
import { replayAppAmd, talkEvents } from "../../../src/amd/replay.ts";
import { SeededRandom } from "../../../src/simulation/seeded-random.ts";

describe("the plan", () => {
  const clips = planClips(1);
  const of = (half: Clip["half"]) => clips.filter((clip) => clip.half === half);

  test("is the same for a seed and another for another", () => {
    expect(planClips(1)).toEqual(clips);
    expect(planClips(2)).not.toEqual(clips);
  });

  test("has two halves alike in kind, with no words and no variant of a voice in common", () => {
    expect(clips.length).toBeGreaterThanOrEqual(300);
    const kinds = (half: Clip["half"]) =>
      of(half)
        .map(({ kind }) => kind)
        .sort();
    expect(kinds("tune")).toEqual(kinds("report"));
    for (const part of [(clip: Clip) => clip.words?.text, (clip: Clip) => clip.words?.voice.replace(/.*\+/, "")]) {
      const tuned = new Set(of("tune").map(part));
      expect(
        of("report")
          .map(part)
          .filter((each) => each !== undefined && tuned.has(each)),
      ).toEqual([]);
    }
  });

  test("names each clip once, by what can be dialled", () => {
    expect(new Set(clips.map(({ id }) => id)).size).toBe(clips.length);
    for (const { id } of clips) expect(id).toMatch(/^\d{3}$/);
  });
});

describe("sounds", () => {
  const pcm = (sound: Float64Array): Int16Array => Int16Array.from(sound, (each) => Math.round(each * 32_767));

  test.each(["white", "pink", "hum"] as const)("%s noise is as loud as Asterisk would measure it", (colour) => {
    const means = frameMeans(pcm(noise(colour, 2_000, 300, new SeededRandom(3))), 8_000);
    expect(means.reduce((sum, each) => sum + each, 0) / means.length).toBeCloseTo(300, -1.5);
  });

  test("the band of a telephone passes a voice and not what is outside", () => {
    const sine = (hertz: number) =>
      Float64Array.from({ length: 22_050 }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / 22_050));
    const loudness = (hertz: number) =>
      Math.max(...frameMeans(pcm(toTelephone(sine(hertz), 22_050)).subarray(800, 7_200), 8_000));
    expect(loudness(1_000)).toBeGreaterThan(17_000);
    expect(loudness(6_000)).toBeLessThan(200);
    expect(loudness(50)).toBeLessThan(5_000);
  });

  test("a pause is cut to its longest, and no word is", () => {
    const word = tone([500], 200, 0.5);
    const said = new Float64Array(word.length * 2 + 8_000);
    said.set(word, 0);
    said.set(word, word.length + 8_000);
    expect(withPauses(said, 300).length / 8).toBeCloseTo(700, -1);
  });
});

describe("the models", () => {
  const line = (...runs: readonly number[]): number[] =>
    runs.flatMap((ms, n) => Array.from({ length: ms / 20 }, () => (n % 2 === 1 ? 3_000 : 5)));

  test("talk detection tells a start with its first frame, and an end when it was quiet for long enough", () => {
    expect(talkEvents(line(100, 300, 60, 100, 400), { silenceMs: 80, threshold: 256 })).toEqual([
      { type: "talkingStarted", at: 120 },
      { type: "talkingFinished", at: 640, durationMs: 440 },
    ]);
    expect(talkEvents(line(0, 100), { silenceMs: 80, threshold: 256 }).at(-1)).toMatchObject({
      at: 180,
      durationMs: 80,
    });
    expect(talkEvents(line(1_000), { silenceMs: 80, threshold: 256 })).toEqual([]);
  });

  test.each<[what: string, means: number[], verdict: string, cause: string, ms: number]>([
    ["hello", line(300, 400), "human", "HUMAN", 1_500],
    ["three words", line(300, 200, 100, 200, 100, 200), "machine", "MAXWORDS", 1_000],
    ["one long word", line(100, 3_000), "machine", "LONGGREETING", 1_600],
    ["nothing", [], "silence", "INITIALSILENCE", 2_500],
    ["clicks", line(200, 40, 1_000, 40, 1_000, 40, 1_000, 40, 1_000, 40, 1_000), "unsure", "TOOLONG", 5_000],
  ])("AMD() on %s", (_what, means, verdict, cause, verdictMs) => {
    expect(replayAppAmd(means, APP_AMD_DEFAULTS)).toEqual({ verdict, cause, verdictMs });
  });
});
