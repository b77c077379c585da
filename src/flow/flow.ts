/**
 * What a call flow says: the steps of a call without an agent, as a file describes them, all defaults filled in.
 *
 * One rule to remember: a flow is data and never changes while somebody hears it. Whatever can go wrong with one is found
 * by `checkFlow` before anybody is called; `advance` stays harmless with a flow that was never checked.
 */

export const KEYS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"] as const;
export type Key = (typeof KEYS)[number];

export const isKey = (text: string): text is Key => (KEYS as readonly string[]).includes(text);

/** What an attribute of a lead is to be read as. `dates` is a list, set apart by commas or blanks. */
export const VALUE_KINDS = ["text", "number", "digits", "date", "time", "money", "dates"] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export interface AttributeDeclaration {
  readonly kind: ValueKind;
  /** Said to nobody before the right person was confirmed, and kept out of the journal. */
  readonly isPrivate: boolean;
}

/** What a result may hold: one of the values, a date `YYYY-MM-DD`, or keys that were pressed. */
export type ResultDeclaration =
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "date" }
  | { readonly kind: "digits" };

/** Ways of saying a value. */
export const SAYINGS = ["number", "digits", "characters", "date", "time"] as const;
export type Saying = (typeof SAYINGS)[number];

/** A piece of what is said. `of` names an attribute or a result. */
export type SpeechItem =
  /** `says` is the text of the recording, for people who read the flow; null when nobody wrote it down. */
  | { readonly kind: "media"; readonly media: string; readonly says: string | null }
  | { readonly kind: Saying; readonly of: string }
  | { readonly kind: "money"; readonly of: string; readonly currency: string }
  /** In the offer of one date only: this date, and the key to press for it. */
  | { readonly kind: "offeredDate" }
  | { readonly kind: "offeredKey" };

export type Speech = readonly SpeechItem[];

/** How a question is put and how long an answer is waited for. */
export interface Asking {
  readonly prompt: Speech;
  /** Said before the prompt when it is put again; may be empty. */
  readonly again: Speech;
  /** From the end of the prompt to the first key. */
  readonly waitMs: number;
  /** How often the question is put in all. */
  readonly tries: number;
  /** Whether a key pressed during the prompt counts, and ends it. */
  readonly bargeIn: boolean;
  /** Where it goes on when no try brought an answer. */
  readonly otherwise: string;
}

export interface BranchCase {
  /** All that are given must hold. Numbers are compared as numbers; what is no number fits none. */
  readonly is: readonly string[] | null;
  readonly atLeast: number | null;
  readonly below: number | null;
  /** True for an attribute that is absent or empty, or a result that was not set. */
  readonly isMissing: boolean | null;
  readonly then: string;
}

/** In branches, beside attributes and results: `person`, `machine` or `unknown`. */
export const ANSWERED_BY = "answeredBy";

