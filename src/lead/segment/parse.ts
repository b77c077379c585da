/**
 * Reads a filter: `region:"SW" and age >= 40 and attempts = 0`.
 *
 *     filter  = and { "or" and }             term = field ("=" | ":" | "!=" | "<>") value
 *     and     = not { "and" not }                 | field ("<" | "<=" | ">" | ">=") number
 *     not     = "not" not | "(" filter ")"        | field ["not"] "in" "(" value { "," value } ")"
 *             | term                              | field ["not"] "between" number "and" number
 *     field   = name | attr("any name")           | field ["not"] ("starts" | "ends" | "contains") ["with"] text
 *                                                 | field "is" ["not"] "missing"
 *
 * Everything is bounded, and a text of any content ends in a filter or in a refusal.
 */
import { COLUMN_NAME_CHARACTERS_MAX } from "../import/limits.ts";
import { leadFieldOf } from "./fields.ts";
import { FILTER_LIMITS, type Field, type Filter } from "./filter.ts";
import { FilterError, type FilterRefusal } from "./refusal.ts";
import { numberTerm, textTerm, type Literal } from "./terms.ts";
import { tokensOf, type Sign, type Token } from "./tokens.ts";

/** An attribute that was written without `attr(…)`: it may be a slip in the name of a field. */
export interface BareName {
  readonly name: string;
  readonly position: number;
}

export type ReadFilter =
  { readonly filter: Filter; readonly bareNames: readonly BareName[] } | { readonly refusal: FilterRefusal };

export const readFilter = (source: string): ReadFilter => {
  try {
    if (source.length > FILTER_LIMITS.charactersMax) {
      throw new FilterError(
        "too-long",
        `A filter has at most ${FILTER_LIMITS.charactersMax} characters; this one has ${source.length}.`,
        FILTER_LIMITS.charactersMax,
      );
    }
    return new Parser(tokensOf(source)).read();
  } catch (error) {
    if (error instanceof FilterError) return { refusal: error.refusal };
    throw error;
  }
};

