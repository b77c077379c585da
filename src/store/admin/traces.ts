/** What of a person may stand in a text that has to be kept, and the text without it. Pure. */
import { isPhoneNumber } from "../../domain/phone-number.ts";

export interface Traces {
  /** E.164. */
  readonly numbers: readonly string[];
  /** Names and keys. */
  readonly words: readonly string[];
}

const ERASED = "[erased]";
/** Two letters are a country or an abbreviation, and not somebody. */
const WORD_MIN = 3;
/** National forms have other digits in front: so many at the end tell a subscriber. */
const TAIL_DIGITS = 7;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const patternsOf = ({ numbers, words }: Traces): readonly RegExp[] => [
  ...numbers
    .filter(isPhoneNumber)
    .map((number) => new RegExp(`\\+?\\d*${escaped(number.slice(-Math.max(TAIL_DIGITS, number.length - 4)))}`, "g")),
  ...words
    .map((word) => word.trim())
    .filter((word) => word.length >= WORD_MIN)
    .map((word) => new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}])`, "giu")),
];

/** The text with every number, name and key of theirs taken out. */
export const withoutTraces = (text: string, traces: Traces): string =>
  patternsOf(traces).reduce((left, pattern) => left.replace(pattern, ERASED), text);

export const holdsTraces = (text: string, traces: Traces): boolean => withoutTraces(text, traces) !== text;

/** Every text in a document; its keys are ours and stay. */
export const documentWithoutTraces = (value: unknown, traces: Traces): unknown => {
  if (typeof value === "string") return withoutTraces(value, traces);
  if (Array.isArray(value)) return value.map((inner) => documentWithoutTraces(inner, traces));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, documentWithoutTraces(inner, traces)]));
};
