/**
 * Numbers in the plain form that most of a file's rows have, read some fifty times as fast as by the library: by the
 * library's own tables, their patterns made ready once instead of for each number.
 *
 * One rule to remember: an answer here is exactly what {@link readNumber} would find by the library (a property test
 * holds them together); whatever is not plain, or not in a listed range, is null, and goes the long way.
 */
import {
  getCountries,
  getCountryCallingCode,
  Metadata,
  type CountryCode,
  type PhoneNumberType,
} from "libphonenumber-js/max";

export interface QuickNumber {
  readonly nationalNumber: string;
  readonly callingCode: string;
  readonly country: CountryCode;
  readonly type: PhoneNumberType;
}

/** What the library has and its types leave out; every part is read with care. */
interface TypeTable {
  pattern?(): string | number | undefined;
  possibleLengths?(): readonly number[] | undefined;
}
interface PlanTable {
  nationalNumberPattern?(): string | number | undefined;
  nationalPrefixForParsing?(): string | number | undefined;
  leadingDigits?(): string | number | undefined;
  IDDPrefix?(): string | number | undefined;
  type?(name: PhoneNumberType): TypeTable | undefined;
}
interface CallingCodes {
  getCountryCodesForCallingCode?(callingCode: string): readonly CountryCode[] | undefined;
}

interface TypeTest {
  readonly type: PhoneNumberType;
  readonly lengths: readonly number[] | null;
  readonly pattern: RegExp;
}
interface Plan {
  readonly country: CountryCode;
  readonly callingCode: string;
  readonly general: RegExp;
  readonly leadingDigits: RegExp | null;
  readonly fixed: TypeTest | null;
  readonly mobile: TypeTest | null;
  /** The table of mobile numbers is left out where it is the one of fixed lines. */
  readonly isMobileLikeFixed: boolean;
  /** All but fixed lines, in the order in which the library asks. */
  readonly others: readonly TypeTest[];
  /** What is taken off the front, when it is there; null for nothing. */
  readonly prefix: RegExp | null;
  readonly abroad: RegExp | null;
}

/** The library's order (its getNumberType.js). */
const OTHER_TYPES: readonly PhoneNumberType[] = [
  ...(["MOBILE", "PREMIUM_RATE", "TOLL_FREE", "SHARED_COST", "VOIP"] as const),
  ...(["PERSONAL_NUMBER", "PAGER", "UAN", "VOICEMAIL"] as const),
];

/** Where there is none the library says 0, "" or nothing. */
const given = (pattern: string | number | undefined): string | null =>
  typeof pattern === "string" && pattern !== "" ? pattern : null;

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);
const front = (pattern: string | number | undefined): RegExp | null => {
  const text = given(pattern);
  return text === null ? null : new RegExp(`^(?:${text})`);
};

const typeTest = (plan: PlanTable, type: PhoneNumberType): TypeTest | null => {
  const table = plan.type?.(type);
  const pattern = given(table?.pattern?.());
  return pattern === null ? null : { type, lengths: table?.possibleLengths?.() ?? null, pattern: whole(pattern) };
};

const readPlan = (country: CountryCode): Plan | null => {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const plan = metadata.numberingPlan as (PlanTable & object) | undefined;
  const general = given(plan?.nationalNumberPattern?.());
  // Without its tables nothing is quick, and nothing is wrong.
  if (plan === undefined || general === null || plan.type === undefined) return null;
  const mobileTable = plan.type("MOBILE");
  return {
    country,
    callingCode: getCountryCallingCode(country),
    general: whole(general),
    leadingDigits: front(plan.leadingDigits?.()),
    fixed: typeTest(plan, "FIXED_LINE"),
    mobile: typeTest(plan, "MOBILE"),
    isMobileLikeFixed: mobileTable === undefined || mobileTable.pattern?.() === "",
    others: OTHER_TYPES.flatMap((type) => typeTest(plan, type) ?? []),
    prefix: front(plan.nationalPrefixForParsing?.()),
    abroad: front(plan.IDDPrefix?.()),
  };
};

const plans = new Map<CountryCode, Plan | null>();
const planOf = (country: CountryCode): Plan | null => {
  const known = plans.get(country);
  if (known !== undefined) return known;
  const plan = readPlan(country);
  plans.set(country, plan);
  return plan;
};

