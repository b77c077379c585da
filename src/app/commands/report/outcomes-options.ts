/** Outcomes of each list, source, segment, or hour of the day: as a table, a document, or comma-separated text. */
import { DateTime } from "luxon";
import type { Outcome } from "../../../domain/outcome.ts";
import type { OutcomeOf, OutcomesBy, Period } from "../../../store/index.ts";
import { csvLine } from "../../csv.ts";
import { table } from "../../print.ts";
import { iso, type Session } from "../../session.ts";

const OUTCOMES_SHOWN_MAX = 4;

export interface OutcomeGroup {
  /** The hour of the day as `09:00`; null where there was no source, or no segment. */
  readonly name: string | null;
  readonly attempts: number;
  readonly liveAnswers: number;
  readonly connects: number;
  /** Most first. */
  readonly outcomes: readonly { readonly outcome: Outcome; readonly attempts: number }[];
}

/** Hours of many days come together by this machine's clock; lists of one name in several campaigns too. */
export const groupsOf = (rows: readonly OutcomeOf[]): OutcomeGroup[] => {
  const names = [...new Set(rows.map(nameOf))];
  return names.map((name) => {
    const ofName = rows.filter((row) => nameOf(row) === name);
    const sum = (of: (row: OutcomeOf) => number): number => ofName.reduce((total, row) => total + of(row), 0);
    const outcomes = new Map<Outcome, number>();
    for (const { outcome, attempts } of ofName) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + attempts);
    return {
      name,
      attempts: sum(({ attempts }) => attempts),
      liveAnswers: sum(({ liveAnswers }) => liveAnswers),
      connects: sum(({ connects }) => connects),
      outcomes: [...outcomes]
        .map(([outcome, attempts]) => ({ outcome, attempts }))
        .sort((a, b) => b.attempts - a.attempts),
    };
  });
};

const nameOf = ({ name, hour }: OutcomeOf): string | null =>
  hour === null ? name : DateTime.fromMillis(hour).toFormat("HH:00");

interface Answer {
  readonly by: OutcomesBy;
  readonly groups: readonly OutcomeGroup[];
  readonly csv: boolean;
  readonly campaign: string | null;
  readonly period: Period;
}

export const answerBy = (session: Session, { by, groups, csv, campaign, period }: Answer): void => {
  const sorted = by === "hour" ? groups.toSorted((a, b) => (a.name ?? "").localeCompare(b.name ?? "")) : groups;
  if (csv) {
    session.world.stdout.write(csvLine([by, "outcome", "attempts"]));
    for (const { name, outcomes } of sorted) {
      for (const { outcome, attempts } of outcomes) session.world.stdout.write(csvLine([name, outcome, attempts]));
    }
    return;
  }
  session.answer({ campaign, from: iso(period.from), to: iso(period.to), by, groups: sorted }, () =>
    sorted.length === 0
      ? "No attempt has ended in this period."
      : table(
          [by, "attempts", "live answers", "share", "connects", "outcomes"],
          sorted.map(({ name, attempts, liveAnswers, connects, outcomes }) => [
            ...[name ?? "none", attempts, liveAnswers, `${((100 * liveAnswers) / attempts).toFixed(1)} %`, connects],
            outcomesText(outcomes),
          ]),
        ),
  );
};

const outcomesText = (outcomes: OutcomeGroup["outcomes"]): string => {
  const shown = outcomes.slice(0, OUTCOMES_SHOWN_MAX).map(({ outcome, attempts }) => `${attempts} ${outcome}`);
  const more = outcomes.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} others`] : [])].join(", ");
};
