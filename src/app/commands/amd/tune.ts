/** `fairdial amd tune`: what detection would have said of recordings whose truth is known. Nothing is dialled or changed. */
import { confusionOf } from "../../../amd/confusion.ts";
import type { Confusion } from "../../../amd/confusion.ts";
import { AMD_VERDICTS, isTakenForPerson } from "../../../domain/amd.ts";
import { builtInSets, triedSet } from "../../amd/parameter-sets.ts";
import type { ParameterSet } from "../../amd/parameter-sets.ts";
import { readRecordings } from "../../amd/recordings.ts";
import type { Recording } from "../../amd/recordings.ts";
import { usageError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { plural, table } from "../../print.ts";

/** Two seconds from the answer, less the margin that profiles take off: rule UK-CLK-1. */
const DEADLINE_MS = 1_800;
/** Of people wrongly judged, so many are named. */
const NAMED_MAX = 20;

interface Tried {
  readonly set: ParameterSet;
  readonly found: Confusion;
  /** Names of recordings with people that a machine was said of. */
  readonly wronged: readonly string[];
}

export const amdTune = command({
  words: "tune",
  summary: "Try parameters of answering-machine detection on labelled recordings",
  flags: {
    recordings: {
      type: "string",
      demandOption: true,
      describe: "Folder of WAV files that begin with the answer, labelled by subfolder or by labels.csv",
    },
    try: {
      type: "array",
      string: true,
      describe: "One more set: machineSpanMs=900,machineWords=4; may be given more than once",
    },
  },
  examples: [
    ["amd tune --recordings answers", "Accuracy, false positives, and time to a verdict of each set"],
    ["amd tune --recordings answers --try machineWords=4", "With one more word before it is a machine"],
  ],
  async run(args, session) {
    if (args.recordings === "") throw usageError("--recordings needs the name of a folder.");
    const sets = [...builtInSets(DEADLINE_MS), ...(args.try ?? []).map((text) => triedSet(text, DEADLINE_MS))];
    const recordings = readRecordings(args.recordings);
    const tried = sets.map((set) => tryOn(set, recordings));
    session.answer({ recordings: recordings.length, sets: tried.map(documentOf) }, () => textOf(recordings, tried));
    return undefined;
  },
});

function tryOn(set: ParameterSet, recordings: readonly Recording[]): Tried {
  const judged = recordings.map(({ name, truth, means, tones }) => ({ name, truth, ...set.replay(means, tones) }));
  return {
    set,
    found: confusionOf(judged),
    wronged: judged
      .filter(({ truth, verdict }) => truth === "human" && !isTakenForPerson(verdict))
      .map(({ name }) => name),
  };
}

const documentOf = ({ set, found, wronged }: Tried) => ({
  name: set.name,
  kind: set.kind,
  parameters: set.parameters,
  usable: set.problems.length === 0,
  problems: set.problems,
  ...found,
  peopleTakenForMachines: wronged,
});

const percent = (share: number | null): string => (share === null ? "-" : `${(share * 100).toFixed(1)} %`);

function textOf(recordings: readonly Recording[], tried: readonly Tried[]): string {
  const summary = table(
    ["set", "accuracy", "false positives", "of people", "at most", "machines found", "p50 ms", "p99 ms", "in time"],
    tried.map(({ set, found }) => [
      set.name,
      percent(found.accuracy),
      found.falsePositives,
      percent(found.falsePositiveRate),
      percent(found.falsePositiveUpper95),
      `${found.machinesFound}/${found.machines}`,
      found.verdictMsP50,
      found.verdictMsP99,
      set.problems.length === 0 ? "yes" : "no",
    ]),
  );
  const matrices = tried.map(({ set, found, wronged }) => {
    const seen = AMD_VERDICTS.filter((verdict) => Object.values(found.matrix).some((row) => row[verdict] > 0));
    const rows = Object.entries(found.matrix).map(([truth, row]) => [truth, ...seen.map((verdict) => row[verdict])]);
    const named = wronged.slice(0, NAMED_MAX).join(", ");
    const more = wronged.length > NAMED_MAX ? ` and ${plural(wronged.length - NAMED_MAX, "more", "more")}` : "";
    return [
      `${set.name}: what was on the line, and what was said of it`,
      table(["", ...seen], rows),
      ...(wronged.length === 0 ? [] : [`People taken for machines: ${named}${more}`]),
    ].join("\n");
  });
  return [
    `${plural(recordings.length, "recording")}; "at most" is the upper end of the 95 % interval, "in time" the limit of ${DEADLINE_MS} ms.`,
    "",
    summary,
    ...matrices.flatMap((matrix) => ["", matrix]),
  ].join("\n");
}