export type FlowStep =
  | { readonly kind: "play"; readonly speech: Speech; readonly then: string }
  /** One key decides. */
  | { readonly kind: "menu"; readonly asking: Asking; readonly keys: Readonly<Partial<Record<Key, string>>> }
  /** Several keys are one answer, kept as a result or compared with an attribute; wrong ones use up a try. */
  | {
      readonly kind: "digits";
      readonly asking: Asking;
      readonly least: number;
      readonly most: number;
      /** Ends the answer; null when only its length or a pause does. */
      readonly endKey: Key | null;
      readonly betweenMs: number;
      readonly into: string | null;
      readonly matches: string | null;
      /** Never in the journal, and in a result only with `isKept`. */
      readonly isSensitive: boolean;
      readonly isKept: boolean;
      readonly then: string;
    }
  | {
      readonly kind: "confirmPerson";
      readonly asking: Asking;
      readonly yes: Key;
      readonly no: Key;
      readonly person: string;
      readonly somebodyElse: string;
    }
  /** Offers the days of a list that are not over, each with a key: 1, 2, 3 … */
  | {
      readonly kind: "chooseDate";
      readonly asking: Asking;
      /** An attribute of kind `dates`. */
      readonly from: string;
      /** Said for each date. */
      readonly offer: Speech;
      readonly offeredMax: number;
      readonly into: string;
      /** "None of these": key 0; null when there is no such answer. */
      readonly declined: string | null;
      /** Where it goes on when there is no date to offer. */
      readonly none: string;
      readonly then: string;
    }
  | { readonly kind: "branch"; readonly on: string; readonly cases: readonly BranchCase[]; readonly otherwise: string }
  | { readonly kind: "setResult"; readonly results: Readonly<Record<string, string>>; readonly then: string }
  /** Whoever is called objects to further calls: lasting, and at once. */
  | { readonly kind: "optOut"; readonly then: string }
  | {
      readonly kind: "askCallback";
      /** Not before so long from now; null with `on`, or as soon as possible. */
      readonly afterMs: number | null;
      /** An attribute or result that holds a date; null without one. */
      readonly on: string | null;
      readonly then: string;
    }
  /** For a machine: after its beep, or after `beepWaitMs` without one. To a person it is said at once. */
  | { readonly kind: "leaveMessage"; readonly speech: Speech; readonly beepWaitMs: number; readonly then: string }
  | {
      readonly kind: "handOver";
      /** Said at once. */
      readonly speech: Speech;
      /** Media played over and over until somebody comes. */
      readonly meanwhile: readonly string[];
      /** From the wish to speak to somebody to giving up. */
      readonly waitMs: number;
      readonly nobody: string;
    }
  | { readonly kind: "hangUp" };

export type StepKind = FlowStep["kind"];

export interface Flow {
  /** What the file calls it. */
  readonly title: string;
  /** How values are said. */
  readonly sayTable: SayTable;
  /** Longest that it may take from the answer until it begins to take its leave. */
  readonly lengthMaxMs: number;
  /** How often one step may be come to. */
  readonly visitsMax: number;
  /** Longest that one playback may take. */
  readonly playMaxMs: number;
  readonly attributes: Readonly<Record<string, AttributeDeclaration>>;
  readonly results: Readonly<Record<string, ResultDeclaration>>;
  /** A key that objects at any time, and the step it leads to; null for none. */
  readonly optOut: { readonly key: Key; readonly go: string } | null;
  readonly start: string;
  /** What is said when something fails, a step was come to too often or the time is over. */
  readonly trouble: string;
  readonly steps: Readonly<Record<string, FlowStep>>;
}

/** Places in a pattern for which the value's own media are put; whatever else stands there is media. */
export const DATE_PARTS = ["{weekday}", "{day}", "{month}", "{year}"] as const;
export const TIME_PARTS = ["{hour}", "{minute}", "{half}"] as const;

/** The words of a sum: `one` and `many` for the main unit, `small…` for its hundredths. All lists of media. */
export interface CurrencyWords {
  readonly one: readonly string[];
  readonly many: readonly string[];
  readonly and: readonly string[];
  readonly smallOne: readonly string[];
  readonly smallMany: readonly string[];
}

/**
 * How a language says what Asterisk cannot say by itself: it has `number:`, `digits:` and `characters:`, with the grammar
 * of `language`, and nothing for dates, times and money. Each entry is a list of media, for it may take several recordings.
 */
export interface SayTable {
  /** Of Asterisk's recordings and grammar, such as `en_GB`. */
  readonly language: string;
  /** Seven, from Sunday. */
  readonly weekdays: readonly (readonly string[])[];
  /** Twelve. */
  readonly months: readonly (readonly string[])[];
  /** Thirty-one: first, second, … */
  readonly days: readonly (readonly string[])[];
  readonly date: readonly string[];
  /** Whether hours go from 1 to 12. */
  readonly isTwelveHours: boolean;
  /** Before and after noon: what `{half}` stands for. */
  readonly halves: readonly [readonly string[], readonly string[]];
  /** At the full hour; for minutes below ten; and for the rest. */
  readonly fullHour: readonly string[];
  readonly fewMinutes: readonly string[];
  readonly time: readonly string[];
  readonly currencies: Readonly<Record<string, CurrencyWords>>;
}
