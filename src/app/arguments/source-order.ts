/** The order of a source, as people write it: `imported`, `random`, `attribute:score`, `attribute:score:desc`. */
import { COLUMN_NAME_CHARACTERS_MAX } from "../../lead/import/limits.ts";
import { SOURCE_ORDERS, type SourceOrder } from "../../lead/segment/turn.ts";
import { usageError } from "../cli-error.ts";
import { didYouMean } from "../nearest.ts";

const PREFIX = "attribute:";

export const sourceOrderOption = (text: string): SourceOrder => {
  if (text === "imported" || text === "random") return { by: text };
  if (!text.startsWith(PREFIX)) {
    const guess = didYouMean(text, SOURCE_ORDERS);
    throw usageError(`--order: "${text}" is no order.${guess} Write imported, random, or attribute:NAME (:desc).`);
  }
  // A name may have colons of its own.
  const [, name = "", direction] = /^attribute:(.*?)(?::(asc|desc))?$/su.exec(text) ?? [];
  const attribute = name.normalize("NFC");
  if (
    attribute.trim() === "" ||
    Array.from(attribute).length > COLUMN_NAME_CHARACTERS_MAX ||
    attribute.startsWith("-")
  ) {
    throw usageError(
      `--order: the name of an attribute has 1 to ${COLUMN_NAME_CHARACTERS_MAX} characters and no hyphen in front.`,
    );
  }
  return { by: "attribute", attribute, descending: direction === "desc" };
};

/** As {@link sourceOrderOption} would read it back. */
export const formatSourceOrder = (order: SourceOrder): string =>
  order.by === "attribute" ? `${PREFIX}${order.attribute}:${order.descending ? "desc" : "asc"}` : order.by;
