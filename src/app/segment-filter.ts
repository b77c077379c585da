/** Filters as people type them: read, or refused with the place and what was probably meant. */
import { attributesOf, asksClock, asksHistory, type Filter } from "../lead/segment/filter.ts";
import { LEAD_FIELD_NAMES } from "../lead/segment/fields.ts";
import { readFilter, type BareName } from "../lead/segment/parse.ts";
import { pointAt } from "../lead/segment/refusal.ts";
import { findSegment, segments, type Database, type SegmentDraft, type SegmentRecord } from "../store/index.ts";
import { CliError, EXIT_USAGE } from "./cli-error.ts";
import { didYouMean, nearest } from "./nearest.ts";

const refuse = (code: string, sentence: string, text: string, position: number): CliError =>
  new CliError(`filter-${code}`, `${sentence}\n${pointAt(text, position)}`, { exitCode: EXIT_USAGE });

export type FilterDraft = Omit<SegmentDraft, "name">;

/** `attributes`: names that leads have, which are never taken for slips. */
export const filterArgument = (text: string, attributes: readonly string[]): FilterDraft => {
  const read = readFilter(text);
  if ("refusal" in read) {
    const { code, sentence, position, unknown } = read.refusal;
    throw refuse(code, `${sentence}${unknown === null ? "" : meant(unknown.name, unknown.known)}`, text, position);
  }
  for (const bare of read.bareNames) refuseSlip(bare, text, attributes);
  const { filter } = read;
  return { text, filter, asksHistory: asksHistory(filter), asksClock: asksClock(filter) };
};

const KNOWN_SHOWN_MAX = 12;

const meant = (name: string, known: readonly string[]): string => {
  const guess = didYouMean(name, known);
  return guess === "" && known.length <= KNOWN_SHOWN_MAX ? ` Known are ${known.join(", ")}.` : guess;
};

/** An attribute that no lead has and that looks like a field would silently choose nobody. */
const refuseSlip = ({ name, position }: BareName, text: string, attributes: readonly string[]): void => {
  if (attributes.includes(name)) return;
  const field = nearest(name.replaceAll("_", "-"), LEAD_FIELD_NAMES);
  if (field === null) return;
  throw refuse(
    "unknown-field",
    `There is no field "${name}", and no lead has such an attribute. Did you mean "${field}"? An attribute of that name is attr("${name}").`,
    text,
    position,
  );
};

/** For each attribute that no lead has, a sentence. */
export const strangeAttributes = (filter: Filter, attributes: readonly string[]): readonly string[] =>
  attributesOf(filter)
    .filter((name) => !attributes.includes(name))
    .map((name) => `No lead that was looked at has an attribute "${name}".${didYouMean(name, attributes)}`);

export const segmentNamed = async (database: Database, name: string): Promise<SegmentRecord> => {
  const found = await findSegment(database, name);
  if (found !== null) return found;
  const known = (await segments(database)).map((segment) => segment.name);
  const hint = known.length === 0 ? " There is none at all yet: `fairdial segment add`." : meant(name, known);
  throw new CliError("unknown-segment", `There is no segment "${name}".${hint}`);
};
