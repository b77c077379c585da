/** The number we present: one that exists, can be called back, costs nobody a premium, and is ours. */
import type { OwnedCliNumber } from "../domain/number-facts.ts";
import { isPhoneNumber } from "../domain/phone-number.ts";
import { ownNumber } from "./own-number.ts";
import type { ComplianceProfile } from "./profile.ts";

/** What is wrong with it, in plain words; null when nothing is. */
export function cliProblem(cliNumber: string, { cli, countries }: ComplianceProfile): string | null {
  if (!isPhoneNumber(cliNumber)) return "There is no number to present, and none is ever withheld.";
  const own = ownNumber(cliNumber);
  if (own?.isPossible !== true) return `${cliNumber} is no number that could be called back.`;
  const refused = cli.refusedPrefixes.find((prefix) => cliNumber.startsWith(prefix));
  if (refused !== undefined) return `Numbers that begin with ${refused} may not be presented.`;
  if (own.isPremium) return `${cliNumber} is premium rate: calling back would cost people dearly.`;
  // Only of this country's own numbers is it known how long they are.
  const isOurs = own.country === null || countries.includes(own.country);
  if (cli.nationalDigits !== null && isOurs) {
    const digits = own.nationalDigits.length;
    const [fewest, most] = cli.nationalDigits;
    if (digits < fewest || digits > most) {
      return `${cliNumber} has ${digits} digits as it is dialled at home; ${fewest} to ${most} are allowed.`;
    }
  }
  return null;
}

export function ownershipProblem(cliNumber: string, owned: OwnedCliNumber | null): string | null {
  if (owned === null || owned.cliNumber !== cliNumber) {
    return `${cliNumber} is not in the pool of numbers that this trunk may present.`;
  }
  return owned.proof.trim() === "" ? `There is no proof that ${cliNumber} is ours.` : null;
}
