/**
 * Every lead of a campaign in exactly one place: ready to be dialled now, or the one reason why it is not. Pure.
 *
 * The rule to remember: it adds up to the list. Each lead is counted once, by the first of these questions that keeps it
 * back.
 */
import type { Instant } from "../../domain/instant.ts";
import type { LeadsStanding } from "../../store/index.ts";

/** In the order in which leads run through it. */
export const FUNNEL_STEPS = [
  "loading",
  "done",
  "held",
  "being-dialled",
  "in-hand",
  "no-source",
  "source-off",
  "callback",
  "put-off",
  "redial-later",
  "new-later",
  "hours-closed",
  "ready",
] as const;
export type FunnelStep = (typeof FUNNEL_STEPS)[number];

export interface FunnelPart {
  readonly step: FunnelStep;
  /** Why: the lead's reason, a source, a zone, a queue; null where the step says it all. */
  readonly because: string | null;
  readonly leads: number;
  /** When the first of them is due; for closed hours, when they open. Null where time alone changes nothing. */
  readonly nextAt: Instant | null;
}

export interface Funnel {
  readonly total: number;
  /** By step; within one, most first. */
  readonly parts: readonly FunnelPart[];
}

export interface FunnelKnown {
  readonly standing: readonly LeadsStanding[];
  readonly sources: readonly { readonly sourceId: number; readonly weight: number; readonly isLoading: boolean }[];
  /** Whether leads of that zone are taken now. */
  readonly isOpen: (timeZone: string | null) => boolean;
  /** The next opening there; null when nobody knows. */
  readonly opensAt: (timeZone: string | null) => Instant | null;
}

export const funnelOf = ({ standing, sources, isOpen, opensAt }: FunnelKnown): Funnel => {
  const giving = new Map(sources.map((source) => [source.sourceId, source]));
  const zones = new Map<string | null, boolean>();
  const isOpenThere = (zone: string | null): boolean => {
    const known = zones.get(zone) ?? isOpen(zone);
    zones.set(zone, known);
    return known;
  };
  const parts = new Map<string, FunnelPart>();
  for (const alike of standing) {
    const { step, because } = placeOf(alike, giving, isOpenThere);
    const key = `${step} ${because ?? ""}`;
    const before = parts.get(key);
    const nextAt = WAITS.has(step) ? alike.dueAt : null;
    parts.set(key, {
      step,
      because,
      leads: (before?.leads ?? 0) + alike.leads,
      nextAt: step === "hours-closed" ? (before?.nextAt ?? opensAt(alike.timeZone)) : earlier(before?.nextAt, nextAt),
    });
  }
  return {
    total: standing.reduce((sum, { leads }) => sum + leads, 0),
    parts: [...parts.values()].sort(
      (a, b) => FUNNEL_STEPS.indexOf(a.step) - FUNNEL_STEPS.indexOf(b.step) || b.leads - a.leads,
    ),
  };
};

const WAITS: ReadonlySet<FunnelStep> = new Set(["callback", "put-off", "redial-later", "new-later"]);

const earlier = (one: Instant | null | undefined, other: Instant | null): Instant | null => {
  if (one === null || one === undefined) return other;
  return other === null || one < other ? one : other;
};

type Place = Pick<FunnelPart, "step" | "because">;
type Sources = ReadonlyMap<number, FunnelKnown["sources"][number]>;

const placeOf = (alike: LeadsStanding, sources: Sources, isOpen: (zone: string | null) => boolean): Place => {
  const { isLoading, state, reason, queue } = alike;
  if (isLoading) return { step: "loading", because: null };
  switch (state) {
    case "done":
    case "held":
      return { step: state, because: reason };
    case "dialling":
      return { step: "being-dialled", because: null };
    case "leased":
      return { step: "in-hand", because: null };
    case "ready":
      break;
  }
  const source = sources.get(alike.sourceId);
  if (source === undefined) return { step: "no-source", because: null };
  if (source.isLoading) return { step: "source-off", because: `source ${source.sourceId} is loading` };
  if (source.weight === 0) return { step: "source-off", because: `source ${source.sourceId} has weight 0` };
  if (!alike.isDue) return { step: LATER[queue], because: queue === "callback" ? null : reason };
  if (!isOpen(alike.timeZone)) return { step: "hours-closed", because: alike.timeZone };
  return { step: "ready", because: queue };
};

const LATER = {
  fresh: "new-later",
  putOff: "put-off",
  redial: "redial-later",
  callback: "callback",
} as const satisfies Record<LeadsStanding["queue"], FunnelStep>;

export const sumOf = ({ parts }: Pick<Funnel, "parts">, ...steps: readonly FunnelStep[]): number =>
  parts.reduce((sum, { step, leads }) => (steps.includes(step) ? sum + leads : sum), 0);
