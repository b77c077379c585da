/** `fairdial judge`: replays the journal against everything that was promised. 1 when anything was broken. */
import { after, type Instant, instant, toIso } from "../../domain/instant.ts";
import type { Breach } from "../../judge/breach.ts";
import type { RowFinding } from "../../judge/rows.ts";
import { CliError, EXIT_FAILED, EXIT_OK } from "../cli-error.ts";
import { command } from "../command.ts";
import { firstInstant, inOrder, journalFiles } from "../journal-reader.ts";
import { type NodesReplay, replayNodes } from "../judge/nodes.ts";
import { Breaches } from "../judge/replay.ts";
import { DatabaseComparison, killSwitchSpells, knownNumbers } from "../judge/with-database.ts";
import { facts, plural, printable, table } from "../print.ts";
import { iso, type Session } from "../session.ts";
import { STDIN } from "../world.ts";
import { PERIOD_FLAGS, readPeriod } from "./report/period.ts";

/** More than anybody reads; the counts tell of the rest. */
const BREACHES_MAX = 10_000;
const DAY_MS = 86_400_000;

const dayOf = (at: Instant): string => toIso(at).slice(0, 10);

/** What was given; else the configured journal: the days asked for, with the day before, or last night's and today's. */
const filesOf = async (
  given: readonly string[],
  period: { readonly from: Instant | null; readonly to: Instant | null },
  session: Session,
): Promise<readonly string[]> => {
  if (given.length > 0) return inOrder(given, session.world);
  const { folder } = session.config.journal;
  const isOpen = period.from === null && period.to === null;
  const from = isOpen ? after(session.world.now(), -DAY_MS) : period.from === null ? null : after(period.from, -DAY_MS);
  // Calls that were under way are read to their end.
  const to = period.to === null ? null : after(period.to, DAY_MS);
  const files = journalFiles(folder, from === null ? null : dayOf(from), to === null ? null : dayOf(to));
  if (files.length > 0) return files;
  throw new CliError("no-journal", `There is no journal of that time in ${folder}.`);
};

export const judgeCommand = command({
  words: "judge [file..]",
  summary: "Replay the journal against every promise; exit code 1 on any breach",
  positionals: {
    file: {
      type: "string",
      array: true,
      describe:
        "Journals, also compressed ones (.gz), each node's in a folder of its own; - for standard input. Left out: the configured journal",
    },
  },
  flags: {
    ...PERIOD_FLAGS,
    database: { type: "boolean", default: false, describe: "Compare with attempts and abandon account as well" },
  },
  examples: [
    ["judge --from yesterday --to today", "Last night's"],
    ["judge journal-2026-11-21.jsonl --json", "One file, wherever it came from"],
    ["judge pbx-1/*.jsonl pbx-2/*.jsonl --database", "Several nodes on one database"],
  ],
  async run(args, session) {
    const period = readPeriod(args, session.world.now());
    const files = await filesOf(args.file ?? [], period, session);
    const breaches = new Breaches(BREACHES_MAX);
    const { json } = session.options;
    const onBreach = (breach: Breach): void => {
      breaches.add(breach);
      if (!json && breaches.count <= BREACHES_MAX) session.world.stdout.write(`${sentence(breach)}\n`);
    };
    const database = args.database ? await session.database() : null;
    const comparison = database === null ? null : new DatabaseComparison(onBreach);
    const replayed = await replayNodes({
      files,
      world: session.world,
      period,
      onBreach,
      ...(database === null
        ? {}
        : {
            numbers: await knownNumbers(database, await lookedBackOver(files, session)),
            killSwitch: await killSwitchSpells(database),
          }),
      ...(comparison === null
        ? {}
        : {
            onEntry: (entry) => {
              comparison.see(entry);
            },
          }),
    });
    const rows = database === null || comparison === null ? [] : await comparison.compare(database, replayed.nodes);
    const findings = [...replayed.findings, ...rows];
    const remarks = remarksOn(replayed);
    session.answer(document(replayed, findings, breaches, remarks), () => text(replayed, findings, breaches, remarks));
    return breaches.count > 0 ? EXIT_FAILED : EXIT_OK;
  },
});

