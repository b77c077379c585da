/** Which character separates the fields, seen from the first lines of a file. */

export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

const SAMPLE_LINES_MAX = 20;

/** How often the character stands outside quotation marks on each line. */
const countsPerLine = (sample: string, delimiter: string): number[] => {
  const counts = [0];
  let quoted = false;
  for (const character of sample) {
    if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "\n") {
      if (counts.length === SAMPLE_LINES_MAX) break;
      counts.push(0);
    } else if (character === delimiter) counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
  }
  return counts;
};

/**
 * The delimiter that most lines agree on with the header; comma when a file has one column only.
 *
 * Agreement counts for more than frequency: an address column full of commas must not beat the semicolon that
 * separates it from the rest.
 */
export const detectDelimiter = (sample: string): Delimiter => {
  let best: Delimiter = ",";
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const [header = 0, ...rows] = countsPerLine(sample, delimiter);
    if (header === 0) continue;
    const agreeing = rows.filter((count) => count === header).length;
    // The header alone decides a file of one line, and breaks a tie between two that agree equally often.
    const score = agreeing * 1_000 + Math.min(header, 999);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
};
