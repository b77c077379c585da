/** Dispositions and redial rules as people write them on the command line: `1:sale:success`, `busy:10m:5`. */
import type { RedialRules, RetryRule } from "../../domain/campaign.ts";
import { DISPOSITION_KINDS, type Disposition } from "../../domain/disposition.ts";
import type { RetryClass } from "../../domain/outcome.ts";
import { didYouMean } from "../nearest.ts";
import { formatDuration, readDuration } from "./duration.ts";

/** Classes after which the same number may be tried again by a rule; the others have a fate of their own. */
export const RULED_CLASSES = [
  "no-answer",
  "busy",
  "machine",
  "rejected",
  "abandoned",
  "early-hangup",
  "not-home",
  "carrier",
  "callback",
] as const satisfies readonly RetryClass[];
type RuledClass = (typeof RULED_CLASSES)[number];

interface Problem {
  readonly problem: string;
}

/** `key:code:kind`; the key is what the agent presses, or `-` when only a CRM or a manager gives it. */
export const readDisposition = (text: string): Disposition | Problem => {
  const [key = "", code = "", kind = "", ...more] = text.trim().split(":");
  if (more.length > 0 || kind === "") return { problem: `"${text}" is not KEY:CODE:KIND, such as 1:sale:success.` };
  if (!/^(-|[0-9]{1,2})$/.test(key))
    return { problem: `The key of "${text}" must be one or two digits, or - for none.` };
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/.test(code)) {
    return { problem: `The code of "${text}" must be at most 32 letters, digits and inner hyphens.` };
  }
  const known = DISPOSITION_KINDS.find((candidate) => candidate === kind);
  if (known === undefined) {
    return {
      problem: `"${kind}" is not a kind of disposition.${didYouMean(kind, DISPOSITION_KINDS)} Known are ${DISPOSITION_KINDS.join(", ")}.`,
    };
  }
  return { key: key === "-" ? null : key, code, kind: known };
};

/** A set that the telephone can tell apart: codes differ, and no key is the beginning of another. */
export const checkDispositions = (dispositions: readonly Disposition[]): Problem | null => {
  for (const [index, one] of dispositions.entries()) {
    for (const other of dispositions.slice(index + 1)) {
      if (one.code.toLowerCase() === other.code.toLowerCase()) {
        return { problem: `Two dispositions have the code "${one.code}".` };
      }
      if (one.key === null || other.key === null) continue;
      if (one.key === other.key) return { problem: `The key ${one.key} means both ${one.code} and ${other.code}.` };
      if (one.key.startsWith(other.key) || other.key.startsWith(one.key)) {
        return {
          problem: `The keys ${one.key} and ${other.key} begin alike: the telephone could not tell them apart.`,
        };
      }
    }
  }
  return null;
};

export const formatDisposition = ({ key, code, kind }: Disposition): string => `${key ?? "-"}:${code}:${kind}`;

/** What may follow the tries. */
const WORDS: Readonly<Record<string, Pick<RetryRule, "number" | "anotherBand">>> = {
  "same-number": { number: "same" },
  "next-number": { number: "next" },
  "another-band": { anotherBand: true },
  "any-band": { anotherBand: false },
};

/** `class:delay:tries`, `class:least-most:tries`, both with words behind, or `class:never`. */
export const readRedialRule = (text: string): { class: RuledClass; rule: RetryRule | null } | Problem => {
  const [name = "", delay = "", tries = "", ...words] = text.trim().split(":");
  const known = RULED_CLASSES.find((candidate) => candidate === name);
  if (known === undefined) {
    return {
      problem: `"${name}" is not a class that is redialled.${didYouMean(name, RULED_CLASSES)} Known are ${RULED_CLASSES.join(", ")}.`,
    };
  }
  if (delay === "never" && tries === "") return { class: known, rule: null };
  const [least = "", most, ...more] = delay.split("-");
  const delayMs = readDuration(least);
  const delayMaxMs = most === undefined ? undefined : readDuration(most);
  const isDelay = delayMs !== null && delayMs >= 1_000 && delayMaxMs !== null && more.length === 0;
  if (!isDelay || !/^[1-9][0-9]?$/.test(tries)) {
    return { problem: `"${text}" is not CLASS:DELAY:TRIES, such as busy:10m:5 or busy:2m-10m:5, or CLASS:never.` };
  }
  if (delayMaxMs !== undefined && delayMaxMs < delayMs) {
    return { problem: `The greatest delay of "${text}" is less than the least.` };
  }
  const rule = { delayMs, ...(delayMaxMs === undefined ? {} : { delayMaxMs }), triesMax: Number(tries) };
  const unknown = words.find((word) => !Object.hasOwn(WORDS, word));
  if (unknown !== undefined) {
    const all = Object.keys(WORDS);
    return { problem: `"${unknown}" is unknown in "${text}".${didYouMean(unknown, all)} Known are ${all.join(", ")}.` };
  }
  return { class: known, rule: words.reduce((all, word) => ({ ...all, ...WORDS[word] }), rule) };
};

/** `rules` with these changes on top, or what is wrong with one of them. */
export const withRedialRules = (
  rules: RedialRules["byClass"],
  changes: readonly string[],
): RedialRules["byClass"] | Problem => {
  const merged = new Map(Object.entries(rules));
  for (const text of changes) {
    const change = readRedialRule(text);
    if ("problem" in change) return change;
    if (change.rule === null) merged.delete(change.class);
    else merged.set(change.class, change.rule);
  }
  return Object.fromEntries(merged);
};

const compact = (durationMs: number): string => formatDuration(durationMs).replaceAll(" ", "");

/** As {@link readRedialRule} reads them back. */
export const formatRedialRules = (rules: RedialRules["byClass"]): string =>
  Object.entries(rules)
    .map(([name, rule]) => {
      const delay = rule.delayMaxMs === undefined ? "" : `-${compact(rule.delayMaxMs)}`;
      const words = [
        ...(rule.number === undefined ? [] : [`${rule.number}-number`]),
        ...(rule.anotherBand === undefined ? [] : [rule.anotherBand ? "another-band" : "any-band"]),
      ];
      return [name, `${compact(rule.delayMs)}${delay}`, rule.triesMax, ...words].join(":");
    })
    .join(" ");
