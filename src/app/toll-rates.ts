/** What a minute costs, by the beginning of the number: a file of `prefix,price` lines, as carriers hand them out. */
import { readLimited, type Findings } from "./config-files.ts";

/** A carrier's whole list has some hundred thousand destinations. */
const RATES_BYTES_MAX = 20_000_000;
/** `+44` or `44`, then a price with at most six decimals; words may follow, and are nobody's business here. */
const LINE = /^\+?([1-9][0-9]{0,14})\s*[,;\t]\s*([0-9]{1,4})(?:\.([0-9]{1,6}))?\s*(?:[,;\t].*)?$/;
const PROBLEMS_TOLD_MAX = 3;

export class TollRates {
  readonly #byPrefix: ReadonlyMap<string, number>;
  readonly #longest: number;

  constructor(byPrefix: ReadonlyMap<string, number>) {
    this.#byPrefix = byPrefix;
    this.#longest = Math.max(0, ...[...byPrefix.keys()].map(({ length }) => length));
  }

  get size(): number {
    return this.#byPrefix.size;
  }

  /** In millionths, by the longest beginning that is listed; null when none is. @param number E.164 with its plus */
  rateOf(number: string): number | null {
    for (let length = Math.min(this.#longest, number.length - 1); length > 0; length -= 1) {
      const rate = this.#byPrefix.get(number.slice(1, length + 1));
      if (rate !== undefined) return rate;
    }
    return null;
  }
}

export const NO_RATES = new TollRates(new Map());

/** Whatever is wrong with a line is a problem: a destination without its rate would be called at any price, or not at all. */
export function readTollRates(path: string, findings: Findings): TollRates {
  const content = readLimited(path, RATES_BYTES_MAX);
  if (typeof content !== "string") {
    findings.problems.push(`tollGuard.ratesFile ${path} cannot be used: ${content.why}.`);
    return NO_RATES;
  }
  const rates = new Map<string, number>();
  let wrong = 0;
  const tell = (line: number, says: string): void => {
    wrong += 1;
    if (wrong <= PROBLEMS_TOLD_MAX) findings.problems.push(`tollGuard.ratesFile ${path}, line ${line}: ${says}`);
  };
  for (const [index, text] of content.split(/\r?\n/).entries()) {
    const line = text.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, prefix = "", ones = "", decimals = ""] = LINE.exec(line) ?? [];
    if (prefix === "") tell(index + 1, "it is not PREFIX,PRICE, such as 44,0.0045.");
    else if (rates.has(prefix)) tell(index + 1, `the prefix ${prefix} is there twice.`);
    else rates.set(prefix, Number(ones) * 1_000_000 + Number(decimals.padEnd(6, "0")));
  }
  if (wrong > PROBLEMS_TOLD_MAX) {
    findings.problems.push(`tollGuard.ratesFile ${path}: ${wrong - PROBLEMS_TOLD_MAX} more lines are wrong.`);
  }
  if (wrong === 0 && rates.size === 0) findings.problems.push(`tollGuard.ratesFile ${path} holds no rate.`);
  return new TollRates(rates);
}
