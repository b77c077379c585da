/** A statement on paper: for a person who must be able to follow every figure of it. */
import { percentOf } from "../../compliance/alarms.ts";
import { ageDays } from "../../compliance/registers.ts";
import { spanOfDay } from "../../compliance/account.ts";
import type { AbandonRules } from "../../compliance/profile.ts";
import { toIso, type Instant } from "../../domain/instant.ts";
import { facts, plural, table, type Cell } from "../print.ts";
import type { RateLine, Statement } from "./statement.ts";
import { LEVELS, levelOf } from "./statement.ts";
import { estimateLines } from "./print-estimate.ts";
import { BREACH_KINDS } from "./breaches.ts";
import { ENDINGS, type Ending, type Spread } from "./tally.ts";

export interface Made {
  readonly at: Instant;
  readonly by: string;
}

export const WINDOWS = {
  calendarDay: "calendar day",
  fixedBlocks: "fixed blocks of days from the campaign's first start",
  calendarMonth: "calendar month",
} as const;

/** No rate is called safe unless the regime says so. */
export const ceilingText = ({ ceilingBasisPoints, safeHarbour }: AbandonRules): string => {
  if (ceilingBasisPoints === null) return "none is named";
  const named = percentOf(ceilingBasisPoints);
  return safeHarbour ? `${named}, by the regime's own rule` : `${named}, and no safe harbour below it`;
};

const BREACHES_SHOWN = 200;

const rateText = ({ rate }: RateLine): string =>
  rate.rateBasisPoints === null ? "-" : percentOf(rate.rateBasisPoints);

const fraction = ({ over, under }: { readonly over: number; readonly under: number }): string =>
  under === 1 ? String(over) : `${over}/${under}`;

export const statementText = (statement: Statement, made: Made): string =>
  [
    heading(statement, made),
    ratesOf(statement),
    ...estimateLines(statement.days.map(({ day, rate }) => ({ of: day, rate }))),
    windowsOf(statement),
    reachedText(statement),
    endingsOf(statement),
    timesOf(statement),
    outcomesOf(statement),
    inForce(statement),
    breachesText(statement),
    proofText(statement),
  ]
    .filter((part) => part !== "")
    .join("\n\n");

const heading = (statement: Statement, made: Made): string => {
  const { profile, days, counted, campaign, centre, campaigns } = statement;
  const { abandon } = profile;
  const [first, last] = [days[0]?.day ?? "", days.at(-1)?.day ?? ""];
  const from = toIso(spanOfDay(abandon, first).from);
  const to = toIso(spanOfDay(abandon, last).to);
  const versions = counted.profiles.map(
    ({ profile: name, version, attempts }) => `${name ?? "none"} ${version ?? ""} (${attempts})`,
  );
  return [
    "COMPLIANCE STATEMENT",
    facts([
      ...(campaign === null ? [] : [["campaign", `${campaign}, at every centre`] as const]),
      ...(centre === null ? [] : [["centre", `${centre}, all campaigns: ${campaigns.join(", ")}`] as const]),
      ["period", `${first === last ? first : `${first} to ${last}`}, days of ${abandon.timeZone}`],
      ["in universal time", `from ${from}, before ${to}`],
      ["profile", `${profile.name}, version ${profile.version}`],
      ["attempts decided under", versions.join(", ") || null],
      ["formula", `${abandon.formula}, version ${statement.formulaVersion}: ${FORMULAS[abandon.formula]}`],
      ["computed over", WINDOWS[abandon.window]],
      [
        "alert, throttle, stop",
        LEVELS.slice(1)
          .toReversed()
          .map((each) => percent(levelOf(abandon, each)))
          .join(", "),
      ],
      ["ceiling", ceilingText(abandon)],
      ["attempts", counted.attempts],
      ["answered", counted.answered],
      ["placed beyond the agents", counted.overdialled],
      ["still open", counted.open],
      ["taken back before placing", counted.takenBack],
      ["made", `${toIso(made.at)} by ${made.by}`],
    ]),
  ].join("\n\n");
};

