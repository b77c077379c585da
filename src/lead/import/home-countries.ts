/** Countries that a list of one country may hold without anybody saying so. */
import type { CountryCode } from "libphonenumber-js/max";

/** Islands and neighbours within one numbering plan, which the library tells apart and nobody else does. */
const WITHIN_THE_PLAN: Readonly<Partial<Record<CountryCode, readonly CountryCode[]>>> = {
  GB: ["GG", "IM", "JE"],
  FI: ["AX"],
  NO: ["SJ"],
  IT: ["VA"],
  AU: ["CC", "CX"],
  MA: ["EH"],
};

/** The country itself in front. North America is not one: some islands under +1 are where toll fraud goes. */
export const likeHome = (country: CountryCode): readonly CountryCode[] => [
  country,
  ...(WITHIN_THE_PLAN[country] ?? []),
];
