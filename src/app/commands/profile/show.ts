/** `fairdial profile show`: every rule of a profile, what it asks, what it sets, where it is from and how sure we are. */
import type { ComplianceProfile, ProfileRule } from "../../../compliance/profile.ts";
import { CliError } from "../../cli-error.ts";
import { formatCallingHours } from "../../arguments/calling-hours.ts";
import { command } from "../../command.ts";
import { didYouMean } from "../../nearest.ts";
import { facts, printable } from "../../print.ts";
import { readProfiles } from "../../profiles.ts";

const CONFIDENCE = {
  V1: "primary text read",
  V2: "one secondary source: a person must check it",
  "V2*": "secondary sources that agree",
  M: "from memory, unverified: a person must check it",
  E: "our recommendation, not law",
} as const;

export const profileShow = command({
  words: "show <name>",
  summary: "The rules of a profile: id, value, source, confidence",
  positionals: { name: { type: "string", demandOption: true, describe: "As `profile list` names it" } },
  async run(args, session) {
    const set = readProfiles(session.config.profiles, session.world.now());
    const profile = set.get(args.name);
    if (profile === undefined) {
      const problems = set.broken.get(args.name);
      if (problems !== undefined) {
        const why = problems.map(({ rule, says }) => (rule === null ? says : `${says} (${rule})`)).join(" ");
        throw new CliError("profile-unusable", `The profile ${args.name} cannot be used: ${why}`);
      }
      const known = [...set.keys()];
      const guess = didYouMean(args.name, known);
      throw new CliError(
        "unknown-profile",
        `There is no compliance profile "${args.name}".${guess === "" ? ` Known: ${known.join(", ")}.` : guess}`,
      );
    }
    session.answer({ ...profile, file: set.files.get(profile.name) ?? null }, () => text(profile));
    return undefined;
  },
});

const text = (profile: ComplianceProfile): string =>
  [
    facts([
      ["profile", profile.name],
      ["version", profile.version],
      ["countries", profile.countries.join(", ")],
      ["latest rule", profile.validFrom],
    ]),
    ...profile.rules.map(rule),
    "This is not legal advice. `fairdial profile show --json` gives the profile as it is applied.",
  ].join("\n\n");

const rule = ({ id, says, source, confidence, validFrom, sets = {}, decides = [] }: ProfileRule): string =>
  [
    `${id}  ${confidence} (${CONFIDENCE[confidence]}), since ${validFrom}`,
    `  ${printable(says)}`,
    ...Object.entries(sets).map(([place, value]) => `  ${place}: ${printable(shown(place, value))}`),
    ...(decides.length === 0 ? [] : [`  asked before every call: ${decides.join(", ")}`]),
    `  source: ${printable(source)}`,
  ].join("\n");

/** Hours as they are written; other things as they are. */
const shown = (place: string, value: unknown): string => {
  if (!Array.isArray(value)) return String(value);
  if (!place.endsWith("hours")) {
    return value.map((each) => (typeof each === "object" ? JSON.stringify(each) : String(each))).join(", ");
  }
  return (value as ComplianceProfile["hours"])
    .map(({ hours, closedOnHolidays, purposes }) => {
      const whom = purposes === null ? "" : ` (${purposes.join(", ")})`;
      return `${formatCallingHours(hours)}${closedOnHolidays ? ", not on public holidays" : ""}${whom}`;
    })
    .join("; ");
};
