// Answering-machine detection on real calls: every clip of the audio set's held-out half is played by the lab's network and
// listened to by its PBX, by each kind of detection. Parameters are never chosen here; that is done on the other half.

import { copyFileSync, mkdirSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { amdArguments, APP_AMD_DEFAULTS, APP_AMD_TUNED } from "../../src/amd/app-amd.ts";
import { confusionOf, percentile } from "../../src/amd/confusion.ts";
import { frameMeans } from "../../src/amd/frames.ts";
import { replayAppAmd, replayTalk, toneEvents } from "../../src/amd/replay.ts";
import type { Replayed } from "../../src/amd/replay.ts";
import type { TalkEvent } from "../../src/amd/talk.ts";
import { DEFAULT_TALK, EAGER_TALK, TALK_WITH_TONES } from "../../src/amd/talk-parameters.ts";
import { isTakenForPerson } from "../../src/domain/amd.ts";
import { isPerson } from "../../src/amd/confusion.ts";
import { ClipCaller } from "../amd/calls.ts";
import type { Called, Listening } from "../amd/calls.ts";
import { ensureAudioSet, fileOf } from "../amd/make.ts";
import type { Clip } from "../amd/plan.ts";
import { HALVES } from "../amd/plan.ts";
import { cacheDir } from "../lab/places.ts";
import { readSamples } from "../lab/recording.ts";
import { inLab } from "./in-lab.ts";

interface Contest {
  readonly kind: string;
  readonly listening: Listening;
  /** The same on recordings. */
  readonly replay: (means: readonly number[], tones: readonly TalkEvent[]) => Replayed;
}

const talk = (kind: "talk" | "parallel", parameters = DEFAULT_TALK, tones = false): Omit<Contest, "kind"> => ({
  listening: { kind, parameters, tones },
  replay: (means, heard) => replayTalk(means, parameters, tones ? heard : []),
});
const app = (parameters: typeof APP_AMD_DEFAULTS): Omit<Contest, "kind"> => ({
  listening: { kind: "asterisk", args: amdArguments(parameters) },
  replay: (means) => replayAppAmd(means, parameters),
});

const CONTESTS: readonly Contest[] = [
  { kind: "talk", ...talk("talk") },
  { kind: "talk-eager", ...talk("talk", EAGER_TALK) },
  { kind: "talk-and-tones", ...talk("talk", TALK_WITH_TONES, true) },
  { kind: "asterisk", ...app(APP_AMD_DEFAULTS) },
  { kind: "asterisk-tuned", ...app(APP_AMD_TUNED) },
  { kind: "parallel", ...talk("parallel") },
  { kind: "parallel-and-tones", ...talk("parallel", TALK_WITH_TONES, true) },
];

const options = await yargs(hideBin(process.argv))
  .scriptName("npm run -s bench:amd --")
  .usage(
    "$0 [options]\n\nPlays labelled clips through real Asterisks and measures each kind of answering-machine detection.",
  )
  .option("kinds", {
    type: "string",
    array: true,
    default: CONTESTS.map(({ kind }) => kind),
    coerce: (texts: string[]) => texts.flatMap((text) => text.split(",")).filter((text) => text !== ""),
    describe: "which kinds",
  })
  .option("half", { type: "string", choices: HALVES, default: "report", describe: "which half of the clips" })
  .option("clips", { type: "number", describe: "only so many" })
  .option("at-once", { type: "number", default: 16, describe: "calls at the same time (1 to 100)" })
  .option("json", { type: "boolean", default: false, describe: "print nothing but the rows, as one JSON array" })
  .check((args) => {
    const { kinds, clips, "at-once": atOnce } = args;
    const unknown = kinds.filter((kind) => !CONTESTS.some((contest) => contest.kind === kind));
    if (unknown.length > 0) throw new Error(`--kinds are of ${CONTESTS.map(({ kind }) => kind).join(", ")}`);
    if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > 100) throw new Error("--at-once must be from 1 to 100");
    if (clips !== undefined && (!Number.isInteger(clips) || clips < 1)) throw new Error("--clips must be from 1");
    return true;
  })
  .strict()
  .version(false)
  .parse();

