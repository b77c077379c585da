/**
 * Texts as they are compared: without regard to case, and without spaces around.
 *
 * One rule to remember: the database folds the same texts, so this is its folding and not JavaScript's: letter by letter,
 * with the tables that MariaDB and MySQL use for utf8mb4_bin (Unicode 3; planes 0–5, 1E, 1F, 21, 24 and FF). What is
 * missing there are letters of scholars and of small or ancient scripts; those are compared as they stand. A lab test
 * asks the server about every character.
 */

const FOLDED_PLANES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 0x1e, 0x1f, 0x21, 0x24, 0xff]);

/** Capitals that came to these planes after those tables were made; both ends included. */
const NOT_FOLDED: readonly (readonly [from: number, to: number])[] = [
  ...([[0x220, 0x220], [0x23a, 0x24f], [0x370, 0x37f], [0x3cf, 0x3cf], [0x3d8, 0x3d8], [0x3f4, 0x3ff]] as const), // prettier-ignore
  ...([[0x48a, 0x48a], [0x4c0, 0x4c0], [0x4c5, 0x4c5], [0x4c9, 0x4c9], [0x4cd, 0x4cd], [0x4f6, 0x4f6]] as const), // prettier-ignore
  ...([
    [0x4fa, 0x52f],
    [0x1e9e, 0x1e9e],
    [0x1efa, 0x1eff],
    [0x2132, 0x2132],
    [0x2183, 0x2183],
  ] as const),
];

const CAPITAL_I_WITH_DOT = "\u0130";

const foldedLetter = (letter: string): string => {
  const code = letter.codePointAt(0) ?? 0;
  if (code < 0x80 || letter === CAPITAL_I_WITH_DOT) return letter.toLowerCase().slice(0, 1);
  if (!FOLDED_PLANES.has(code >> 8)) return letter;
  return NOT_FOLDED.some(([from, to]) => code >= from && code <= to) ? letter : letter.toLowerCase();
};

const ASCII = /^[\0-\x7F]*$/;

/** In small letters; as long as before. */
export const folded = (text: string): string =>
  ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldedLetter).join("");

/** Spaces only, as SQL's `trim` has it: tabs and the like were taken away when the list was read. */
export const trimmed = (text: string): string => text.replace(/^ +/, "").replace(/ +$/, "");