const fits = ({ lengths, pattern }: TypeTest, national: string): boolean =>
  lengths?.includes(national.length) !== false && pattern.test(national);

const typeIn = (plan: Plan, national: string): PhoneNumberType | null => {
  if (!plan.general.test(national)) return null;
  if (plan.fixed !== null && fits(plan.fixed, national)) {
    const isBoth = plan.isMobileLikeFixed || (plan.mobile !== null && fits(plan.mobile, national));
    return isBoth ? "FIXED_LINE_OR_MOBILE" : "FIXED_LINE";
  }
  return plan.others.find((test) => fits(test, national))?.type ?? null;
};

/** Countries by calling code, the main one in front; null where the library does not tell their order. */
const sharing = new Map<string, readonly Plan[] | null>();
const plansOf = (callingCode: string): readonly Plan[] | null => {
  const known = sharing.get(callingCode);
  if (known !== undefined) return known;
  const metadata = new Metadata() as unknown as CallingCodes;
  const countries = CODES.has(callingCode) ? metadata.getCountryCodesForCallingCode?.(callingCode) : undefined;
  const found = countries?.map(planOf) ?? [];
  const all = found.flatMap((plan) => plan ?? []);
  const usable = all.length > 0 && all.length === found.length ? all : null;
  sharing.set(callingCode, usable);
  return usable;
};
const CODES: ReadonlySet<string> = new Set(getCountries().map((country) => getCountryCallingCode(country)));

/** Which of the countries that share the code the number belongs to: leading digits tell, else that it fits. */
const countryOf = (candidates: readonly Plan[], national: string): Plan | null => {
  const [only] = candidates;
  if (candidates.length === 1) return only ?? null;
  return (
    candidates.find((plan) =>
      plan.leadingDigits === null ? typeIn(plan, national) !== null : plan.leadingDigits.test(national),
    ) ?? null
  );
};

const settle = (candidates: readonly Plan[], national: string): QuickNumber | null => {
  const plan = countryOf(candidates, national);
  const type = plan === null ? null : typeIn(plan, national);
  if (plan === null || type === null) return null;
  return { nationalNumber: national, callingCode: plan.callingCode, country: plan.country, type };
};

/** Digits, with single spaces or hyphens between them, and perhaps a plus sign in front. */
const PLAIN = /^\+?[0-9]+(?:[ -][0-9]+)*$/;
const CALLING_CODE_DIGITS_MAX = 3;
const DIGITS_MIN = 7;
const DIGITS_MAX = 15;

const international = (digits: string): QuickNumber | null => {
  for (let length = 1; length <= CALLING_CODE_DIGITS_MAX; length += 1) {
    const candidates = plansOf(digits.slice(0, length));
    if (candidates === null) continue;
    const national = digits.slice(length);
    // Somebody's "+44 020 …": what is to be taken off is the library's to say.
    return candidates[0]?.prefix?.test(national) === true ? null : settle(candidates, national);
  }
  return null;
};

const nationally = (digits: string, country: CountryCode): QuickNumber | null => {
  const plan = planOf(country);
  if (plan === null || plan.abroad?.test(digits) === true || digits.startsWith(plan.callingCode)) return null;
  const prefix = plan.prefix?.exec(digits) ?? null;
  // One zero is taken off; what else there may be in front is the library's to say.
  if (
    prefix !== null &&
    (prefix[0] !== "0" || prefix.slice(1).some((group: string | undefined) => group !== undefined))
  ) {
    return null;
  }
  const national = prefix === null ? digits : digits.slice(1);
  if (prefix !== null && national.startsWith("0")) return null;
  const candidates = plansOf(plan.callingCode);
  return candidates === null || !plan.general.test(national) ? null : settle(candidates, national);
};

/** Null when it has to be read the long way. */
export const quickNumber = (text: string, defaultCountry: CountryCode): QuickNumber | null => {
  if (!PLAIN.test(text)) return null;
  const digits = text.replace(/[ +-]/g, "");
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return null;
  return text.startsWith("+") ? international(digits) : nationally(digits, defaultCountry);
};
