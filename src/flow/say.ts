/** From what is to be said to the media that Asterisk plays one after the other. */
import { DATE_PARTS, TIME_PARTS, type Flow, type SayTable, type Speech, type SpeechItem } from "./flow.ts";
import { readCharacters, readDay, readDigits, readMoney, readTimeOfDay, readWhole } from "./values.ts";

/** Asterisk takes the media in the address of one request; more than this is a speech nobody listens to. */
export const MEDIA_MAX = 60;

export type Said =
  | { readonly ok: true; readonly media: readonly string[] }
  /** The attribute or result that is absent or cannot be read as it should. */
  | { readonly ok: false; readonly name: string };

/** One date of several, and its key. */
export interface Offered {
  readonly date: string;
  readonly key: string;
}

export interface Wording {
  readonly table: SayTable;
  /** Text of an attribute or result; null when there is none. */
  readonly valueOf: (name: string) => string | null;
  readonly offered: Offered | null;
}

export const mediaOf = (speech: Speech, wording: Wording): Said => {
  const media: string[] = [];
  for (const item of speech) {
    const said = itemMedia(item, wording);
    if (said === null) return { ok: false, name: "of" in item ? item.of : item.kind };
    media.push(...said);
  }
  return { ok: true, media };
};

/** Null when it cannot be said: guessing would tell somebody a wrong day or sum. */
const itemMedia = (item: SpeechItem, { table, valueOf, offered }: Wording): readonly string[] | null => {
  switch (item.kind) {
    case "media":
      return [item.media];
    case "offeredDate":
      return offered === null ? null : dateMedia(offered.date, table);
    case "offeredKey":
      return offered === null ? null : [`digits:${offered.key}`];
    case "number":
    case "digits":
    case "characters":
    case "date":
    case "time":
    case "money": {
      const value = valueOf(item.of);
      return value === null ? null : valueMedia(item, value, table);
    }
  }
};

const valueMedia = (
  item: Extract<SpeechItem, { readonly of: string }>,
  value: string,
  table: SayTable,
): readonly string[] | null => {
  switch (item.kind) {
    case "number": {
      const number = readWhole(value);
      return number === null ? null : [`number:${number}`];
    }
    case "digits": {
      const digits = readDigits(value);
      return digits === null ? null : [`digits:${digits}`];
    }
    case "characters": {
      const characters = readCharacters(value);
      return characters === null ? null : [`characters:${characters}`];
    }
    case "date":
      return dateMedia(value, table);
    case "time":
      return timeMedia(value, table);
    case "money":
      return moneyMedia(value, item.currency, table);
  }
};

type Parts = Readonly<Record<string, readonly string[]>>;

const filledIn = (pattern: readonly string[], parts: Parts): readonly string[] =>
  pattern.flatMap((part) => parts[part] ?? [part]);

export const dateMedia = (text: string, table: SayTable): readonly string[] | null => {
  const day = readDay(text);
  if (day === null) return null;
  const parts = {
    [DATE_PARTS[0]]: table.weekdays[day.weekday],
    [DATE_PARTS[1]]: table.days[day.day - 1],
    [DATE_PARTS[2]]: table.months[day.month - 1],
    [DATE_PARTS[3]]: [`number:${day.year}`],
  };
  return Object.values(parts).includes(undefined) ? null : filledIn(table.date, parts as Parts);
};

export const timeMedia = (text: string, table: SayTable): readonly string[] | null => {
  const time = readTimeOfDay(text);
  if (time === null) return null;
  const { hour, minute } = time;
  const saidHour = table.isTwelveHours ? ((hour + 11) % 12) + 1 : hour;
  const pattern = minute === 0 ? table.fullHour : minute < 10 ? table.fewMinutes : table.time;
  return filledIn(pattern, {
    [TIME_PARTS[0]]: [`number:${saidHour}`],
    [TIME_PARTS[1]]: [`number:${minute}`],
    [TIME_PARTS[2]]: table.halves[hour < 12 ? 0 : 1],
  });
};

