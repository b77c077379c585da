/** `fairdial profile list`: the compliance profiles there are, and those that cannot be used. */
import type { ProfileRule } from "../../../compliance/profile.ts";
import { command } from "../../command.ts";
import { table } from "../../print.ts";
import { readProfiles } from "../../profiles.ts";

/** From memory, or from one secondary source: the rule as a whole, or a value of it as its source says. */
const isDoubtful = ({ confidence, source }: ProfileRule): boolean =>
  confidence === "M" || confidence === "V2" || /\((M|V2)\b/.test(source);

export const profileList = command({
  words: "list",
  summary: "Compliance profiles: shipped ones and this site's",
  async run(_args, session) {
    const set = readProfiles(session.config.profiles, session.world.now());
    const usable = [...set.values()].map(({ name, version, countries, validFrom, rules }) => ({
      ...{ name, version, countries, validFrom, rules: rules.length, file: set.files.get(name) ?? null },
      toBeChecked: rules.filter(isDoubtful).length,
    }));
    const broken = [...set.broken].map(([name, problems]) => ({ name, file: set.files.get(name) ?? null, problems }));
    session.answer({ profiles: usable, broken, changesOn: set.changesOn }, () =>
      [
        table(
          ["profile", "version", "countries", "since", "rules", "to be checked", "file"],
          usable.map((each) => [
            ...[
              each.name,
              each.version,
              each.countries.join(","),
              each.validFrom,
              each.rules,
              each.toBeChecked,
              each.file,
            ],
          ]),
        ),
        ...broken.map(({ name, problems }) => `${name} cannot be used: ${problems.map(({ says }) => says).join(" ")}`),
        ...(set.changesOn === null ? [] : [`A rule changes on ${set.changesOn}.`]),
      ].join("\n"),
    );
    return broken.length === 0 ? undefined : 1;
  },
});
