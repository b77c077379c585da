/** One replay: journals through the judge, and what could not be read of them. */
import type { Instant } from "../../domain/instant.ts";
import type { Breach } from "../../judge/breach.ts";
import { type Entry, readEntry } from "../../judge/entries.ts";
import { type Finding, Judge, type JudgeOptions } from "../../judge/judge.ts";
import { CliError } from "../cli-error.ts";
import { journalLines } from "../journal-reader.ts";
import type { World } from "../world.ts";

/** A line that could not be read, and why. */
export interface Unreadable {
  readonly file: string;
  readonly line: number;
  readonly because: string;
}

export interface Replay {
  readonly files: readonly string[];
  readonly lines: number;
  readonly entries: number;
  readonly attempts: number;
  /** Starts of the daemon. */
  readonly lives: number;
  readonly nodeId: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
  /** It ended with a clean stop: nothing may be left open. */
  readonly isStopped: boolean;
  /** Its first entry is no start of a daemon: what was under way then is known in part. */
  readonly beginsInTheMiddle: boolean;
  /** Ends that nobody had read the decision of. */
  readonly endsWithoutDecision: number;
  readonly salvaged: number;
  readonly torn: number;
  /** The first so many. */
  readonly unreadable: readonly Unreadable[];
  readonly unreadableCount: number;
  readonly findings: readonly Finding[];
}

export interface ReplayOptions extends JudgeOptions {
  readonly files: readonly string[];
  readonly world: Pick<World, "stdin">;
  /** Every entry, for whoever compares. */
  readonly onEntry?: (entry: Entry) => void;
}

const TOLD_MAX = 100;

/** What a file looks like that begins with a start: the campaigns come before it, being read first. */
const BEFORE_START: ReadonlySet<string> = new Set(["campaign", "campaign-barred"]);

export async function replay(options: ReplayOptions): Promise<Replay> {
  const judge = new Judge(options);
  const { scene } = judge;
  const unreadable: Unreadable[] = [];
  let [lines, entries, salvaged, torn, unreadableCount, endsWithoutDecision] = [0, 0, 0, 0, 0, 0];
  let beginsInTheMiddle = null as boolean | null;
  const cannotRead = (file: string, line: number, because: string): void => {
    unreadableCount += 1;
    if (unreadable.length < TOLD_MAX) unreadable.push({ file, line, because });
  };
  const take = (entry: Entry): void => {
    entries += 1;
    if (beginsInTheMiddle === null && !BEFORE_START.has(entry.kind)) {
      beginsInTheMiddle = entry.kind !== "engine" || entry.what !== "started";
    }
    if (entry.kind === "attempt-ended" && scene.attempt(entry.attemptId) === null) endsWithoutDecision += 1;
    judge.see(entry);
    options.onEntry?.(entry);
    if (scene.nodes.size < 2) return;
    const names = [...scene.nodes].join(" and ");
    throw new CliError(
      "mixed-nodes",
      `These are journals of several nodes, ${names}: put the files of each into a folder of its own.`,
    );
  };
  for (const file of options.files) {
    for await (const batch of journalLines(file, options.world)) {
      for (const { line, value, isSalvaged, isLast } of batch) {
        lines += 1;
        if (isSalvaged) salvaged += 1;
        if (value === undefined) {
          if (isLast) torn += 1;
          else cannotRead(file, line, "no JSON");
          continue;
        }
        const read = readEntry(value);
        if (read.what === "nonsense") cannotRead(file, line, read.because);
        if (read.what === "entry") take(read.entry);
      }
    }
  }
  const findings = judge.finish();
  return {
    files: options.files,
    ...{ lines, entries, attempts: scene.attempts, lives: scene.lives, nodeId: [...scene.nodes][0] ?? null },
    ...{ from: scene.firstAt, to: entries === 0 ? null : scene.now, isStopped: scene.isStopped },
    ...{ beginsInTheMiddle: beginsInTheMiddle === true, endsWithoutDecision, salvaged, torn },
    ...{ unreadable, unreadableCount, findings },
  };
}

/** Keeps the first breaches and counts the rest: a broken night must not fill the memory of whoever asks about it. */
export class Breaches {
  readonly kept: Breach[] = [];
  count = 0;
  readonly #keptMax: number;

  constructor(keptMax: number) {
    this.#keptMax = keptMax;
  }

  add(breach: Breach): void {
    this.count += 1;
    if (this.kept.length < this.#keptMax) this.kept.push(breach);
  }
}
