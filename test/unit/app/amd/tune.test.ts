/** `fairdial amd tune` over recordings that are made here, so that what is on each of them is known. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCli } from "../../../../src/app/cli.ts";
import { memoryWorld } from "../world.ts";

interface Wave {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits?: number;
}

/** Loud and quiet stretches by turns, beginning quiet, in milliseconds. */
function wav(stretches: readonly number[], { rate = 8_000, channels = 1, bits = 16 }: Wave = {}): Buffer {
  const samples = stretches.flatMap((ms, n) =>
    Array.from({ length: (ms * rate) / 1_000 }, (_, i) => (n % 2 === 1 ? (i % 2 === 0 ? 4_000 : -4_000) : 0)),
  );
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE((rate * channels * bits) / 8, 28);
  bytes.writeUInt16LE((channels * bits) / 8, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  for (const [i, sample] of samples.entries()) bytes.writeInt16LE(sample, 44 + i * 2);
  return bytes;
}

const HELLO = [300, 200, 100, 200, 3_000];
/** Syllables and short pauses, on and on. */
const MACHINE = [200, ...Array.from({ length: 30 }, (_, n) => (n % 2 === 0 ? 160 : 80))];

let home = "";
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "fairdial-recordings-"));
});
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

let made = 0;
function folderOf(files: Readonly<Record<string, Buffer | string>>): string {
  const folder = join(home, String(++made));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

async function tune(folder: string, ...more: string[]) {
  const world = memoryWorld();
  const exitCode = await runCli(["amd", "tune", "--recordings", folder, ...more], world);
  return { exitCode, ...world.printed };
}

interface Document {
  readonly recordings: number;
  readonly sets: readonly (Record<string, unknown> & { readonly name: string })[];
}
const document = (out: string): Document => JSON.parse(out) as Document;

const GOOD = { "human/one.wav": wav(HELLO), "machine/two.wav": wav(MACHINE), "silence/three.wav": wav([4_000]) };

describe("what it finds", () => {
  test("a person, a machine and nobody are told apart, in both rates", async () => {
    for (const rate of [8_000, 16_000]) {
      const folder = folderOf({
        "human/one.wav": wav(HELLO, { rate }),
        "machine/two.wav": wav(MACHINE, { rate }),
        "silence/three.wav": wav([4_000], { rate }),
      });
      const { exitCode, out } = await tune(folder, "--json");
      const [talk] = document(out).sets;
      expect(exitCode).toBe(0);
      expect(talk).toMatchObject({
        name: "talk",
        usable: true,
        clips: 3,
        accuracy: 1,
        falsePositives: 0,
        machinesFound: 1,
        matrix: { human: { human: 1 }, machine: { machine: 1 }, silence: { silence: 1 } },
      });
    }
  });

  test("a machine that is called a person, and a person called a machine, are counted, and the person is named", async () => {
    const folder = folderOf({ "human/long.wav": wav(MACHINE), "machine/short.wav": wav(HELLO) });
    const [talk] = document((await tune(folder, "--json")).out).sets;
    expect(talk).toMatchObject({ accuracy: 0, falsePositives: 1, peopleTakenForMachines: [join("human", "long.wav")] });
    const { out } = await tune(folder);
    expect(out).toContain(`People taken for machines: ${join("human", "long.wav")}`);
  });

  test("what Asterisk's own defaults would do is shown, and that it takes too long", async () => {
    const { out } = await tune(folderOf(GOOD), "--json");
    const asterisk = document(out).sets.find(({ name }) => name === "asterisk-defaults");
    expect(asterisk).toMatchObject({ usable: false, kind: "asterisk" });
  });

  test("labels.csv goes before folders, and sets can be added", async () => {
    const folder = folderOf({
      "labels.csv": 'file,label\nhuman/two.wav,machine\n"a, b.wav",human\n',
      "human/two.wav": wav(MACHINE),
      "a, b.wav": wav(HELLO),
    });
    const { exitCode, out } = await tune(folder, "--json", "--try", "machineWords=9", "--try", "machineSpanMs=900");
    expect(exitCode).toBe(0);
    const { sets } = document(out);
    expect(sets[0]).toMatchObject({ accuracy: 1, people: 1, machines: 1 });
    expect(sets.find(({ name }) => name === "machineWords=9")).toMatchObject({ machinesFound: 0 });
    expect(sets.at(-1)).toMatchObject({ name: "machineSpanMs=900", parameters: { machineSpanMs: 900 } });
  });

  test("pieces before the sound are passed over", async () => {
    const plain = wav(HELLO);
    const extra = Buffer.concat([
      plain.subarray(0, 12),
      Buffer.from("LIST\x03\0\0\0abc\0", "latin1"),
      plain.subarray(12),
    ]);
    const [talk] = document((await tune(folderOf({ "human/x.wav": extra }), "--json")).out).sets;
    expect(talk).toMatchObject({ accuracy: 1, verdictMsP50: 1_200 });
  });
});

describe("what cannot be used is refused by name, and nothing is counted", () => {
  test.each<[what: string, files: Record<string, Buffer | string>, says: RegExp]>([
    ["no label", { "x.wav": wav(HELLO) }, /x\.wav has no label: put it into a folder called human, machine/],
    ["no recording", { "human/x.mp3": "x" }, /there is no WAV file in it/],
    ["text", { "human/x.wav": "hello" }, /human.x\.wav is no WAV file/],
    ["a header and no more", { "human/x.wav": wav([]).subarray(0, 36) }, /holds no sound/],
    ["another rate", { "human/x.wav": wav(HELLO, { rate: 44_100 }) }, /not of 8 or 16 kHz/],
    ["two channels", { "human/x.wav": wav(HELLO, { channels: 2 }) }, /not of 8 or 16 kHz, 16 bits, mono/],
    ["eight bits", { "human/x.wav": wav(HELLO, { bits: 8 }) }, /not of 8 or 16 kHz, 16 bits, mono/],
    [
      "an unknown label",
      { ...GOOD, "labels.csv": "human/one.wav,persn\n" },
      /line 1: "persn" is none of human, machine/,
    ],
    [
      "a label for nothing",
      { ...GOOD, "labels.csv": "file,label\ngone.wav,human\n" },
      /line 2: there is no file gone\.wav/,
    ],
    [
      "two labels",
      { ...GOOD, "labels.csv": "human/one.wav,human\nhuman/one.wav,fax\n" },
      /line 2: .* stands there twice/,
    ],
  ])("%s", async (_what, files, says) => {
    const { exitCode, out, err } = await tune(folderOf(files), "--json");
    expect([exitCode, out]).toEqual([1, ""]);
    expect(err).toMatch(says);
    expect(err).toContain("[recordings-refused]");
  });

  test("a folder that is none", async () => {
    expect((await tune(join(home, "nowhere"))).err).toContain("[recordings-refused]");
    const file = join(folderOf(GOOD), "human/one.wav");
    expect((await tune(file)).err).toMatch(/it is no folder.*\[recordings-refused\]/s);
  });

  test("of many problems ten are told", async () => {
    const { err } = await tune(folderOf(Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`${n}.wav`, "x"]))));
    expect(err.match(/has no label/g)).toHaveLength(10);
    expect(err).toContain("and 3 more");
  });

  test.each([
    ["machineWord=3", /"machineWord=3" is none of silenceMs, threshold/],
    ["machineWords=many", /none of/],
    ["toString=3", /none of/],
    ["deadlineMs=1900", /deadlineMs must be below 1800 ms/],
    ["machineWords=3,machineSpanMs=100", /machineSpanMs must be at least 500 ms/],
  ])("--try %s", async (text, says) => {
    const { exitCode, out, err } = await tune(folderOf(GOOD), "--try", text);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toMatch(says);
  });
});
