/**
 * The information message before anybody hears it: approved, on behalf of the right principal, giving a number at which
 * to object, selling nothing. What cannot be read in the transcript was not said.
 */
import { isBefore } from "../domain/instant.ts";
import type { Instant } from "../domain/instant.ts";
import type { ApprovedMessage } from "../domain/number-facts.ts";
import { isPhoneNumber } from "../domain/phone-number.ts";
import { ownNumber } from "./own-number.ts";
import type { MessageRules } from "./profile.ts";

/** Letters and digits only, so that spelling differences in spaces and marks do not count. */
const bare = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

const holdsWords = (text: string, words: string): boolean => ` ${bare(text)} `.includes(` ${bare(words)} `);

/** In figures, international or national, however they are grouped. */
const givesNumber = (transcript: string, contactNumber: string): boolean => {
  const own = ownNumber(contactNumber);
  if (own === null) return false;
  const figures = transcript.replace(/(?<=\d)[\s().\-–/]+(?=\d)/g, "");
  return [contactNumber.slice(1), own.nationalDigits].some((form) => figures.includes(form));
};

/** What is wrong with it, in plain words; null when nothing is. */
export function messageProblem(
  message: ApprovedMessage | null,
  principal: string,
  rules: MessageRules,
  at: Instant,
): string | null {
  if (message === null) return "No information message is on record for this campaign.";
  const { approvedBy, approvedAt } = message;
  if (approvedBy === null || approvedBy === "" || approvedAt === null || isBefore(at, approvedAt)) {
    return `Nobody has approved the message ${message.media}.`;
  }
  return wordsProblem(message, principal, rules);
}

interface Read {
  readonly principal: string;
  readonly rules: MessageRules;
  readonly problem: string | null;
}
/** Asked at every tick and at every call, of a text that nobody has touched since. */
const read = new WeakMap<ApprovedMessage, Read>();

function wordsProblem(message: ApprovedMessage, principal: string, rules: MessageRules): string | null {
  const known = read.get(message);
  if (known?.principal === principal && known.rules === rules) return known.problem;
  const problem = problemOfWords(message, principal, rules);
  read.set(message, { principal, rules, problem });
  return problem;
}

function problemOfWords(message: ApprovedMessage, principal: string, rules: MessageRules): string | null {
  const { transcript, contactNumber } = message;
  if (principal.trim() === "") return "The campaign names no principal on whose behalf people are called.";
  // One principal however it is spelt, as the tables have it.
  if (bare(message.principal) !== bare(principal)) {
    return `The message speaks for "${message.principal}", and the campaign calls for "${principal}".`;
  }
  if (!holdsWords(transcript, principal)) return `The message does not say that ${principal} called.`;
  if (!isPhoneNumber(contactNumber)) return "The message gives no number at which to object to further calls.";
  if (!mayBeGiven(contactNumber, rules))
    return `The number that the message gives, ${contactNumber}, may not be used for that.`;
  if (!givesNumber(transcript, contactNumber)) {
    return `The transcript does not give the number ${contactNumber} in figures.`;
  }
  const word = rules.marketingWords.find((each) => holdsWords(transcript, each));
  if (word !== undefined) return `The message markets: it says "${word}".`;
  if (rules.mustSayPurpose && !message.saysPurpose) return "The message does not say why the call was made.";
  if (rules.mustOfferKeyOptOut && !message.offersKeyOptOut) {
    return "The message offers no key by which to object to further calls.";
  }
  return null;
}

const mayBeGiven = (number: string, { contactPrefixes, refusedContactPrefixes = [] }: MessageRules): boolean =>
  !refusedContactPrefixes.some((prefix) => number.startsWith(prefix)) &&
  (contactPrefixes.length === 0 || contactPrefixes.some((prefix) => number.startsWith(prefix)));
