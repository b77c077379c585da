/** What every step goes by: the flow, what is known, the time; and what is said, kept and remembered from step to step. */
import { after, earliest, type Instant } from "../domain/instant.ts";
import type { AttributeDeclaration, Flow, Speech } from "./flow.ts";
import { MEDIA_MAX, mediaOf, type Offered } from "./say.ts";
import type { Advance, FlowEffect, FlowFacts, FlowLiving } from "./state.ts";
import { readDay, readDigits } from "./values.ts";

/** A playback that has not begun by then is taken for one that failed: nobody is met with silence. */
export const PLAY_START_MAX_MS = 2_000;
/** Longest that taking one's leave may last, when something failed or the time was over. */
export const TROUBLE_MAX_MS = 30_000;

export interface Scene {
  readonly flow: Flow;
  readonly facts: FlowFacts;
  readonly at: Instant;
}

/** What stays the same whatever it is doing. */
export type Base = Omit<Extract<FlowLiving, { doing: "waiting" }>, "doing" | "deadlineAt">;

export const baseOf = ({
  visits,
  isHeard,
  plays,
  results,
  isAgentAsked,
  isInTrouble,
  hasOptedOut,
  endBy,
}: Base): Base => ({
  ...{ visits, isHeard, plays, results, isAgentAsked, isInTrouble, hasOptedOut, endBy },
});

export const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** The text of a result or an attribute; null for none, and for an empty one. */
export const valueOf = ({ facts }: Scene, base: Base, name: string): string | null => {
  const text = own(base.results, name) ?? own(facts.attributes, name);
  return text === undefined || text.trim() === "" ? null : text;
};

const sensitiveResults = (flow: Flow): ReadonlySet<string> =>
  new Set(
    Object.values(flow.steps).flatMap((step) =>
      step.kind === "digits" && step.isSensitive && step.into !== null ? [step.into] : [],
    ),
  );

export const isSensitiveResult = (flow: Flow, name: string): boolean => sensitiveResults(flow).has(name);

const isPrivateName = (flow: Flow, name: string): boolean =>
  own<AttributeDeclaration>(flow.attributes, name)?.isPrivate === true || isSensitiveResult(flow, name);

export const namesIn = (speech: Speech): readonly string[] => speech.flatMap((item) => ("of" in item ? [item.of] : []));

export interface Begun {
  readonly base: Base;
  readonly play: number;
  readonly effect: FlowEffect;
  readonly deadlineAt: Instant;
}

/** Begins to play; null when something in it cannot be said. `offers` is said once for each date. */
export const begin = (
  scene: Scene,
  base: Base,
  speech: Speech,
  offers: { readonly speech: Speech; readonly offered: readonly Offered[] } | null = null,
): Begun | null => {
  const { flow, at, facts } = scene;
  const table = flow.sayTable;
  const wording = { table, valueOf: (name: string) => valueOf(scene, base, name) };
  const parts = [
    mediaOf(speech, { ...wording, offered: null }),
    ...(offers?.offered ?? []).map((offered) => mediaOf(offers?.speech ?? [], { ...wording, offered })),
  ];
  const media: string[] = [];
  for (const part of parts) {
    if (!part.ok) return null;
    media.push(...part.media);
  }
  // A request without media would be refused, and nobody would hear anything.
  if (media.length === 0 || media.length > MEDIA_MAX) return null;
  const names = [...namesIn(speech), ...namesIn(offers?.speech ?? [])];
  const play = base.plays + 1;
  const startBy = after(at, PLAY_START_MAX_MS);
  return {
    base: { ...base, plays: play },
    play,
    effect: {
      type: "play",
      play,
      media,
      language: table.language,
      isPrivate: names.some((name) => isPrivateName(flow, name)),
    },
    deadlineAt: earliest(base.isHeard ? startBy : earliest(startBy, facts.firstWordBy), base.endBy),
  };
};

/** The end: the information message has the word where nothing was heard. */
export const leave = (base: Base, effects: readonly FlowEffect[]): Advance => {
  const { endBy: _endBy, ...memory } = baseOf(base);
  return base.isHeard
    ? { state: { ...memory, doing: "ended", how: "saidAll" }, effects: [...effects, { type: "hangUp" }] }
    : { state: { ...memory, doing: "ended", how: "unheard" }, effects: [...effects, { type: "inform" }] };
};

/** Results that nobody declared, and values that are none of theirs, go nowhere. */
export const withResult = (
  { flow }: Scene,
  base: Base,
  name: string,
  value: string,
): { readonly results: Readonly<Record<string, string>>; readonly effects: readonly FlowEffect[] } => {
  const declaration = own(flow.results, name);
  const isWelcome =
    declaration !== undefined &&
    (declaration.kind === "choice"
      ? declaration.values.includes(value)
      : declaration.kind === "date"
        ? readDay(value) !== null
        : readDigits(value) !== null);
  if (!isWelcome) return { results: base.results, effects: [] };
  return {
    results: { ...base.results, [name]: value },
    effects: [{ type: "setResult", name, value, isSensitive: isSensitiveResult(flow, name) }],
  };
};
