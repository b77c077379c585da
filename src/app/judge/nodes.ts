/** One judgement over the journals of several nodes: each by itself, and then what only all of them together can show. */
import { dirname } from "node:path";
import type { Instant } from "../../domain/instant.ts";
import { AcrossNodes, type AcrossFinding } from "../../judge/across-nodes.ts";
import type { Finding } from "../../judge/judge.ts";
import { replay, type Replay, type ReplayOptions } from "./replay.ts";

export interface NodesReplay extends Omit<Replay, "nodeId" | "findings"> {
  /** Those that said their name, in its order. */
  readonly nodes: readonly string[];
  readonly findings: readonly (Finding | AcrossFinding)[];
}

/** A daemon writes into a folder of its own, so what lies together is one node's. */
const byFolder = (files: readonly string[]): readonly (readonly string[])[] => {
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const folder = dirname(file);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders.values()];
};

export async function replayNodes(options: ReplayOptions): Promise<NodesReplay> {
  const groups = byFolder(options.files);
  if (groups.length < 2) {
    const { nodeId, ...one } = await replay(options);
    return { ...one, nodes: nodeId === null ? [] : [nodeId] };
  }
  const across = new AcrossNodes((breach) => options.onBreach?.(breach));
  const replays: Replay[] = [];
  for (const files of groups) {
    const folder = dirname(files[0] ?? "");
    const onEntry: ReplayOptions["onEntry"] = (entry) => {
      across.see(folder, entry);
      options.onEntry?.(entry);
    };
    replays.push(await replay({ ...options, files, onEntry }));
  }
  const sum = (of: (each: Replay) => number): number => replays.reduce((total, each) => total + of(each), 0);
  const instants = (of: (each: Replay) => Instant | null): Instant[] => replays.map(of).filter((at) => at !== null);
  return {
    files: replays.flatMap(({ files }) => files),
    nodes: replays.flatMap(({ nodeId }) => (nodeId === null ? [] : [nodeId])).sort(),
    ...{ lines: sum((each) => each.lines), entries: sum((each) => each.entries) },
    ...{ attempts: sum((each) => each.attempts), lives: sum((each) => each.lives) },
    from: instants(({ from }) => from).reduce<Instant | null>((a, b) => (a === null || b < a ? b : a), null),
    to: instants(({ to }) => to).reduce<Instant | null>((a, b) => (a === null || b > a ? b : a), null),
    isStopped: replays.every(({ isStopped }) => isStopped),
    beginsInTheMiddle: replays.some(({ beginsInTheMiddle }) => beginsInTheMiddle),
    endsWithoutDecision: sum((each) => each.endsWithoutDecision),
    ...{ salvaged: sum((each) => each.salvaged), torn: sum((each) => each.torn) },
    unreadable: replays.flatMap(({ unreadable }) => unreadable),
    unreadableCount: sum((each) => each.unreadableCount),
    findings: [...together(replays), across.finish()],
  };
}

const together = (replays: readonly Replay[]): Finding[] =>
  (replays[0]?.findings ?? []).map((finding, index) => ({
    ...finding,
    looked: replays.reduce((total, { findings }) => total + (findings[index]?.looked ?? 0), 0),
    breaches: replays.reduce((total, { findings }) => total + (findings[index]?.breaches ?? 0), 0),
  }));
