/**
 * Answering-machine detection: how it is done, and what it can say.
 *
 * The rule to remember: only a verdict that is sure of a machine may cost somebody the call. Whoever is unsure, or heard
 * nothing, is treated as having a person on the line (rule UK-CLK-1: nobody is left in silence because a program doubts).
 */

/**
 * `off`: everybody who answers is a person. `talk`: a classifier of our own over Asterisk's talk detection. `asterisk`:
 * its AMD() application. `parallel`: the agent is joined at the answer, and the classifier of `talk` runs meanwhile.
 * `outside`: a program of somebody else's, which gets the sound.
 */
export const AMD_KINDS = ["off", "talk", "asterisk", "parallel", "outside"] as const;
export type AmdKind = (typeof AMD_KINDS)[number];

/**
 * `silence`: nothing was said. `tone`: a sound that no voice makes, such as a machine's beep. `sit`: special information
 * tones. `ringback`: a switchboard has answered, and somebody's telephone rings. `screened`: an assistant asks who calls.
 */
export const AMD_VERDICTS = [
  ...(["human", "machine", "unsure", "silence", "fax", "sit", "tone", "ringback", "screened"] as const),
] as const;
export type AmdVerdict = (typeof AMD_VERDICTS)[number];

/** What a detector of tones can tell of a line. */
export type HeardTone = Extract<AmdVerdict, "fax" | "sit" | "ringback">;

/** What a detector outside may say. `screening`: an assistant asks who calls, and a person may be asked next. */
export const OUTSIDE_WORDS = ["person", "machine", "unsure", "screening"] as const;
export type OutsideWord = (typeof OUTSIDE_WORDS)[number];

const IS_PERSON: Readonly<Record<AmdVerdict, boolean>> = {
  human: true,
  unsure: true,
  silence: true,
  // Somebody may come to the telephone, or be asked whether they will.
  ringback: true,
  screened: true,
  machine: false,
  fax: false,
  sit: false,
  tone: false,
};

/** Whether the call must go on as with a person: an agent, or the information message, within the connect limit. */
export const isTakenForPerson = (verdict: AmdVerdict): boolean => IS_PERSON[verdict];