/** Caps and flags look back over some days; numbers that were called before that matter no more. */
const LOOKED_BACK_MS = 5 * DAY_MS;

const lookedBackOver = async (files: readonly string[], session: Session) => {
  const [first] = files;
  const at = first === undefined || first === STDIN ? Infinity : await firstInstant(first, session.world);
  return { from: Number.isFinite(at) ? instant(at - LOOKED_BACK_MS) : null, to: null };
};

type AnyFinding = NodesReplay["findings"][number] | RowFinding;

const document = (
  replayed: NodesReplay,
  findings: readonly AnyFinding[],
  breaches: Breaches,
  remarks: readonly string[],
) => ({
  kept: breaches.count === 0,
  files: replayed.files,
  node: replayed.nodes[0] ?? null,
  nodes: replayed.nodes,
  from: iso(replayed.from),
  to: iso(replayed.to),
  lines: replayed.lines,
  attempts: replayed.attempts,
  starts: replayed.lives,
  torn: replayed.torn,
  salvaged: replayed.salvaged,
  unreadable: replayed.unreadable,
  unreadableCount: replayed.unreadableCount,
  remarks,
  invariants: findings.map(({ invariant, says, looked, breaches: broken }) => ({
    invariant,
    says,
    looked,
    breaches: broken,
  })),
  breachCount: breaches.count,
  breaches: breaches.kept.map((breach) => ({ ...breach, at: iso(breach.at) })),
});

const text = (
  replayed: NodesReplay,
  findings: readonly AnyFinding[],
  breaches: Breaches,
  remarks: readonly string[],
): string =>
  [
    ...(breaches.count > 0 ? [""] : []),
    table(
      ["promise", "cases", "broken", ""],
      findings.map(({ invariant, says, looked, breaches: broken }) => [
        invariant,
        looked,
        broken,
        looked === 0 && broken === 0 ? `(saw nothing of it) ${says}` : says,
      ]),
    ),
    "",
    facts([
      ["journal", replayed.files.join(", ")],
      [replayed.nodes.length > 1 ? "nodes" : "node", replayed.nodes.join(", ") || null],
      ["from", iso(replayed.from)],
      ["to", iso(replayed.to)],
      ["lines", replayed.lines],
      ["attempts", replayed.attempts],
      ["starts", replayed.lives],
    ]),
    ...remarks.map((remark) => printable(remark)),
    breaches.count === 0
      ? "Every promise was kept."
      : `${plural(breaches.count, "breach", "breaches")}${breaches.count > BREACHES_MAX ? `; the first ${BREACHES_MAX} are shown` : ""}.`,
  ].join("\n");

/** What made this judgement less than whole. */
const remarksOn = (replayed: NodesReplay): string[] => {
  const { torn, salvaged, unreadable, unreadableCount, beginsInTheMiddle, endsWithoutDecision, lives, attempts } =
    replayed;
  const [first] = unreadable;
  return [
    ...(attempts === 0 ? ["No attempt was decided in it: there was nothing to judge."] : []),
    ...(beginsInTheMiddle ? ["It begins in the middle of a daemon's life: what was under way is known in part."] : []),
    ...(endsWithoutDecision > 0
      ? [`${plural(endsWithoutDecision, "attempt")} ended whose decision is not in it; their rules are not known.`]
      : []),
    ...(lives > 1 ? [`The daemon was started ${lives} times in it.`] : []),
    ...(torn > 0 ? [`${plural(torn, "file")} ended in the middle of a line.`] : []),
    ...(salvaged > 0
      ? [`${plural(salvaged, "entry", "entries")} followed the torn end of another and could be saved.`]
      : []),
    ...(first === undefined
      ? []
      : [
          `${plural(unreadableCount, "line")} could not be read, the first ${first.file}:${first.line}: ${first.because}.`,
        ]),
  ];
};

const fact = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);

/** Instant, promise, attempt and what happened, in one line. */
const sentence = ({ at, invariant, attemptId, says, facts: told }: Breach): string => {
  const pairs = Object.entries(told).map(([name, value]) => `${name}=${fact(value)}`);
  return printable(
    [toIso(at), invariant, attemptId ?? "-", `${says}${pairs.length > 0 ? ":" : ""}`, ...pairs].join(" "),
  );
};
