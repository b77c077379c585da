/**
 * A dialable number in E.164 form: a plus sign and up to fifteen digits (ITU-T E.164, 6.2.1).
 *
 * The brand is the promise that nothing but digits can ever reach a dial string. Reading what people write
 * in spreadsheets is the lead room's business; here is only the check.
 */
declare const brand: unique symbol;
export type PhoneNumber = string & { readonly [brand]: "PhoneNumber" };

const E164 = /^\+[1-9][0-9]{6,14}$/;

export const isPhoneNumber = (text: string): text is PhoneNumber => E164.test(text);

/** Throws on anything else: for values that have already been checked, such as our own rows. */
export const phoneNumber = (text: string): PhoneNumber => {
  if (!isPhoneNumber(text)) throw new TypeError("not an E.164 number");
  return text;
};

/** The digits alone, as a trunk wants them. */
export const digitsOf = (number: PhoneNumber): string => number.slice(1);

/** Digits shown at either end, and digits never shown: the shortest numbers show no end at all. */
const MASK_SHOWN = 4;
const MASK_HIDDEN_MIN = 3;

/** Enough to recognise a number that one already knows, too little to call it: `+4477…0123`. */
export const maskPhoneNumber = (number: PhoneNumber): string => {
  const tail = Math.max(0, Math.min(MASK_SHOWN, digitsOf(number).length - MASK_SHOWN - MASK_HIDDEN_MIN));
  return `${number.slice(0, 1 + MASK_SHOWN)}…${number.slice(number.length - tail)}`;
};