const percent = (basisPoints: number | null): string => (basisPoints === null ? "none" : percentOf(basisPoints));

export const FORMULAS = {
  ofcom2010: "x / (x + y), machines deducted by p = Ag / (Ag + L), or with AMD its false positives added",
  liveOnly: "abandoned / calls answered live, whoever came too late counted as abandoned where the regime says so",
} as const;

/** Each day by itself: an average over days is no defence. */
const ratesOf = ({ days }: Statement): string =>
  [
    "Rate by day (D dropped, of them silent; L live to agents, of them late; Ag machines to agents; M dropped as machines)",
    table(
      ["day", "h", "D", "silent", "L", "late", "Ag", "M", "f", "p", "x", "y", "rate", "reaches", "record"],
      days.map((line) => {
        const { inputs, x, y } = line.rate;
        return [
          ...[line.day, line.hours, inputs.dropped, inputs.silent, inputs.live, inputs.late, inputs.machinesToAgents],
          inputs.machinesDropped,
          inputs.falsePositivesPerMillion === null ? "-" : `${inputs.falsePositivesPerMillion} ppm`,
          inputs.machineShare === null ? "-" : fraction(inputs.machineShare),
          ...[fraction(x), y, rateText(line), line.reached ?? "-", CLOSED[line.closed.state]],
        ];
      }),
    ),
  ].join("\n");

const CLOSED = {
  "not-over": "not over yet",
  "not-closed": "not closed",
  "as-closed": "as closed",
  "changed-since": "CHANGED since it was closed",
} as const;

const windowsOf = ({ windows }: Statement): string =>
  windows.length === 0
    ? ""
    : [
        "Rate by window, from the account",
        table(
          ["from", "to", "x", "y", "rate", "reaches"],
          windows.map((line) => [
            ...[line.fromDay, line.toDay, fraction(line.rate.x), line.rate.y, rateText(line), line.reached ?? "-"],
          ]),
        ),
      ].join("\n");

const reachedText = ({ days, profile }: Statement): string =>
  LEVELS.flatMap((level) => {
    const basisPoints = levelOf(profile.abandon, level);
    if (basisPoints === null) return [];
    const at = days.filter(({ reached }) => reached !== null && LEVELS.indexOf(reached) <= LEVELS.indexOf(level));
    const named = at.length === 0 ? "" : `: ${at.map(({ day }) => day).join(", ")}`;
    return [
      `${plural(at.length, "day")} of ${days.length} at or above the ${level} level of ${percentOf(basisPoints)}${named}`,
    ];
  }).join("\n");

const ENDING_WORDS: Readonly<Record<Ending, string>> = {
  abandonedWithMessage: "abandoned, message heard in time",
  silent: "silent: nothing heard in time",
  hungUpEarly: "hung up early",
  connectedLate: "connected late",
  cancelledWhileRinging: "cancelled while ringing",
};

const endingsOf = ({ counted }: Statement): string =>
  [
    "Kept apart, by who ended the call",
    table(
      ["", "all", "us", "agent", "called party", "Asterisk", "not known"],
      ENDINGS.map((ending) => {
        const { us, agent, farEnd, asterisk, unknown } = counted.endings[ending];
        return [ENDING_WORDS[ending], us + agent + farEnd + asterisk + unknown, us, agent, farEnd, asterisk, unknown];
      }),
    ),
  ].join("\n");

const spread = (name: string, ms: Spread | null): Cell[] => [name, ms?.count ?? 0, ms?.min, ms?.p50, ms?.p99, ms?.max];

const timesOf = ({ counted }: Statement): string =>
  [
    "Times in ms",
    table(
      ["", "calls", "least", "median", "p99", "most"],
      [
        spread("answer to message", counted.answerToMessageMs),
        spread("answer to agent", counted.answerToAgentMs),
        spread("ringing of those cancelled", counted.cancelledRangMs),
      ],
    ),
  ].join("\n");

