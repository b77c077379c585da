/**
 * The called party's time zone: from the row, else from the person who imports, else from the number's country when
 * that keeps one time. Otherwise none; and a lead whose local time nobody knows is not dialled.
 */
import { getTimezonesForCountry } from "countries-and-timezones";
import { IANAZone } from "luxon";
import { countriesOfCallingCode } from "./number.ts";

/** Area and place, as the IANA database names zones; offsets such as `+01:00` know no summer time and are refused. */
const ZONE_NAME = /^[A-Za-z]+(?:[_-][A-Za-z]+)*(?:\/[A-Za-z0-9]+(?:[_+-][A-Za-z0-9]+)*){1,2}$/;

/** The zone as IANA writes it, whatever the case, or null when there is no such zone. */
export const readTimeZone = (text: string): string | null => {
  const name = text.trim().replaceAll(" ", "_");
  if (name.toUpperCase() === "UTC") return "UTC";
  if (!ZONE_NAME.test(name) || !IANAZone.isValidZone(name)) return null;
  return new Intl.DateTimeFormat("en-GB", { timeZone: name }).resolvedOptions().timeZone;
};

/** Zones that show the same time all year count as one: Germany has Berlin's, and Zürich's in one village. */
const singleZone = (countries: readonly string[]): string | null => {
  const zones = countries.flatMap((country) => getTimezonesForCountry(country) ?? []);
  const [first] = zones;
  if (first === undefined) return null;
  const same = zones.every((zone) => zone.utcOffset === first.utcOffset && zone.dstOffset === first.dstOffset);
  return same ? first.name : null;
};

const zonesSeen = new Map<string, string | null>();

/** Null when the number's country keeps several times. */
export const zoneOfNumber = (country: string | null, callingCode: string): string | null => {
  const key = country ?? `+${callingCode}`;
  // A million rows come from a handful of countries.
  const seen = zonesSeen.get(key);
  if (seen !== undefined) return seen;
  const zone = singleZone(country === null ? countriesOfCallingCode(callingCode) : [country]);
  zonesSeen.set(key, zone);
  return zone;
};