/** All of it, at most so many at once, in the order of the clips. */
async function callAll(caller: ClipCaller, clips: readonly Clip[], listening: Listening): Promise<readonly Called[]> {
  const called: Called[] = [];
  const waiting = [...clips];
  const work = async (): Promise<void> => {
    for (let clip = waiting.shift(); clip !== undefined; clip = waiting.shift()) {
      called.push(await caller.call(clip.id, listening));
    }
  };
  await Promise.all(Array.from({ length: options["at-once"] }, work));
  return called;
}

function rowOf({ kind, replay }: Contest, clips: readonly Clip[], called: readonly Called[], samplesOf: SamplesOf) {
  const clipOf = new Map(clips.map((clip) => [clip.id, clip]));
  const judged = called.map((each) => {
    const clip = clipOf.get(each.clipId);
    if (clip === undefined) throw new Error(`no clip ${each.clipId}`);
    const samples = samplesOf(clip);
    const model = replay(frameMeans(samples, 8_000), toneEvents(samples));
    return { ...each, clip, truth: clip.truth, model };
  });
  const found = confusionOf(judged);
  const waits = judged.filter(({ truth }) => isPerson(truth)).map(({ waitMs }) => waitMs);
  waits.sort((a, b) => a - b);
  const off = judged.filter(({ verdict, model }) => isTakenForPerson(verdict) !== isTakenForPerson(model.verdict));
  const missed: Record<string, string> = {};
  for (const each of [...new Set(judged.map(({ clip }) => clip.kind))].sort()) {
    const own = judged.filter(({ clip }) => clip.kind === each);
    const dropped = own.filter(({ verdict }) => !isTakenForPerson(verdict));
    missed[each] = `${String(dropped.length)}/${String(own.length)}`;
  }
  return {
    kind,
    clips: found.clips,
    accuracy: rounded(found.accuracy),
    falsePositiveRate: rounded(found.falsePositiveRate),
    falsePositiveUpper95: rounded(found.falsePositiveUpper95),
    verdictMsP50: found.verdictMsP50,
    verdictMsP99: found.verdictMsP99,
    verdictMsMax: found.verdictMsMax,
    machinesFound: found.machinesFound,
    machines: found.machines,
    falsePositives: found.falsePositives,
    people: found.people,
    falseDiscoveryRate: rounded(found.falseDiscoveryRate),
    /** From the answer to somebody to talk to, for people. */
    personWaitMsP50: percentile(waits, 0.5),
    personWaitMsP99: percentile(waits, 0.99),
    /** Share of clips that the model of recordings treats otherwise than this Asterisk did. */
    modelOff: rounded(off.length / Math.max(1, judged.length)),
    /** By what was on the line: how many were taken for machines. */
    taken: missed,
    matrix: found.matrix,
  };
}

const rounded = (share: number | null): number | null => (share === null ? null : Math.round(share * 10_000) / 10_000);

type SamplesOf = (clip: Clip) => Int16Array;

await inLab("amd", async ({ say, start }) => {
  say("looking for the audio set; making it takes a minute or two");
  const set = await ensureAudioSet(cacheDir);
  const clips = set.clips.filter(({ half }) => half === options.half).slice(0, options.clips);
  const samplesOf: SamplesOf = (clip) => readSamples(fileOf(set, clip));
  const lab = await start();
  // Asterisk may live in a folder that it takes for the root, and sees nothing outside.
  const sounds = join(lab.ground.folder, "amd-clips");
  mkdirSync(sounds);
  for (const clip of clips) copyFileSync(fileOf(set, clip), join(sounds, `${clip.id}.wav`));
  const caller = await ClipCaller.open(lab.pbx, lab.network, lab.ground.asterisk.inside(sounds));
  const rows = [];
  for (const contest of CONTESTS.filter(({ kind }) => options.kinds.includes(kind))) {
    const row = rowOf(contest, clips, await callAll(caller, clips, contest.listening), samplesOf);
    rows.push(row);
    say(`${row.kind}: accuracy ${String(row.accuracy)}, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
    if (!options.json) process.stdout.write(`${JSON.stringify(row, null, 1)}\n`);
  }
  await caller.close();
  process.stdout.write(`${JSON.stringify(rows)}\n`);
});