const outcomesOf = ({ counted }: Statement): string => {
  const rows = Object.entries(counted.outcomes).sort(([, a], [, b]) => b - a);
  return rows.length === 0 ? "No attempt has ended." : table(["outcome", "attempts"], rows);
};

const inForce = (statement: Statement): string => {
  const { record, counted, profile, days } = statement;
  const end = spanOfDay(profile.abandon, days.at(-1)?.day ?? "").to;
  const registers = profile.registers.map(({ name, ageMaxDays }): Cell[] => {
    const file = record.registers.findLast((each) => each.name === name && each.loadedAt < end);
    if (file === undefined) return [name, "never loaded", null, null, null, ageMaxDays];
    const age = Math.floor(ageDays(file, end));
    return [name, toIso(file.fileDate).slice(0, 10), toIso(file.loadedAt), file.numbers, age, ageMaxDays];
  });
  const messages = counted.messages.map(({ media, sha256, attempts }): Cell[] => {
    const known = record.messages.find((each) => each.media === media && each.sha256 === sha256);
    return [
      media,
      sha256,
      known?.approvedBy ?? "not on record",
      iso(known?.approvedAt),
      known?.contactNumber,
      attempts,
    ];
  });
  const cliNumbers = counted.cliNumbers.map(({ cliNumber, attempts }): Cell[] => {
    const known = record.cliNumbers.find((each) => each.cliNumber === cliNumber);
    return [cliNumber, known?.proof ?? "not in the pool", attempts];
  });
  return [
    section("Information messages", ["message", "SHA-256", "approved by", "at", "number given", "attempts"], messages),
    section(
      "Registers, age at the end of the period",
      ["register", "file of", "loaded", "numbers", "days", "most"],
      registers,
    ),
    section("Numbers presented", ["number", "proof", "attempts"], cliNumbers),
  ].join("\n\n");
};

const iso = (at: Instant | null | undefined): string | null => (at === null || at === undefined ? null : toIso(at));

const section = (name: string, headings: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  `${name}\n${rows.length === 0 ? "none" : table(headings, rows)}`;

const breachesText = ({ breaches }: Statement): string => {
  if (breaches.length === 0) return "Breaches: none found.";
  const kinds = BREACH_KINDS.map((kind) => [kind, breaches.filter((each) => each.kind === kind).length] as const);
  const lines = [
    `Breaches: ${breaches.length.toLocaleString("en-GB")} (${kinds
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")})`,
    table(
      ["at", "rule", "breach", "attempt", ""],
      breaches
        .slice(0, BREACHES_SHOWN)
        .map(({ at, ruleId, kind, attemptId, says }) => [...[toIso(at), ruleId, kind, attemptId, says]]),
    ),
  ];
  const more = breaches.length - BREACHES_SHOWN;
  return more > 0
    ? [...lines, `… and ${more} more: --json and --csv --breaches have all of them.`].join("\n")
    : lines.join("\n");
};

const proofText = ({ accountEqual, rowsDifferent, chain }: Statement): string => {
  const lines = [
    accountEqual
      ? "The abandon account equals these attempts."
      : "The abandon account does NOT equal these attempts: `fairdial account recount` names the differences.",
  ];
  if (rowsDifferent > 0)
    lines.push(`${plural(rowsDifferent, "attempt")} counted as something else than the facts say.`);
  if (chain === null) lines.push("The chain of days was not proved: --verify does.");
  else if (chain.broken !== null) {
    const { rowId, day, sequence, says } = chain.broken;
    lines.push(`The chain of days is BROKEN at row ${rowId} (${day}, sequence ${sequence}): ${says}`);
  } else lines.push(`The chain of days holds: ${plural(chain.rows, "row")}, head ${chain.head ?? "none"}.`);
  if (chain?.holdsAnchor === false)
    lines.push("The earlier head is NOT in the chain: rows at its end were cut off or replaced.");
  return lines.join("\n");
};
