/** Tones told from everything else: each by its own sound, and voices, music-like chords and beeps by none. */
import { describe, expect, test } from "@jest/globals";
import { hearTones, NO_TONES, TONE_FRAME_SAMPLES, TONE_RATE } from "../../../src/amd/tones.ts";
import type { Heard } from "../../../src/amd/tones.ts";

type Piece = readonly [hertz: readonly number[], ms: number];

/** Pieces one after the other, each a chord of equal parts; no frequency is silence. */
function sound(pieces: readonly Piece[], { amplitude = 6_000, hiss = 150 } = {}): Int16Array {
  const samples: number[] = [];
  let seed = 1;
  for (const [hertz, ms] of pieces) {
    for (let n = 0; n < (ms * TONE_RATE) / 1_000; n += 1) {
      seed = (seed * 48_271) % 2_147_483_647;
      const noise = (seed / 2_147_483_647 - 0.5) * 4 * hiss;
      const at = samples.length / TONE_RATE;
      const tone = hertz.reduce((sum, each) => sum + Math.sin(2 * Math.PI * each * at), 0);
      samples.push(Math.round((hertz.length === 0 ? 0 : (amplitude * tone) / hertz.length) + noise));
    }
  }
  return Int16Array.from(samples);
}

/** What is told, and at how many milliseconds. */
function heardIn(samples: Int16Array): readonly (readonly [string, number])[] {
  let tones = NO_TONES;
  const told: [string, number][] = [];
  const nameOf = (heard: Heard): string => (heard.type === "voice" ? "voice" : heard.name);
  for (let from = 0; from + TONE_FRAME_SAMPLES <= samples.length; from += TONE_FRAME_SAMPLES) {
    const next = hearTones(tones, samples.subarray(from, from + TONE_FRAME_SAMPLES));
    tones = next.tones;
    told.push(...next.heard.map((each): [string, number] => [nameOf(each), (from / TONE_FRAME_SAMPLES + 1) * 20]));
  }
  return told;
}

const sit = (first: number, second: number, third = 1_777, ms = 330): readonly Piece[] => [
  [[], 200],
  [[first], ms],
  [[second], ms],
  [[third], ms],
  [[], 500],
];
const UK: readonly Piece[] = [
  [[400, 450], 400],
  [[], 200],
  [[400, 450], 400],
  [[], 2_000],
];

describe("a tone is told once, by its name, and soon", () => {
  test.each<readonly [string, readonly Piece[], string, number]>([
    [
      "a calling fax",
      [
        [[], 300],
        [[1_100], 500],
        [[], 1_000],
      ],
      "cng",
      640,
    ],
    [
      "a calling fax at the edge of its tolerance",
      [
        [[], 300],
        [[1_136], 500],
      ],
      "cng",
      640,
    ],
    [
      "an answering fax",
      [
        [[], 500],
        [[2_100], 3_000],
      ],
      "ced",
      840,
    ],
    ["the world's information tones", sit(950, 1_400, 1_800), "sit", 1_000],
    ["a vacant number", sit(985.2, 1_370.6), "sit-vacant", 1_000],
    ["an intercepted call", sit(913.8, 1_370.6, 1_776.7, 274), "sit-intercept", 1_000],
    ["no circuit", sit(985.2, 1_428.5), "sit-no-circuit", 1_000],
    ["reorder", sit(913.8, 1_428.5), "sit-reorder", 1_000],
    ["British ring tone", UK, "ringback", 1_000],
    [
      "American ring tone",
      [
        [[440, 480], 2_000],
        [[], 4_000],
      ],
      "ringback",
      760,
    ],
    [
      "continental ring tone",
      [
        [[425], 1_000],
        [[], 4_000],
      ],
      "ringback",
      760,
    ],
  ])("%s", (_what, pieces, name, byMs) => {
    const told = heardIn(sound(pieces));
    expect(told.map(([each]) => each)).toEqual([name]);
    expect(told[0]?.[1]).toBeLessThanOrEqual(byMs);
  });

  test("a lost packet in the middle of it changes nothing", () => {
    const samples = sound([[[2_100], 1_000]]);
    samples.fill(0, 10 * TONE_FRAME_SAMPLES, 11 * TONE_FRAME_SAMPLES);
    expect(heardIn(samples).map(([name]) => name)).toEqual(["ced"]);
  });
});

describe("nothing is told of", () => {
  test.each<readonly [string, readonly Piece[]]>([
    ["silence", [[[], 3_000]]],
    ["a machine's beep", [[[1_000], 600]]],
    [
      "a short beep at the pitch of a fax",
      [
        [[1_100], 200],
        [[], 1_000],
      ],
    ],
    ["a dial tone's chord that is too high", [[[620, 770], 3_000]]],
    ["a vowel: a low pitch and its overtones", [[[130, 260, 390, 520, 650, 780, 1_170], 1_500]]],
    ["a held note with overtones", [[[440, 880, 1_320], 1_500]]],
    [
      "information tones out of order",
      [
        [[1_777], 330],
        [[1_400], 330],
        [[950], 330],
      ],
    ],
    [
      "information tones with a pause between them",
      [
        [[950], 330],
        [[], 400],
        [[1_400], 330],
        [[], 400],
        [[1_800], 330],
      ],
    ],
    [
      "two of the three",
      [
        [[950], 330],
        [[1_400], 330],
        [[], 1_000],
      ],
    ],
    [
      "one burst of ring tone, cut off by the answer",
      [
        [[400, 450], 400],
        [[], 2_000],
      ],
    ],
  ])("%s", (_what, pieces) => {
    expect(heardIn(sound(pieces))).toEqual([]);
  });

  test("a tone that the noise of the line drowns", () => {
    expect(heardIn(sound([[[2_100], 2_000]], { amplitude: 300, hiss: 1_500 }))).toEqual([]);
  });

  test("frames of another length", () => {
    const { tones, heard } = hearTones(NO_TONES, new Int16Array(80).fill(9_000));
    expect([tones, heard]).toEqual([NO_TONES, []]);
  });
});

describe("behind ring tone", () => {
  const VOICE: Piece = [[130, 260, 390, 520, 650, 780, 1_170], 600];

  test("somebody who comes to the telephone is told of, once", () => {
    expect(heardIn(sound([...UK, VOICE, [[], 400], VOICE])).map(([name]) => name)).toEqual(["ringback", "voice"]);
  });

  test("more ring tone is nobody, and neither is a click", () => {
    const told = heardIn(sound([...UK, ...UK, [[130, 390, 650], 60], [[], 500], ...UK]));
    expect(told.map(([name]) => name)).toEqual(["ringback"]);
  });

  test("a voice before any ring tone is none of its business", () => {
    expect(heardIn(sound([VOICE, [[], 200]]))).toEqual([]);
  });
});
