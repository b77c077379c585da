/** `fairdial profile check`: whether a site's own files hold together, and if not, what is wrong and where. */
import { resolve } from "node:path";
import { toCliError } from "../../cli-error.ts";
import { command } from "../../command.ts";
import { ConfigError } from "../../config-problems.ts";
import { plural } from "../../print.ts";
import { profileSources, ProfileSet, readProfileFile } from "../../profiles.ts";
import { toIso } from "../../../domain/instant.ts";

interface Problem {
  readonly file: string;
  readonly profile: string | null;
  readonly rule: string | null;
  readonly says: string;
}

export const profileCheck = command({
  words: "check <file..>",
  summary: "Read profile files of your own as the daemon would, and say what is wrong",
  positionals: {
    file: { type: "string", array: true, demandOption: true, describe: "In the order of the configuration" },
  },
  examples: [["profile check /etc/fairdial/profiles/ours.yaml", "Before it is named in the configuration"]],
  async run(args, session) {
    const files = args.file.map((each) => resolve(each));
    const problems = files.flatMap(schemaProblems);
    const checked = problems.length > 0 ? [] : resolved(files, toIso(session.world.now()).slice(0, 10));
    problems.push(...checked.flatMap(({ problems: found }) => found));
    const profiles = checked.map(({ name, version, rules }) => ({ name, version, rules }));
    session.answer({ ok: problems.length === 0, problems, profiles }, () =>
      problems.length === 0
        ? [
            "Nothing is wrong.",
            ...profiles.map(
              ({ name, version, rules }) => `${name}: version ${version ?? ""}, ${plural(rules, "rule")}.`,
            ),
          ].join("\n")
        : problems
            .map(({ file, profile, rule, says }) => {
              const where = [file, profile, rule].filter((each) => each !== null).join(", ");
              return `${where}: ${says}`;
            })
            .join("\n"),
    );
    return problems.length === 0 ? undefined : 1;
  },
});

const schemaProblems = (file: string): Problem[] => {
  try {
    readProfileFile(file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw toCliError(error);
    return error.problems.map((says) => ({ file, profile: null, rule: null, says }));
  }
};

/** The profiles that these files give or change, together with those that are shipped. */
const resolved = (files: readonly string[], on: string) => {
  const sources = profileSources(files);
  const set = new ProfileSet(sources, on);
  const own = [...set.files].filter(([, file]) => files.includes(file));
  return own.map(([name, file]) => ({
    name,
    version: set.get(name)?.version ?? null,
    rules: set.get(name)?.rules.length ?? 0,
    problems: (set.broken.get(name) ?? []).map(({ rule, says }) => ({ file, profile: name, rule, says })),
  }));
};