const moneyMedia = (text: string, currency: string, table: SayTable): readonly string[] | null => {
  const money = readMoney(text);
  const words = Object.hasOwn(table.currencies, currency) ? table.currencies[currency] : undefined;
  if (money === null || words === undefined) return null;
  const { units, hundredths } = money;
  const large = [`number:${units}`, ...(units === 1 ? words.one : words.many)];
  const small = [`number:${hundredths}`, ...(hundredths === 1 ? words.smallOne : words.smallMany)];
  if (hundredths === 0) return large;
  return units === 0 ? small : [...large, ...words.and, ...small];
};

const tableLists = (table: SayTable): readonly (readonly string[])[] => [
  ...[...table.weekdays, ...table.months, ...table.days, ...table.halves],
  ...[table.date, table.fullHour, table.fewMinutes, table.time],
  ...Object.values(table.currencies).flatMap((words) => Object.values(words) as (readonly string[])[]),
];

/**
 * Every recording that a flow may play, without those that say values: whoever test-plays them knows that none is
 * missing. Sorted, each once.
 */
export const recordingsOf = (flow: Flow): readonly string[] => {
  const all = Object.values(flow.steps).flatMap((step): readonly string[] => {
    switch (step.kind) {
      case "play":
      case "leaveMessage":
        return named(step.speech);
      case "handOver":
        return [...named(step.speech), ...step.meanwhile];
      case "chooseDate":
        return [...named(step.asking.prompt), ...named(step.asking.again), ...named(step.offer)];
      case "menu":
      case "digits":
      case "confirmPerson":
        return [...named(step.asking.prompt), ...named(step.asking.again)];
      case "branch":
      case "setResult":
      case "optOut":
      case "askCallback":
      case "hangUp":
        return [];
    }
  });
  return [...new Set(all)].sort();
};

/** Every recording with which a table says values. Sorted, each once. */
export const recordingsOfTable = (table: SayTable): readonly string[] => {
  const places: readonly string[] = [...DATE_PARTS, ...TIME_PARTS];
  return [...new Set(tableLists(table).flat())].filter((media) => !places.includes(media)).sort();
};

const sayings = (flow: Flow): Speech =>
  Object.values(flow.steps).flatMap((step): Speech => {
    if (step.kind === "play" || step.kind === "leaveMessage" || step.kind === "handOver") return step.speech;
    if (!("asking" in step)) return [];
    return [...step.asking.prompt, ...step.asking.again, ...(step.kind === "chooseDate" ? step.offer : [])];
  });

/** Kinds of values that are put together from recordings, and those of the table that each of them takes. */
const recordingsOfKind = (kind: SpeechItem["kind"], table: SayTable): readonly string[] => {
  const { weekdays, months, days, date, halves, fullHour, fewMinutes, time, currencies } = table;
  switch (kind) {
    case "date":
    case "offeredDate":
      return [...weekdays, ...months, ...days, date].flat();
    case "time":
      return [...halves, fullHour, fewMinutes, time].flat();
    case "money":
      return Object.values(currencies).flatMap((words) => Object.values(words).flat() as string[]);
    default:
      return [];
  }
};

/**
 * Every recording that calls of this flow can come to, those that say its values included: what must be test-played
 * before anybody is called. Sorted, each once.
 */
export const recordingsNeeded = (flow: Flow): readonly string[] => {
  const places: readonly string[] = [...DATE_PARTS, ...TIME_PARTS];
  const kinds = [...new Set(sayings(flow).map(({ kind }) => kind))];
  const ofValues = kinds.flatMap((kind) => recordingsOfKind(kind, flow.sayTable));
  const said = ofValues.filter((media) => media.startsWith("sound:") && !places.includes(media));
  return [...new Set([...recordingsOf(flow), ...said])].sort();
};

const named = (speech: Speech): readonly string[] =>
  speech.flatMap((item) => (item.kind === "media" ? [item.media] : []));