const COMPARISONS = {
  "<": "below",
  "<=": "atMost",
  ">": "above",
  ">=": "atLeast",
} as const;
const TEXT_TESTS = ["starts", "ends", "contains"] as const;
/** Words of the language: none of them is the name of an attribute without `attr(…)`. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["and", "or", "not", "in", "is", "between", "missing", "present", "attr", "with", "true", "false", "null"],
  ...TEXT_TESTS,
]);

class Parser {
  readonly #tokens: readonly Token[];
  readonly #bareNames: BareName[] = [];
  #next = 0;
  #depth = 0;
  #terms = 0;
  #items = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): ReadFilter {
    if (this.#isAtEnd()) throw new FilterError("empty", "The filter is empty.", 0);
    const filter = this.#filter();
    if (!this.#isAtEnd()) throw this.#unexpected("`and`, `or` or the end");
    return { filter, bareNames: this.#bareNames };
  }

  get #token(): Token {
    // The last token is the end, and nobody steps over it.
    const token = this.#tokens[this.#next] ?? this.#tokens.at(-1);
    if (token === undefined) throw new Error("there is always an end");
    return token;
  }

  #isAtEnd(): boolean {
    return this.#token.type === "end";
  }

  #filter(): Filter {
    const of = [this.#and()];
    while (this.#takeWord("or")) of.push(this.#and());
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { type: "any", of };
  }

  #and(): Filter {
    const of = [this.#not()];
    while (this.#takeWord("and")) of.push(this.#not());
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { type: "all", of };
  }

  #not(): Filter {
    const { at } = this.#token;
    if (this.#takeWord("not")) return this.#deeper(at, () => ({ type: "not", of: this.#not() }));
    if (!this.#takeSign("(")) return this.#term();
    return this.#deeper(at, () => {
      const filter = this.#filter();
      if (!this.#takeSign(")")) throw this.#unexpected("`and`, `or` or a closing bracket");
      return filter;
    });
  }

  /** Each level is one call of ours deep, so the limit is also what keeps the stack from ending. */
  #deeper(at: number, inside: () => Filter): Filter {
    this.#depth += 1;
    if (this.#depth > FILTER_LIMITS.depthMax) {
      throw new FilterError("too-deep", `Brackets and nots go at most ${FILTER_LIMITS.depthMax} deep.`, at);
    }
    const filter = inside();
    this.#depth -= 1;
    return filter;
  }

  #term(): Filter {
    const { at } = this.#token;
    this.#terms += 1;
    if (this.#terms > FILTER_LIMITS.termsMax) {
      throw new FilterError("too-many-terms", `A filter has at most ${FILTER_LIMITS.termsMax} terms.`, at);
    }
    const field = this.#field();
    if (this.#takeWord("is")) return this.#missing(field);
    if (this.#takeWord("not")) return { type: "not", of: this.#wordTerm(field, "`in`, `between`, `starts`, …") };
    const sign = this.#token;
    if (sign.type !== "sign") return this.#wordTerm(field, "`=`, `in`, `between`, `starts`, `is missing`, …");
    switch (sign.text) {
      case "=":
      case ":":
        this.#next += 1;
        return this.#equals(field, [this.#value()]);
      case "!=":
      case "<>":
        this.#next += 1;
        return { type: "not", of: this.#equals(field, [this.#value()]) };
      case "<":
      case "<=":
      case ">":
      case ">=":
        this.#next += 1;
        return numberTerm(field, COMPARISONS[sign.text], [this.#value()]);
      default:
        throw this.#unexpected("`=`, `in`, `between`, `starts`, `is missing`, …");
    }
  }

  #missing(field: Field): Filter {
    const isNot = this.#takeWord("not");
    const missing: Filter = { type: "missing", field };
    if (this.#takeWord("missing")) return isNot ? { type: "not", of: missing } : missing;
    if (!isNot && this.#takeWord("present")) return { type: "not", of: missing };
    throw this.#unexpected("`missing`, `not missing` or `present`");
  }

  #wordTerm(field: Field, expected: string): Filter {
    if (this.#takeWord("in")) return this.#equals(field, this.#list());
    if (this.#takeWord("between")) {
      const least = this.#value();
      if (!this.#takeWord("and")) throw this.#unexpected("`and` and the other end");
      const of = [numberTerm(field, "atLeast", [least]), numberTerm(field, "atMost", [this.#value()])];
      return { type: "all", of };
    }
    for (const test of TEXT_TESTS) {
      if (!this.#takeWord(test)) continue;
      this.#takeWord("with");
      return textTerm(field, test, [this.#value()]);
    }
    throw this.#unexpected(expected);
  }

  /** The values say which comparison it is. */
  #equals(field: Field, values: readonly Literal[]): Filter {
    const isNumber = values.every(({ type }) => type === "number");
    const mixed = isNumber ? undefined : values.find(({ type }) => type === "number");
    if (mixed !== undefined && values.length > 1) {
      throw new FilterError("wrong-type", "A list has either numbers or texts.", mixed.at);
    }
    return isNumber ? numberTerm(field, "is", values) : textTerm(field, "is", values);
  }

  #list(): readonly Literal[] {
    if (!this.#takeSign("(")) throw this.#unexpected("a list in brackets");
    const values: Literal[] = [];
    do {
      this.#items += 1;
      if (this.#items > FILTER_LIMITS.listItemsMax) {
        const sentence = `Lists have at most ${FILTER_LIMITS.listItemsMax} values together.`;
        throw new FilterError("too-many-items", sentence, this.#token.at);
      }
      values.push(this.#value());
    } while (this.#takeSign(","));
    if (!this.#takeSign(")")) throw this.#unexpected("a comma or a closing bracket");
    return values;
  }

  #value(): Literal {
    const token = this.#token;
    if (token.type === "word") {
      throw new FilterError("unexpected", `Texts stand in quotation marks: "${token.text}".`, token.at);
    }
    if (token.type !== "text" && token.type !== "number") throw this.#unexpected('a value, such as 40 or "gold"');
    this.#next += 1;
    return token;
  }

  #field(): Field {
    const token = this.#token;
    if (token.type !== "word") throw this.#unexpected("the name of a field or of an attribute");
    this.#next += 1;
    if (token.text.toLowerCase() === "attr" && this.#takeSign("(")) {
      const name = this.#token;
      if (name.type !== "text") throw this.#unexpected('the name in quotation marks: attr("post code")');
      this.#next += 1;
      if (!this.#takeSign(")")) throw this.#unexpected("a closing bracket");
      return attribute(name.text, name.at);
    }
    if (RESERVED.has(token.text.toLowerCase())) {
      this.#next -= 1;
      throw this.#unexpected("the name of a field or of an attribute");
    }
    const known = leadFieldOf(token.text);
    if (known !== null) return { kind: "lead", name: known };
    this.#bareNames.push({ name: token.text, position: token.at });
    return attribute(token.text, token.at);
  }

  #takeWord(word: string): boolean {
    const token = this.#token;
    if (token.type !== "word" || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #takeSign(sign: Sign): boolean {
    const token = this.#token;
    if (token.type !== "sign" || token.text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #unexpected(expected: string): FilterError {
    const { type, at } = this.#token;
    if (type === "end") return new FilterError("unfinished", `The filter ends where ${expected} should stand.`, at);
    return new FilterError("unexpected", `Here should stand ${expected}.`, at);
  }
}

const attribute = (name: string, at: number): Field => {
  if (name.trim() === "") throw new FilterError("attribute-refused", "The name of an attribute is not empty.", at);
  if (Array.from(name).length > COLUMN_NAME_CHARACTERS_MAX) {
    const sentence = `The name of an attribute has at most ${COLUMN_NAME_CHARACTERS_MAX} characters.`;
    throw new FilterError("attribute-refused", sentence, at);
  }
  if (name.startsWith("-")) {
    // MariaDB 10.6 to 10.11 does not find such names, however they are quoted.
    throw new FilterError("attribute-refused", "An attribute whose name begins with a hyphen cannot be asked for.", at);
  }
  return { kind: "attribute", name };
};
