/** The name somebody probably meant. */
import { closest, distance } from "fastest-levenshtein";

/**
 * Null when nothing is near: a wild guess is worse than none. Case does not count, because people's hands do not
 * agree on it.
 */
export const nearest = (name: string, known: readonly string[]): string | null => {
  if (known.length === 0) return null;
  const wanted = name.toLowerCase();
  const lowered = known.map((candidate) => candidate.toLowerCase());
  const byBeginning = lowered.findIndex((candidate) => isBeginning(wanted, candidate));
  const found = byBeginning === -1 ? closest(wanted, lowered) : (lowered[byBeginning] ?? "");
  // One slip in three letters, and two are forgiven in any word long enough to be recognised.
  const slipsMax = wanted.length <= 3 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  if (byBeginning === -1 && distance(wanted, found) > slipsMax) return null;
  return known[lowered.indexOf(found)] ?? null;
};

/** `pass` for `password`, `databaseName` for `database`. */
const isBeginning = (wanted: string, candidate: string): boolean =>
  wanted.length >= 3 && candidate.length >= 3 && (candidate.startsWith(wanted) || wanted.startsWith(candidate));

/** ` Did you mean "x"?` with the space in front, or nothing. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  const found = nearest(name, known);
  return found === null ? "" : ` Did you mean "${found}"?`;
};
