/** The text of a filter in words, texts, numbers and signs, each with its place. */
import { plainNumber } from "./plain-number.ts";
import { FilterError } from "./refusal.ts";

export type Token =
  /** A name, or a word of the language; `text` as it was written. */
  | { readonly type: "word"; readonly text: string; readonly at: number }
  | { readonly type: "text"; readonly text: string; readonly at: number }
  | { readonly type: "number"; readonly value: number; readonly text: string; readonly at: number }
  | { readonly type: "sign"; readonly text: Sign; readonly at: number }
  | { readonly type: "end"; readonly text: ""; readonly at: number };

const SIGNS = ["<=", ">=", "!=", "<>", "<", ">", "=", ":", "(", ")", ","] as const;
export type Sign = (typeof SIGNS)[number];

// Sticky: each is tried exactly where we stand.
const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}_][\p{L}\p{M}\p{N}_-]*/uy;
// A letter behind it is looked at as well, so that 12th is one mistake and not two tokens.
const NUMBER = /[+-]?\.?[0-9][\p{L}\p{M}\p{N}_.]*/uy;

/** What people bring from other languages, or what word processors make of a quotation mark. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ["&", "Write `and`."],
  ["|", "Write `or`."],
  ["!", "Write `not`, or `!=`."],
  ["“", 'Use straight quotation marks: "…".'],
  ["”", 'Use straight quotation marks: "…".'],
  ["„", 'Use straight quotation marks: "…".'],
  ["‘", "Use straight quotation marks: '…'."],
  ["’", "Use straight quotation marks: '…'."],
  ["`", 'A name that needs quoting is attr("…").'],
  ["[", 'A name that needs quoting is attr("…").'],
  ["%", "Write `starts`, `ends` or `contains`."],
  ["*", "Write `starts`, `ends` or `contains`."],
  ["~", "Write `starts`, `ends` or `contains`."],
]);

// Control characters, formatting marks, line separators and halves of characters have no business in a filter.
const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\uFFFD]/u;

export const tokensOf = (source: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const spaces = matched(SPACE, source, at);
    if (spaces !== null) {
      at += spaces.length;
      continue;
    }
    const token = nextToken(source, at);
    tokens.push(token.token);
    at = token.behind;
  }
  tokens.push({ type: "end", text: "", at: source.length });
  return tokens;
};

const matched = (pattern: RegExp, source: string, at: number): string | null => {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? null;
};

interface Found {
  readonly token: Token;
  readonly behind: number;
}

const nextToken = (source: string, at: number): Found => {
  const first = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (first === '"' || first === "'") return quoted(source, at, first);
  const word = matched(WORD, source, at);
  if (word !== null) return { token: { type: "word", text: word.normalize("NFC"), at }, behind: at + word.length };
  const number = matched(NUMBER, source, at);
  if (number !== null) return { token: numberToken(number, at), behind: at + number.length };
  const sign = SIGNS.find((each) => source.startsWith(each, at));
  if (sign !== undefined) return { token: { type: "sign", text: sign, at }, behind: at + sign.length };
  if (UNFIT.test(first)) throw new FilterError("bad-character", "There is a character that cannot be seen.", at);
  const hint = HINTS.get(first);
  throw new FilterError("unexpected", `"${first}" means nothing here.${hint === undefined ? "" : ` ${hint}`}`, at);
};

const numberToken = (text: string, at: number): Token => {
  const value = plainNumber(text);
  if (value !== null) return { type: "number", value, text, at };
  const sentence = /^[+-]?[0-9]+(?:\.[0-9]+)?$/.test(text)
    ? "A number has at most 15 digits, or 9 before and 6 behind the point."
    : `"${text}" is no number; put texts into quotation marks.`;
  throw new FilterError("bad-number", sentence, at);
};

/** A backslash in front of a quotation mark or of another backslash takes its meaning away. */
const quoted = (source: string, at: number, mark: string): Found => {
  let text = "";
  for (let place = at + 1; place < source.length;) {
    let letter = String.fromCodePoint(source.codePointAt(place) ?? 0);
    if (letter === mark) return { token: { type: "text", text: text.normalize("NFC"), at }, behind: place + 1 };
    if (UNFIT.test(letter)) {
      throw new FilterError("bad-character", "The text has a character that cannot be seen.", place);
    }
    if (letter === "\\") {
      const escaped = source.charAt(place + 1);
      if (escaped !== mark && escaped !== "\\") {
        throw new FilterError("unexpected", `A backslash stands before ${mark} or another backslash: \\\\.`, place);
      }
      letter = escaped;
      place += 1;
    }
    text += letter;
    place += letter.length;
  }
  throw new FilterError("unfinished", `The text that begins here has no ${mark} at its end.`, at);
};
