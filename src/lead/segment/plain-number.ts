/**
 * Numbers in filters and in attributes: plain ones, so that a double and a decimal of the database never disagree.
 */

/** Fifteen digits, or nine before and six behind the point: what a double holds exactly enough to be told apart. */
const PLAIN_NUMBER = /^[+-]?(?:[0-9]{1,15}|[0-9]{1,9}\.[0-9]{1,6})$/;

/** The text of an attribute as a number; null when it is none. Spaces around do not count. */
export const plainNumber = (text: string): number | null => (PLAIN_NUMBER.test(text) ? Number(text) : null);
