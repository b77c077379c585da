/** One term, checked: whether the field can be asked that, and what its values come to. */
import { fieldFacts } from "./fields.ts";
import type { Field, Filter, NumberTerm, TextTerm } from "./filter.ts";
import { folded, trimmed } from "./fold.ts";
import { FilterError } from "./refusal.ts";
import type { Token } from "./tokens.ts";

export type Literal = Extract<Token, { type: "text" | "number" }>;

export const numberTerm = (field: Field, test: NumberTerm["test"], literals: readonly Literal[]): Filter => {
  const values = literals.map((literal) => {
    if (literal.type === "number") return literal.value;
    throw new FilterError(
      "wrong-type",
      "Only numbers are smaller or greater: write it without quotation marks.",
      literal.at,
    );
  });
  if (field.kind === "lead" && fieldFacts(field.name).kind === "text") {
    const [first] = literals;
    throw new FilterError("wrong-type", `${field.name} is a text: put its value into quotation marks.`, first?.at ?? 0);
  }
  return { type: "number", field, test, values };
};

export const textTerm = (field: Field, test: TextTerm["test"], literals: readonly Literal[]): Filter => {
  const values = literals.map((literal) => checkedText(field, test, literal));
  // As the rules of regions have it: FL and US-FL name the same one.
  const parts = values.filter((value) => !value.includes("-")).map((value) => `-${value}`);
  if (field.kind !== "lead" || field.name !== "region" || test !== "is" || parts.length === 0) {
    return { type: "text", field, test, values };
  }
  return {
    type: "any",
    of: [
      { type: "text", field, test, values },
      { type: "text", field, test: "ends", values: parts },
    ],
  };
};

const checkedText = (field: Field, test: TextTerm["test"], { type, text, at }: Literal): string => {
  if (type === "number") {
    throw new FilterError("wrong-type", `Texts stand in quotation marks: "${text}".`, at);
  }
  if (field.kind === "lead" && fieldFacts(field.name).kind === "number") {
    throw new FilterError("wrong-type", `${field.name} is a number: write its value without quotation marks.`, at);
  }
  const value = folded(test === "is" ? trimmed(text) : text);
  if (value === "") throw new FilterError("wrong-type", "An empty text is asked for with `is missing`.", at);
  if (field.kind === "lead" && test === "is") checkWord(field.name, value, at);
  return value;
};

/** A word that no lead can ever have is a slip, and would silently choose nobody. */
const checkWord = (name: Extract<Field, { kind: "lead" }>["name"], value: string, at: number): void => {
  const { words } = fieldFacts(name);
  if (words !== null && !words.includes(value)) {
    const sentence = `${name} is never "${value}".`;
    throw new FilterError("unknown-value", sentence, at, { name: value, known: words });
  }
  if (name === "country" && !/^[a-z]{2}$/.test(value)) {
    throw new FilterError("unknown-value", `A country is two letters, such as "GB".`, at);
  }
};
