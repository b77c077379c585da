/** A funnel for people: a line for each step, the commonest reasons beside it, and the sum. */
import { localTime, table } from "../print.ts";
import { FUNNEL_STEPS, type Funnel, type FunnelPart, type FunnelStep } from "./funnel.ts";

const REASONS_SHOWN_MAX = 5;

const WORDS: Readonly<Record<FunnelStep, string>> = {
  loading: "being imported",
  done: "done",
  held: "held",
  "being-dialled": "being dialled",
  "in-hand": "taken by a daemon, to be dialled next",
  "no-source": "in no source",
  "source-off": "in a source that gives none",
  callback: "to be called back later",
  "put-off": "never tried, put off",
  "redial-later": "wait for their next attempt",
  "new-later": "never tried, not due yet",
  "hours-closed": "outside calling hours now",
  ready: "ready to be dialled now",
};

export const funnelLines = (funnel: Funnel): string[] => {
  const count = (leads: number): string => leads.toLocaleString("en-GB");
  const rows = FUNNEL_STEPS.flatMap((step) => {
    const parts = funnel.parts.filter((part) => part.step === step);
    const leads = parts.reduce((sum, part) => sum + part.leads, 0);
    if (leads === 0 && step !== "ready") return [];
    return [[count(leads).padStart(count(funnel.total).length), WORDS[step], detailOf(parts)]];
  });
  return table(["leads", "", ""], [...rows, [count(funnel.total), "in all", ""]]).split("\n");
};

const detailOf = (parts: readonly FunnelPart[]): string => {
  const reasons = parts.filter(({ because }) => because !== null);
  const shown = reasons
    .slice(0, REASONS_SHOWN_MAX)
    .map(({ because, leads }) => `${leads.toLocaleString("en-GB")} ${because ?? ""}`);
  const more = reasons.length - shown.length;
  const next = parts.reduce<FunnelPart["nextAt"]>(
    (first, { nextAt }) => (nextAt !== null && (first === null || nextAt < first) ? nextAt : first),
    null,
  );
  const then = next === null ? [] : [`the first at ${localTime(next)}`];
  return [...shown, ...(more > 0 ? [`${more} other reasons`] : []), ...then].join(", ");
};
