/**
 * How much one file, row and field may be. A list is data from strangers: everything about it has a bound, and what
 * is beyond the bound is refused with its reason instead of being cut off quietly.
 */

/** A lead is a name, a number and some facts; a row of more than this is a quotation mark that was never closed. */
export const ROW_CHARACTERS_MAX = 65_536;
/** Longer than any field a CRM exports for an agent to read. */
export const FIELD_CHARACTERS_MAX = 4_000;
/** Widest export seen in the field has about 120. */
export const COLUMNS_MAX = 200;
/** A column's name becomes a key of the lead's attributes. */
export const COLUMN_NAME_CHARACTERS_MAX = 120;
export const EXTERNAL_KEY_CHARACTERS_MAX = 191;
export const NAME_CHARACTERS_MAX = 200;
/** Fifteen digits, spaces, brackets, a prefix and an extension fit with room to spare. */
export const NUMBER_CHARACTERS_MAX = 60;
